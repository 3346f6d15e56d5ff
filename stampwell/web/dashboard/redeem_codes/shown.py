"""Lists of codes and their files as pages show them."""

from collections.abc import Iterator

import msgspec
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from stampwell.ids import public_id
from stampwell.redeem_codes.fault_words import say_fault
from stampwell.redeem_codes.formats import FORMATS
from stampwell.redeem_codes.handed_out_words import HANDED_OUT_WORDS
from stampwell.redeem_codes.recipes import guesses_for
from stampwell.redeem_codes.rows import Found, JoinedBatch, PoolRow, Step
from stampwell.redeem_codes.stock import Stock
from stampwell.refusal import REFUSALS, Refusal
from stampwell.web.dashboard.figures.share_bar import draw_share

STEP_WORDS: dict[Step, str | Promise] = {
    "choosing": _("Column not chosen yet"),
    "checking": _("Being checked"),
    "checked": _("Checked, not added yet"),
    "writing": _("Being added"),
    "waiting_for_till": _("Not in your till yet"),
    "written": _("Added"),
    "withdrawing": _("Being withdrawn"),
    "withdrawn": _("Withdrawn"),
    "failed": _("It stopped"),
}
SOON = 14  # days: then it is said in the colour of a warning


class ShownPool(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    row: PoolRow
    stock: Stock
    format: str
    handed_out: str
    bar: SafeString

    @property
    def is_low(self) -> bool:
        return self.stock.is_low(self.row)

    @property
    def is_ending(self) -> bool:
        return self.is_low or (self.stock.days_left is not None and self.stock.days_left <= SOON)


class ShownFault(msgspec.Struct, frozen=True):
    row: int
    words: str


class ShownBatch(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    pool_id: str
    name: str
    row: JoinedBatch
    guesses: int | None
    step: Step
    step_words: str
    location: str
    refusal: type[Refusal] | None

    @property
    def is_open(self) -> bool:
        return self.row.is_open

    @property
    def can_be_withdrawn(self) -> bool:
        """Also where adding stopped between two codes, and where withdrawing them did."""
        return self.step in ("written", "waiting_for_till") or (self.step == "failed" and self.row.codes > 0)

    @property
    def can_be_released(self) -> bool:
        """Also where making them stopped between two codes."""
        has_part = self.step == "failed" and self.row.codes > 0 and self.row.revoked is None
        return self.step == "waiting_for_till" or (has_part and self.row.waits_for_till)

    @property
    def found(self) -> Found:
        return self.row.has_found

    @property
    def faults(self) -> Iterator[ShownFault]:
        return (ShownFault(row, say_fault(fault)) for row, fault in self.found.first)


def show_pool(pool: PoolRow, stock: Stock) -> ShownPool:
    return ShownPool(
        id=public_id("cdp", pool.id),
        row=pool,
        stock=stock,
        format=str(FORMATS[pool.format].name),
        handed_out=str(HANDED_OUT_WORDS[pool.handed_out]),
        bar=draw_share(stock.free, stock.total),
    )


def show_batch(batch: JoinedBatch, *, places: dict[str, str]) -> ShownBatch:
    """`places` are the names of locations by their ids."""
    return ShownBatch(
        id=public_id("cdb", batch.id),
        pool_id=public_id("cdp", batch.pool_id),
        name=batch.name or str(_("Made here")),
        row=batch,
        guesses=guesses_for(batch),
        step=batch.step,
        step_words=str(STEP_WORDS[batch.step]),
        location=places.get(batch.location_id.hex, "") if batch.location_id else "",
        refusal=REFUSALS.get(batch.problem or ""),
    )
