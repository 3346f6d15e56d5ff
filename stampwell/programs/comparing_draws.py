"""Whether the prizes of a draw are better or worse than before, each by its name."""

from collections.abc import Iterator, Mapping
from typing import Literal

from stampwell.programs.terms import PrizeTerms

_WITHOUT_LIMIT = 10**12


def better_or_worse(
    before: Mapping[str, PrizeTerms], after: Mapping[str, PrizeTerms]
) -> Literal["same", "better", "other", "worse"]:
    """Whoever hopes for a prize has less where it is rarer, fewer of it are given or it is gone, whatever there is
    instead: that is worse. Words alone are nothing that anybody loses. `other`: another prize is given where one has
    run out.
    """
    if any(new < old for old, new in _measures(before, after)):
        return "worse"
    if [*before][-1] != [*after][-1]:
        return "other"
    return "better" if any(new < old for old, new in _measures(after, before)) else "same"


def _measures(before: Mapping[str, PrizeTerms], after: Mapping[str, PrizeTerms]) -> Iterator[tuple[int, int]]:
    """Of each prize that was a voucher, how good it was and is for customers."""
    for name, old in before.items():
        new = after.get(name)
        if old.kind == "words":
            continue
        if new is None or new.kind == "words":
            yield 1, 0
            continue
        yield old.odds, new.odds
        yield old.most_a_day or _WITHOUT_LIMIT, new.most_a_day or _WITHOUT_LIMIT
        yield old.stock or _WITHOUT_LIMIT, new.stock or _WITHOUT_LIMIT
