"""A row class and its table are two descriptions of one thing; here they are compared, wherever one is used."""

import types
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
import psycopg
import pytest
from django.db import connection
from psycopg.pq import ExecStatus

from stampwell.transactions.packet import _translate
from tests.structure.statements import Insert, Read, inserts, reads

pytestmark = pytest.mark.django_db

TYPES: dict[Any, set[str]] = {
    UUID: {"uuid"},
    str: {"text", "varchar", "jsonb"},
    int: {"int2", "int4", "int8"},
    bool: {"bool"},
    bytes: {"bytea"},
    datetime: {"timestamptz"},
    date: {"date"},
    list: {"_date", "_text", "_varchar", "_uuid", "_int2", "_int4", "_timestamptz"},
}
# A column that may be NULL, read into a field that may not be None, and why it never is there.
NEVER_NULL_HERE = {
    ("Tagged", "changed"): "the statement writes it",
    ("_EventRow", "sequence"): "only events with a number are asked for",
    ("_Replaying", "replay_after"): "only those that replay are asked for",
    ("_Replaying", "replay_until"): "it is written together with `replay_after`",
    ("_CardRow", "card_id"): "the object of a card names its card",
}
# Statements of which a part is chosen while they run; the tests of their own package run them.
PUT_TOGETHER = {
    "stampwell/insight/card_list.py:count_cards",
    "stampwell/insight/card_list.py:list_cards",
    "stampwell/insight/card_list.py:_list_by_customer",
    "stampwell/cards/recounting.py:_recount",
    "stampwell/cards/searching.py:_find",
    "stampwell/cards/searching_near.py:find_near",
    "stampwell/wallet/whole_shop.py:spread_further",
    "stampwell/web/api/cards.py:_find_cards",
    "stampwell/web/api/events.py:_read_events",
    "stampwell/web/api/vouchers.py:_find_vouchers",
    "stampwell/journal/history.py:history_of_cards",
    "stampwell/moving/judged_secrets.py:_each",  # of cards and of vouchers
    "stampwell/removal/tables.py:empty",  # one for each table of a list of ours
    "stampwell/removal/tables.py:empty_further",
    "stampwell/moving/arriving.py:_require_rows",  # the same list
}


class Column(msgspec.Struct, frozen=True):
    name: str
    type: str
    may_be_null: bool
    has_default: bool = False


def types_of(hint: Any) -> tuple[set[str], bool]:
    """The database's types that fit, and whether None does."""
    parts = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    plain = [part for part in parts if part is not types.NoneType]
    return set().union(*(TYPES.get(_class_behind(part), set()) for part in plain)), len(plain) < len(parts)


def _class_behind(hint: Any) -> Any:
    return str if get_origin(hint) is Literal else get_origin(hint) or hint


def ask(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def columns_of_table(table: str) -> list[Column]:
    rows = ask(
        "SELECT a.attname, t.typname, NOT a.attnotnull, a.atthasdef FROM pg_attribute a"
        " JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0"
        " AND NOT a.attisdropped",
        table,
    )
    return [Column(*row) for row in rows]


def described(sql: str) -> list[Column] | str:
    """The columns that the statement gives, from PostgreSQL's own description; or what is wrong with it."""
    text, _names = _translate(sql)
    link = connection.connection.pgconn
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before")
    answer = link.prepare(b"", text)
    if answer.status == ExecStatus.COMMAND_OK:
        answer = link.describe_prepared(b"")
    if answer.status != ExecStatus.COMMAND_OK:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT before")
        return str(psycopg.errors.error_from_result(answer))
    return [
        Column(
            (answer.fname(place) or b"").decode(),
            ask("SELECT typname FROM pg_type WHERE oid = %s", answer.ftype(place))[0][0],
            _may_be_null(answer.ftable(place), answer.ftablecol(place)),
        )
        for place in range(answer.nfields)
    ]


def _may_be_null(table: int, column: int) -> bool:
    """What was computed is taken at its word."""
    sql = "SELECT NOT attnotnull FROM pg_attribute WHERE attrelid = %s AND attnum = %s"
    return bool(table and ask(sql, table, column)[0][0])


def misfits(read: Read) -> list[str]:
    assert read.sql is not None
    columns = described(read.sql)
    if isinstance(columns, str):
        return [columns]
    if read.kind is None:
        return []
    if not issubclass(read.kind, msgspec.Struct):
        columns = [msgspec.structs.replace(columns[0], name="value", may_be_null=False)]
        hints: dict[str, Any] = {"value": read.kind}
    else:
        hints = get_type_hints(read.kind)
    wrong = sorted({column.name for column in columns} ^ hints.keys())
    for column in columns:
        fitting, takes_none = types_of(hints.get(column.name))
        if column.name in hints and column.type not in fitting:
            wrong.append(f"{column.name} is {column.type}")
        if column.may_be_null and not takes_none and (read.kind.__name__, column.name) not in NEVER_NULL_HERE:
            wrong.append(f"{column.name} may be NULL")
    return wrong


def misfits_written(insert: Insert) -> list[str]:
    assert insert.kind is not None, f"{insert.where}: annotate the row, so that it is seen here"
    columns = {column.name: column for column in columns_of_table(insert.table)}
    hints = get_type_hints(insert.kind)
    wrong = sorted({*hints, *insert.more} - columns.keys())
    missing = {name for name, column in columns.items() if not column.may_be_null and not column.has_default}
    wrong += sorted(f"{name} is left out" for name in missing - {"merchant_id", *hints, *insert.more})
    for name, hint in hints.items():
        fitting, takes_none = types_of(hint)
        if name in columns and columns[name].type not in fitting:
            wrong.append(f"{name} is {columns[name].type}")
        if name in columns and takes_none and not columns[name].may_be_null:
            wrong.append(f"{name} may not be NULL")
    return wrong


def test_what_is_read_fits_the_class_that_it_is_read_into() -> None:
    wrong = {read.where: misfit for read in reads() if read.sql and (misfit := misfits(read))}

    assert wrong == {}


def test_only_these_statements_are_put_together_while_they_run() -> None:
    found = {read.where for read in reads() if read.sql is None}

    assert sorted(found ^ PUT_TOGETHER) == []


def test_what_is_written_fits_its_table() -> None:
    wrong = {insert.where: misfit for insert in inserts() if (misfit := misfits_written(insert))}

    assert wrong == {}


def test_the_statements_are_found() -> None:
    assert len(reads()) > 50
    assert {insert.table for insert in inserts()} >= {
        "card",
        "stamped_receipt",
        "registration",
        "pass",
        "stored_answer",
    }


class Wrong(msgspec.Struct):
    id: UUID
    stamps: str
    last_stamp: datetime
    name: str


def test_a_class_that_does_not_fit_is_noticed() -> None:
    read = Read("here", Wrong, "SELECT id, stamps, last_stamp, goal FROM card WHERE merchant_id = %s")

    assert misfits(read) == ["goal", "name", "stamps is int4", "last_stamp may be NULL"]
    assert misfits(Read("here", str, "SELECT goal FROM card WHERE merchant_id = %s")) == ["value is int4"]
    assert "does not exist" in misfits(Read("here", None, "SELECT 1 FROM card WHERE colour = %s"))[0]


def test_a_row_that_its_table_would_not_take_is_noticed() -> None:
    wrong = misfits_written(Insert("here", "completed_round", Wrong, ["round", "goal"]))

    assert wrong == [
        *("last_stamp", "name", "stamps"),
        *(f"{name} is left out" for name in ("card_id", "completed", "version_id")),
    ]
