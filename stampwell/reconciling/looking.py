"""A look at a report before it is compared: of which till it is, what its columns hold, how its first rows are read."""

from itertools import islice

import msgspec

from stampwell.clock import now
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Reward
from stampwell.reconciling.asking import preview_of
from stampwell.reconciling.choice import Choice
from stampwell.reconciling.comparing import places_of
from stampwell.reconciling.reading import Unread, cells_of, date_order_of, manner_of
from stampwell.reconciling.receiving import recognise_sheet
from stampwell.reconciling.rows import ReconciliationRow
from stampwell.reconciling.till_lines import LineReader, TillLine, Wrong
from stampwell.reconciling.till_reports import Trouble, shape_named, troubles_of
from stampwell.sheets.csv_rows import Broken, opened_rows
from stampwell.sheets.files import file_of
from stampwell.sheets.headings import folded
from stampwell.sheets.receiving import Preview

MOST_PLACES, MOST_CODES, FIRST_LINES, LOOKED_AT = 30, 100, 8, 2_000


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """`till` is "" where nobody knows it. `places` are those that the file names and nobody has placed. `codes` are the
    shop's own that many are shown. `asks_for_order` is where day and month could change places.
    """

    choice: Choice
    till: str
    troubles: list[Trouble]
    asks_for_order: bool
    preview: Preview
    samples: list[str]
    places: list[str]
    codes: list[str]
    lines: list[TillLine]
    unread: list[Unread]

    @property
    def is_clear(self) -> bool:
        return not self.asks_for_order and (
            not self.troubles or (self.troubles == ["no_code"] and bool(self.choice.code_of_all))
        )


def look_at(merchant: Merchant, one: ReconciliationRow, choice: Choice) -> Look:
    """Refuses: SheetGone."""
    preview = preview_of(merchant.id, one, choice)
    shape = shape_named(one.shape)
    if len(preview.headings) != len(choice.columns):  # other cells have other headings
        known = recognise_sheet(
            merchant.id, one.id, preview.headings, encoding=choice.encoding, separator=choice.separator
        )
        choice = msgspec.structs.replace(choice, columns=known.columns)
    file = file_of(merchant.id, one.id)
    today = local_day(merchant, now())
    _order, asks = date_order_of(file, choice, shape, today=today)
    lines, unread = ([], []) if asks else _first_lines(merchant, one, choice)
    return Look(
        choice=choice,
        till=shape.till if shape else "",
        troubles=troubles_of(choice.columns, shape),
        asks_for_order=asks,
        preview=preview,
        samples=[
            ", ".join(row[place] for row in preview.rows if row[place])[:120] for place in range(len(preview.headings))
        ],
        places=_strange_places(merchant, one, choice),
        codes=_codes_of(merchant),
        lines=lines,
        unread=unread,
    )


def _strange_places(merchant: Merchant, one: ReconciliationRow, choice: Choice) -> list[str]:
    """As the till calls them; also those that were placed before, so that this can be changed."""
    if choice.location_id:
        return []
    known = {name for name, id in places_of(merchant, msgspec.structs.replace(choice, places={})).by_name.items() if id}
    found: dict[str, str] = {}
    for name in cells_of(file_of(merchant.id, one.id), choice, ("place",)):
        if folded(name) and folded(name) not in known and len(found) < MOST_PLACES:
            found.setdefault(folded(name), name.strip()[:100])
    return sorted(found.values())


def _codes_of(merchant: Merchant) -> list[str]:
    static = Reward.objects.filter(merchant=merchant, redeem_code_kind="static").order_by("redeem_code")
    return list(static.values_list("redeem_code", flat=True).distinct()[:MOST_CODES])


def _first_lines(merchant: Merchant, one: ReconciliationRow, choice: Choice) -> tuple[list[TillLine], list[Unread]]:
    """As they are read; of the beginning of the file."""
    file, shape = file_of(merchant.id, one.id), shape_named(one.shape)
    manner = manner_of(file, choice, shape, currency=merchant.currency, today=local_day(merchant, now()))
    lines: list[TillLine] = []
    unread: list[Unread] = []
    try:
        with opened_rows(file, encoding=choice.encoding, separator=choice.separator) as rows:
            reader = LineReader(next(rows)[1], manner, shape)
            for number, cells in islice(rows, LOOKED_AT):
                try:
                    lines += reader.read(number, cells)
                except Wrong as wrong:
                    unread.append(Unread(number, wrong.fault, wrong.raw))
                if len(lines) >= FIRST_LINES:
                    break
    except Broken as broken:
        unread.append(Unread(broken.row, "broken", ""))
    return lines[:FIRST_LINES], unread[:FIRST_LINES]
