"""Statements made of a row class: its fields are the columns."""

from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

# Of the columns that are named, in that order.
TYPES = """
    SELECT a.atttypid FROM unnest(%s::text[]) WITH ORDINALITY AS wanted (name, place)
    JOIN pg_attribute a ON a.attrelid = %s::regclass AND a.attname = wanted.name ORDER BY wanted.place
"""


def columns_of(kind: type[msgspec.Struct], alias: str = "") -> str:
    """What to SELECT to read a row of this class."""
    return ", ".join(f"{alias}.{name}" if alias else name for name in kind.__struct_fields__)


@lru_cache(maxsize=1000)
def insert_text(table: str, kind: type[msgspec.Struct], more: tuple[str, ...] = ()) -> str:
    """One column for each field of `kind`, by its name, and for each of `more`."""
    columns, values = _columns_and_values(kind, more)
    return f"INSERT INTO {table} ({columns}) VALUES ({values})"


def insert_selected_text(table: str, kind: type[msgspec.Struct], more: tuple[str, ...], *, source: str) -> str:
    """The same, once for each row of `source`."""
    columns, values = _columns_and_values(kind, more)
    return f"INSERT INTO {table} ({columns}) SELECT {values} FROM {source}"


def _columns_and_values(kind: type[msgspec.Struct], more: tuple[str, ...]) -> tuple[str, str]:
    columns = ["merchant_id", *kind.__struct_fields__, *more]
    return ", ".join(columns), ", ".join(["%s"] * len(columns))


def insert_values(merchant_id: UUID, row: msgspec.Struct, more: dict[str, Any]) -> tuple[Any, ...]:
    return (merchant_id, *msgspec.structs.astuple(row), *more.values())


def copy_text(table: str, kind: type[msgspec.Struct]) -> tuple[list[str], str]:
    """The columns, and the statement that takes rows of them in PostgreSQL's own form."""
    columns = ["merchant_id", *kind.__struct_fields__]
    return columns, f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
