"""The uses that a report tells: its rows put together by receipt, at our locations, by their clocks."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from stampwell.reconciling.amounts import Sureness
from stampwell.reconciling.choice import Choice
from stampwell.reconciling.reading import MOST_USES, too_long
from stampwell.reconciling.shown import Use
from stampwell.reconciling.till_lines import TillLine
from stampwell.reconciling.till_reports import Shape
from stampwell.sheets.headings import folded


class Places(msgspec.Struct, frozen=True):
    """Our locations by what the till calls them, folded, and their clocks; `own_zone` is the shop's."""

    by_name: Mapping[str, UUID | None]
    zones: Mapping[UUID, ZoneInfo]
    own_zone: ZoneInfo
    everywhere: UUID | None = None

    def find(self, name: str) -> UUID | None:
        return self.everywhere or self.by_name.get(folded(name))

    def zone_at(self, location_id: UUID | None) -> ZoneInfo:
        return self.zones.get(location_id, self.own_zone) if location_id else self.own_zone


def uses_of(lines: Iterable[TillLine], choice: Choice, places: Places, shape: Shape | None) -> list[Use]:
    """In the order of the rows. A row that only counts becomes as many uses. Refuses: ReportTooLong."""
    together: dict[tuple[object, ...], Use] = {}
    find = cache(places.find)  # a till has few places, and names one in each row
    for line in lines:
        use = _use_of(line, find(line.place), choice, places)
        if len(together) + (1 if line.receipt else line.count) > MOST_USES:
            raise too_long()  # before they are made: a small file can count many
        if not line.receipt:
            for number in range(line.count):
                together[(line.row, use.key, number)] = _share_of(use, line.count, number)
            continue
        key = (use.key, use.place, use.receipt, use.is_refund, use.day)
        before = together.get(key)
        together[key] = (
            use if before is None else _join(before, use, splits=shape is not None and shape.splits_payments)
        )
    return list(together.values())


def _share_of(use: Use, count: int, number: int) -> Use:
    """What all uses of a row took off stands in it as one amount; what does not divide goes to the first ones."""
    if count == 1:
        return use
    return msgspec.structs.replace(use, amount=use.amount // count + (number < use.amount % count))


def _join(before: Use, use: Use, *, splits: bool) -> Use:
    """A payment in two parts is told twice with the same discount; else each row is of another thing."""
    if splits:
        return msgspec.structs.replace(before, amount=max(before.amount, use.amount))
    sure: Sureness = before.amount_is if before.amount_is == use.amount_is else "unsure"
    return msgspec.structs.replace(before, amount=before.amount + use.amount, amount_is=sure, more=before.more + 1)


def _use_of(line: TillLine, location: UUID | None, choice: Choice, places: Places) -> Use:
    said, zone = line.said, places.zone_at(location)
    at = said.at(zone) if said and said.has_time else None
    day = None
    if said:
        local = at.astimezone(zone) - timedelta(hours=choice.day_begins) if at else said.local
        day = local.date()
    return Use(
        row=line.row,
        code=line.code,
        key=line.key,
        at=at,
        day=day,
        place=line.place,
        location_id=location,
        amount=line.amount,
        amount_is=line.amount_is,
        receipt=line.receipt,
        is_refund=line.is_refund,
    )
