"""One merchant, one transaction: the only way to write.

Statements are sent in PostgreSQL's pipeline mode: those whose answer nobody reads travel together with the
next one that is read, and the last ones with the COMMIT. A redemption is two round trips this way, not seven.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection, transaction
from psycopg import Connection, Cursor
from psycopg.errors import LockNotAvailable
from psycopg.rows import class_row

from stampwell.refusal import RequestInProgress

Parameters = Sequence[Any] | Mapping[str, Any]


class Statements:
    """The statements of one merchant's transaction, in order."""

    def __init__(self, merchant_id: UUID, raw: "Connection[Any]") -> None:
        self.merchant_id = merchant_id
        self._raw = raw

    def write(self, sql: str, parameters: Parameters = ()) -> None:
        """Sends without waiting; what it breaks is raised by the next read or by the commit."""
        Cursor(self._raw).execute(sql.encode(), parameters)

    def rows[Row](self, kind: type[Row], sql: str, parameters: Parameters = ()) -> list[Row]:
        return Cursor(self._raw, row_factory=class_row(kind)).execute(sql.encode(), parameters).fetchall()

    def row[Row](self, kind: type[Row], sql: str, parameters: Parameters = ()) -> Row | None:
        return Cursor(self._raw, row_factory=class_row(kind)).execute(sql.encode(), parameters).fetchone()

    def later[Row](self, kind: type[Row], sql: str, parameters: Parameters = ()) -> "Later[Row]":
        """Sends now, reads when asked: the answer of an earlier statement costs no round trip of its own."""
        return Later(Cursor(self._raw, row_factory=class_row(kind)).execute(sql.encode(), parameters))


class Later[Row]:
    def __init__(self, cursor: "Cursor[Row]") -> None:
        self._cursor = cursor

    def rows(self) -> list[Row]:
        return self._cursor.fetchall()

    def row(self) -> Row | None:
        return self._cursor.fetchone()


_open: ContextVar[Statements | None] = ContextVar("open merchant transaction", default=None)


@contextmanager
def merchant_transaction(merchant_id: UUID) -> Iterator[Statements]:
    """Everything inside is committed together or not at all; an inner one joins the outer.

    Refuses with RequestInProgress when a row stays locked by another request beyond the lock time-out.
    """
    outer = _open.get()
    if outer is not None:
        assert outer.merchant_id == merchant_id, "one transaction touches one merchant"
        yield outer
        return
    try:
        with _pipelined_transaction() as raw:
            statements = Statements(merchant_id, raw)
            # A literal, not set_config(): the only form that a pooler and a distributed database forward.
            statements.write(f"SET LOCAL app.merchant = '{UUID(str(merchant_id))}'")
            token = _open.set(statements)
            try:
                yield statements
            finally:
                _open.reset(token)
    except LockNotAvailable as locked:
        raise RequestInProgress from locked


@contextmanager
def raw_connection() -> Iterator["Connection[Any]"]:
    """psycopg's connection below Django's, for the hot steps.

    Django cannot see an error there, so it is told: at the next request it looks whether the connection still
    lives, and makes a new one after the database was restarted.
    """
    connection.ensure_connection()
    try:
        yield connection.connection
    except psycopg.Error:
        connection.errors_occurred = True
        raise


@contextmanager
def _pipelined_transaction() -> Iterator["Connection[Any]"]:
    outermost = not connection.in_atomic_block
    with raw_connection(), transaction.atomic():
        raw: Connection[Any] = connection.connection
        with raw.pipeline():
            yield raw
            if outermost:
                # In the same packet as the last writes. Django's own commit then finds nothing left to do.
                Cursor(raw).execute(b"COMMIT")
