"""One row of a till's report: which code was used when, where and for how much, and what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from stampwell.languages.texts import clean_text
from stampwell.languages.typed import plain, plain_code
from stampwell.programs.limits import MOST_MONEY
from stampwell.reconciling.amounts import DecimalSign, Sureness, how_sure, read_amount
from stampwell.reconciling.till_reports import DateOrder, Shape
from stampwell.reconciling.till_times import SaidTime, Unreadable, read_day_and_time, read_time, zone_named
from stampwell.redeem_codes.cells import BETWEEN_CODES
from stampwell.redeem_codes.formats import LONGEST_CODE
from stampwell.sheets.csv_rows import unguarded
from stampwell.sheets.headings import LEFT_OUT, folded, words_of

Fault = Literal[
    "cells",  # more of them than there are headings
    "line_break",  # inside of a cell: a quotation mark is missing somewhere
    "letters",  # that the file's encoding does not have
    "code",  # a spreadsheet has made another number of it, or it is no code
    "time",
    "amount",
    "count",
]
LONGEST_TEXT, MOST_COUNT = 100, 1_000_000
LONGEST_CELL, MOST_CODES = 2_000, 20  # with codes in it: no receipt has more
_UNREADABLE = "\ufffd"
_REFUNDS = frozenset(
    words_of(
        "refund, refunded, return, returned, sale return, credit note; atgriešana, atmaksa; tagastus, tagasimakse;"
        "qaytarish, qaytarildi; қайтару, возврат, сторно; 返品, 返金, 取消"
    )
)
_NOT_DONE = frozenset(
    words_of(
        "cancelled, canceled, cancel, void, voided, deleted, failed, draft, removed, true, yes; atcelts, dzēsts;"
        "tühistatud, kustutatud; bekor qilingan, oʻchirilgan; бас тартылды, жойылды, отменен, отменён, удален, удалён;"
        "取消, 取消済み, キャンセル, 削除"
    )
)
_TOTALS = frozenset(
    words_of("total, totals, grand total, sum; kopā, pavisam; kokku; jami; барлығы, итого, всего; 合計, 総計, 小計")
)
_CURRENCY = frozenset(words_of("currency, currency code; valūta; valuuta; valyuta; валюта, валютасы; 通貨"))
_DAMAGED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)  # what a spreadsheet makes of a long number
_NUMBER_WITH_POINT = re.compile(r"(\d+)\.0+")
_WHOLE = re.compile(r"(-?)(\d{1,9})(?:[.,]0+)?")
_BETWEEN_CODES = re.compile(f"[{BETWEEN_CODES}]")
_DIGIT = re.compile(r"\d")  # in no word for a total


# gc=False: a report has a hundred thousand of them, and none can hold itself.
class TillLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`key` is the code as it is compared. `amount` is in minor units and never below zero, `amount_is` whether this
    code alone took it off; `count` is how often it was used. `said` is None in a report that knows no time.
    """

    row: int
    code: str
    key: str
    said: SaidTime | None
    place: str = ""
    amount: int = 0
    amount_is: Sureness = "unsure"
    receipt: str = ""
    count: int = 1
    is_refund: bool = False


class Wrong(Exception):
    """`raw` is the cell that cannot be read, cut short."""

    def __init__(self, fault: Fault, raw: str = "") -> None:
        super().__init__(fault)
        self.fault, self.raw = fault, clean_text(raw[:1000])[:LONGEST_TEXT]


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """How this file writes what it says. `digits` are those that the shop's currency has behind its sign.

    `code_of_all` is the code that every row with a discount stands for, where the till knows no codes.
    """

    columns: list[str]
    date_order: DateOrder
    decimal: DecimalSign
    digits: int
    currency: str = ""
    code_of_all: str = ""


def key_of(code: str) -> str:
    """A code as it is compared: spaces, capitals and what stands around it do not matter."""
    text = plain_code(code)
    if found := _NUMBER_WITH_POINT.fullmatch(text):
        text = found[1]
    return text.casefold()


