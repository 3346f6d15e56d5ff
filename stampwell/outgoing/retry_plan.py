"""When something that failed is tried again: pauses that grow, a little chance, and an end. It knows no clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class RetryPlan:
    """`pauses` are those after the first failure, the second …; after the last one it is given up.

    Each becomes longer by up to its `jitter`, so that what failed together does not come again together.
    """

    pauses: tuple[timedelta, ...]
    jitter: float = 0.2

    @property
    def longest(self) -> timedelta:
        return max(self.pauses, default=timedelta())

    def next_try(
        self, *, failures: int, at: datetime, chance: float, asked_for: timedelta | None = None
    ) -> datetime | None:
        """When to try again after so many failures, the latest of them `at`; None to give up. `chance` is from 0 to 1.

        A wait that the other side `asked_for` is granted up to the longest pause: it must not stop us for ever.
        """
        assert failures > 0, "nothing has failed"
        if failures > len(self.pauses):
            return None
        pause = self.pauses[failures - 1] * (1 + self.jitter * chance)
        return at + max(pause, min(asked_for or timedelta(), self.longest))


def wait_asked_for(retry_after: str, *, at: datetime) -> timedelta | None:
    """What a Retry-After header says, as seconds or as a date; None where it says nothing that can be read."""
    if retry_after.isascii() and retry_after.isdigit():
        return timedelta(seconds=int(retry_after[:9]))
    try:
        until = parsedate_to_datetime(retry_after)
    except (ValueError, TypeError):
        return None
    # "-0000" means UTC, of a machine that does not say where it is.
    return max(timedelta(), (until if until.tzinfo else until.replace(tzinfo=UTC)) - at)
