"""Are redeem codes still enough? What the figures of a shop allow to be said, and where they are too few to say it."""

from typing import Literal

type TillAnswer = Literal["too_few", "no_codes", "not_compared", "enough", "connect"]
DAYS = 90  # that are looked at
LEAST = 30  # rewards, and codes that were compared: fewer say nothing
TOO_MANY = 0.05  # of the codes that were compared went wrong: with as many a connection is worth its price


def answer(*, used: int, by_code: int, compared: int, wrong: int) -> TillAnswer:
    """Of the rewards used in these days, `by_code` at the till; of the codes that its last report was `compared` with,
    `wrong` are those of which till and shop do not say the same.
    """
    if used < LEAST:
        return "too_few"
    if not by_code:
        return "no_codes"
    if compared < LEAST:
        return "not_compared"
    return "connect" if wrong >= TOO_MANY * compared else "enough"
