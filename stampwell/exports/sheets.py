"""What an export holds: columns, and rows that are read piece by piece."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from stampwell.languages.texts import Texts
from stampwell.transactions import Statements

type Cell = str | int | Decimal | date | datetime | dict[str, Any] | None
type Row = Sequence[Cell]
AT_ONCE = 2000  # rows of a piece, which is read in a transaction of its own


class Column(msgspec.Struct, frozen=True):
    """`key` names it in JSON, in every language alike; one without a heading is in JSON alone."""

    key: str
    heading: str = ""


class Piece(msgspec.Struct, frozen=True):
    """`next` is where the next piece begins; None behind the last one."""

    rows: list[Row]
    next: str | None


class PaperHead(msgspec.Struct, frozen=True):
    """What each card on paper says. `program` holds the name in languages; that of the shop is `locale`."""

    shop: str
    program: Texts
    locale: str


class Sheet(msgspec.Struct, frozen=True):
    """In the language that was active when it was made. `count` tells how many rows come, or None where that would cost
    as much as reading them.
    """

    columns: list[Column]
    count: Callable[[Statements], int | None]
    read: Callable[[Statements, str], Piece]
    paper: PaperHead | None = None  # where it can be printed
