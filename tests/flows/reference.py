"""Stamps and vouchers as anybody would do them with pencil and paper: what the product is compared with."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.moments import RIGA, end_of_day

GOAL = 4
MILESTONES = (2, 4)
VALID = 1  # whole day, by the clock in Riga, after the one on which it is ready
DELAY = timedelta(hours=1)


@dataclass
class PaperVoucher:
    stamps: int
    round: int
    issued: datetime
    expires: datetime | None
    used: datetime | None = None
    void: bool = False

    @property
    def ready(self) -> datetime:
        return self.issued + (DELAY if self.stamps == 2 else timedelta())

    def give_back(self, now: datetime) -> None:
        """With the days that it had left."""
        assert self.used is not None
        if self.expires:
            used_for = (now.astimezone(RIGA).date() - self.used.astimezone(RIGA).date()).days
            self.expires = end_of_day(self.expires - timedelta(seconds=1), used_for)
        self.used = None

    def state(self, now: datetime) -> str:
        if self.void:
            return "void"
        if self.used:
            return "redeemed"
        if self.expires and now >= self.expires:
            return "expired"
        return "ready" if now >= self.ready else "pending"


@dataclass
class PaperStamp:
    count: int
    undone: bool = False


@dataclass
class PaperCard:
    """Marks are only counted up; where they stand follows from their number."""

    total: int = 0
    stamps: list[PaperStamp] = field(default_factory=list)
    vouchers: list[PaperVoucher] = field(default_factory=list)

    @property
    def round(self) -> int:
        return self.total // GOAL + 1

    @property
    def in_round(self) -> int:
        return self.total % GOAL

    def open_count(self) -> int:
        return sum(not voucher.void for voucher in self.vouchers)

    def stamp(self, count: int, now: datetime) -> None:
        for mark in range(self.total + 1, self.total + count + 1):
            stands, round = (mark - 1) % GOAL + 1, (mark - 1) // GOAL + 1
            if stands in MILESTONES:
                ready = now + (DELAY if stands == 2 else timedelta())
                self.vouchers.append(
                    PaperVoucher(stands, round, now, end_of_day(ready, VALID) if stands == 2 else None)
                )
        self.total += count
        self.stamps.append(PaperStamp(count))

    def why_not_undo(self, stamp: PaperStamp) -> str | None:
        if stamp.undone:
            return "stamp_already_reversed"
        return "voucher_already_used" if any(v.used for v in self._beyond(self.total - stamp.count)) else None

    def undo(self, stamp: PaperStamp) -> None:
        for voucher in self._beyond(self.total - stamp.count):
            voucher.void = True
        self.total -= stamp.count
        stamp.undone = True

    def _beyond(self, total: int) -> list[PaperVoucher]:
        return [v for v in self.vouchers if not v.void and (v.round - 1) * GOAL + v.stamps > total]


def why_not_use(voucher: PaperVoucher, now: datetime) -> str | None:
    return {
        "void": "voucher_void",
        "redeemed": "voucher_already_redeemed",
        "expired": "voucher_expired",
        "pending": "voucher_not_ready",
    }.get(voucher.state(now))
