"""Codes as a file that a till takes in. No till was asked: these are the forms that they document."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Literal, get_args

import msgspec

Till = Literal["plain", "shopify", "lightspeed", "odoo", "erpnext", "iiko"]
TILLS: tuple[Till, ...] = get_args(Till)
WITH_PROGRAM: tuple[Till, ...] = ("odoo", "erpnext")  # their files say what the discount is called there
AT_ONCE = 1000  # rows


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """`program` is what the till calls the discount. `points` are what an Odoo coupon has, and its reward wants."""

    till: Till
    program: str = ""
    points: int = 1

    @property
    def ending(self) -> str:
        return "json" if self.till == "lightspeed" else "csv"

    @property
    def content_type(self) -> str:
        return "application/json" if self.till == "lightspeed" else "text/csv; charset=utf-8"


def file_for(form: Form, codes: Iterable[str]) -> Iterator[bytes]:
    """Piece by piece, in UTF-8 without a mark and with commas, as tills want it."""
    return _promotion(codes) if form.till == "lightspeed" else _rows(form, codes)


def _promotion(codes: Iterable[str]) -> Iterator[bytes]:
    """The part of PUT /promotions/{id} that adds codes, each good for one use."""
    yield b'{"add_promo_code": ['
    between = b"\n"
    for code in codes:
        yield between + json.dumps({"code": code, "limit": 1}).encode()
        between = b",\n"
    yield b"\n]}\n"


def _rows(form: Form, codes: Iterable[str]) -> Iterator[bytes]:
    """A code is never changed, not even one that a spreadsheet would take for a formula: the till has to know it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for number, row in enumerate(_cells(form, codes), 1):
        writer.writerow(row)
        if number % AT_ONCE == 0:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def _cells(form: Form, codes: Iterable[str]) -> Iterator[tuple[str | int, ...]]:
    match form.till:
        case "odoo":
            yield "program_id", "code", "points", "expiration_date"
            yield from ((form.program, code, form.points, "") for code in codes)
        case "erpnext":
            # Without a code of its own ERPNext takes eight letters of the name, and two coupons collide.
            yield "Coupon Name", "Coupon Type", "Coupon Code", "Pricing Rule", "Maximum Use", "Valid From", "Valid Upto"
            yield from ((code, "Promotional", code, form.program, 1, "", "") for code in codes)
        case "shopify":
            yield ("Code",)
            yield from ((code,) for code in codes)
        case "iiko":  # a list of numbers, without a heading that would become one
            yield from ((code,) for code in codes)
        case _:
            yield ("code",)
            yield from ((code,) for code in codes)