class LineReader:
    def __init__(self, headings: Sequence[str], manner: Manner, shape: Shape | None) -> None:
        self._manner, self._width = manner, len(headings)
        self._places: dict[str, list[int]] = {}
        for place, field in enumerate(manner.columns):
            if field != LEFT_OUT:
                self._places.setdefault(field, []).append(place)
        self._refunds = _REFUNDS | (shape.refunds if shape else frozenset())
        self._has_sale_too = shape is not None and shape.tells_what_became
        self._is_known = shape is not None
        self._tells_all = bool(manner.code_of_all) or (shape is not None and shape.tells_all_discounts)
        self._currency = next((place for place, text in enumerate(headings) if folded(text) in _CURRENCY), None)
        self._only = _find_only(headings, shape)
        self._has_time = bool({"at", "day"} & set(manner.columns))

    def read(self, row: int, cells: Sequence[str]) -> list[TillLine]:
        """One for each code of the row; none where it is about no code, or the sale never happened. Raises Wrong."""
        if any(cell.strip() for cell in cells[self._width :]):
            raise Wrong("cells")
        if self._only and folded(_cell(cells, self._only[0])) not in self._only[1]:
            return []
        codes = self._codes(cells)
        if not codes or self._is_not_done(cells) or self._is_total(cells):
            return []
        amounts = self._amounts(cells)
        amount = sum(amount for _text, amount in amounts)
        if self._manner.code_of_all and not amount:
            return []
        count, is_refund = self._count(cells)
        if not count:
            return []
        sure = self._sureness(cells, codes, amounts)
        lines = [
            TillLine(
                row=row,
                code=code,
                key=key,
                said=self._time(cells),
                place=self._text(cells, "place"),
                amount=amount,
                amount_is=sure,
                receipt=self._text(cells, "receipt"),
                count=count,
                is_refund=is_refund or self._is_refund(cells),
            )
            for key, code in codes.items()
        ]
        sales = [msgspec.structs.replace(line, is_refund=False) for line in lines if line.is_refund]
        return [*sales, *lines] if self._has_sale_too else lines

    def _said(self, cells: Sequence[str], field: str) -> list[str]:
        """Of the columns that hold it, those that say something. Raises Wrong."""
        places = self._places.get(field)
        if places is None:  # of most fields there is no column
            return []
        found = [unguarded(_cell(cells, place).strip()) for place in places]
        for text in found:
            if "\n" in text or "\r" in text:
                raise Wrong("line_break", text)
            if _UNREADABLE in text:
                raise Wrong("letters", text)
        return [text for text in found if text]

    def _text(self, cells: Sequence[str], field: str) -> str:
        said = self._said(cells, field)
        return clean_text(said[0][: 2 * LONGEST_TEXT])[:LONGEST_TEXT] if said else ""

    def _codes(self, cells: Sequence[str]) -> dict[str, str]:
        """As they are written, by their keys."""
        if self._manner.code_of_all:
            return {key_of(self._manner.code_of_all): self._manner.code_of_all}
        found: dict[str, str] = {}
        for text in self._said(cells, "code"):
            if len(text) > LONGEST_CELL:
                raise Wrong("code", text)
            for part in _BETWEEN_CODES.split(text):
                code = clean_text(part)
                if _DAMAGED.fullmatch(code) or len(code) > LONGEST_CODE:
                    raise Wrong("code", text)
                if key := key_of(code):
                    found.setdefault(key, code)
            if len(found) > MOST_CODES:
                raise Wrong("code", text)
        return found

    def _is_not_done(self, cells: Sequence[str]) -> bool:
        return bool(self._said(cells, "gone")) or any(folded(text) in _NOT_DONE for text in self._said(cells, "status"))

    def _is_refund(self, cells: Sequence[str]) -> bool:
        return any(folded(text) in self._refunds for text in self._said(cells, "kind"))

    def _is_total(self, cells: Sequence[str]) -> bool:
        return any(folded(cell) in _TOTALS for cell in cells[:2] if cell and not _DIGIT.search(cell))

    def _amounts(self, cells: Sequence[str]) -> list[tuple[str, int]]:
        """As they are written, and in minor units; none of those that are nothing."""
        said = [(text, abs(self._read_amount(text))) for text in self._said(cells, "amount")]
        if sum(amount for _text, amount in said) > MOST_MONEY:
            raise Wrong("amount", said[0][0])
        return [(text, amount) for text, amount in said if amount]

    def _sureness(self, cells: Sequence[str], codes: Mapping[str, str], amounts: Sequence[tuple[str, int]]) -> Sureness:
        """Many tills write beside a code what was taken off the sale for whatever reason."""
        if len(amounts) != 1 or len(codes) != 1 or self._tells_all or not self._is_of_one(cells):
            return "unsure"
        currency = "" if self._currency is None else _cell(cells, self._currency).strip()
        if currency and currency.casefold() != self._manner.currency.casefold():
            return "unsure"
        sure = how_sure(amounts[0][0], digits=self._manner.digits)
        return "likely" if sure == "exact" and not self._is_known else sure

    def _is_of_one(self, cells: Sequence[str]) -> bool:
        counts = [_WHOLE.fullmatch(plain(text)) for text in self._said(cells, "count")]
        return all(found is not None and int(found[2]) == 1 for found in counts)

    def _read_amount(self, text: str) -> int:
        try:
            return read_amount(text, decimal=self._manner.decimal, digits=self._manner.digits)
        except Unreadable:
            raise Wrong("amount", text) from None

    def _count(self, cells: Sequence[str]) -> tuple[int, bool]:
        """Where a time stands as well, a row is one use, and a number below zero a refund."""
        said = self._said(cells, "count")
        if not said:
            return 1, False
        found = _WHOLE.fullmatch(plain(said[0]))
        if found is None:
            if self._has_time:
                return 1, plain(said[0]).startswith("-")
            raise Wrong("count", said[0])
        count = min(int(found[2]), MOST_COUNT)
        return (1 if self._has_time else count), bool(found[1])

    def _time(self, cells: Sequence[str]) -> SaidTime | None:
        if not self._has_time:
            return None
        text, day, clock = (next(iter(self._said(cells, field)), "") for field in ("at", "day", "time"))
        zone = zone_named(self._text(cells, "zone")) if "zone" in self._places else None
        try:
            if text:
                return read_time(text, order=self._manner.date_order, zone=zone)
            return read_day_and_time(day, clock, order=self._manner.date_order, zone=zone)
        except Unreadable:
            raise Wrong("time", f"{text or day} {clock}".strip()) from None


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _find_only(headings: Sequence[str], shape: Shape | None) -> tuple[int, frozenset[str]] | None:
    if shape is None or shape.only is None:
        return None
    wanted = folded(shape.only[0])
    place = next((place for place, heading in enumerate(headings) if folded(heading) == wanted), None)
    return None if place is None else (place, shape.only[1])
