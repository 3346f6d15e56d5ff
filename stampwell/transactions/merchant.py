"""One merchant, one transaction: the only way to write.

Statements wait until somebody reads an answer, and go in one packet then; the last ones go with the COMMIT. A
redemption is two round trips this way, not seven.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction
from psycopg import Connection
from psycopg.errors import DivisionByZero, LockNotAvailable, QueryCanceled

from stampwell.refusal import Refusal, RequestInProgress
from stampwell.transactions.bulkhead import passage
from stampwell.transactions.packet import FirstColumn, Parameters, Sender, Statement, sender_of
from stampwell.transactions.row_classes import TYPES, copy_text, insert_text, insert_values


class Statements:
    """The statements of one merchant's transaction, in order."""

    def __init__(self, merchant_id: UUID, sender: Sender) -> None:
        self.merchant_id = merchant_id
        self._sender = sender
        self._waiting: list[Statement] = []

    def write(self, sql: str, parameters: Parameters = ()) -> None:
        """Goes with the next read or the commit, which raises what it breaks."""
        self._waiting.append(Statement(self._sender, None, sql, parameters))

    def change(self, sql: str, parameters: Parameters = ()) -> None:
        """Writes to the row that `hold` gave. The WHERE names what was read of it that every change to it changes."""
        self.write(sql, parameters)

    def insert(self, table: str, row: msgspec.Struct, **more: object) -> None:
        """Writes a row by the names of its fields; `more` are columns that the struct has no field for."""
        self.write(insert_text(table, type(row), tuple(more)), insert_values(self.merchant_id, row, more))

    def insert_or_leave(self, table: str, row: msgspec.Struct, **more: object) -> None:
        """Writes the row unless a unique key of the table is taken; for a caller who need not know which it was."""
        sql = insert_text(table, type(row), tuple(more)) + " ON CONFLICT DO NOTHING"
        self.write(sql, insert_values(self.merchant_id, row, more))

    def insert_new(self, table: str, row: msgspec.Struct, **more: object) -> bool:
        """Writes the row unless a unique key of the table is taken; whether it was written.

        Waits for whoever is writing the same key at this moment.
        """
        sql = insert_text(table, type(row), tuple(more)) + " ON CONFLICT DO NOTHING RETURNING 1"
        return self.exists(sql, insert_values(self.merchant_id, row, more))

    def copy(self, table: str, rows: Sequence[msgspec.Struct]) -> None:
        """Writes very many rows at once, by the names of their fields, with PostgreSQL's COPY. A key that is taken is
        an error here, as everywhere. Not for columns of JSON.
        """
        if not rows:
            return
        columns, sql = copy_text(table, type(rows[0]))
        types = self.values(int, TYPES, (columns, table))
        with self._sender.raw.cursor() as cursor, cursor.copy(sql) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row((self.merchant_id, *msgspec.structs.astuple(row)))

    def value[Value](self, kind: type[Value], sql: str, parameters: Parameters = ()) -> Value | None:
        """The first column of the first row; None where there is no row, or NULL in it."""
        return next(iter(self.values(kind, sql, parameters)), None)

    def values[Value](self, kind: type[Value], sql: str, parameters: Parameters = ()) -> list[Value]:
        """The first column of every row."""
        values: list[Value] = self.later(FirstColumn, sql, parameters).rows()  # type: ignore[assignment]
        assert all(value is None or isinstance(value, kind) for value in values), f"not of {kind}"
        return values

    def exists(self, sql: str, parameters: Parameters = ()) -> bool:
        """Whether the statement gives a row: a SELECT, or a change with RETURNING."""
        return bool(self.later(FirstColumn, sql, parameters).rows())

    def rows[Row](self, kind: type[Row], sql: str, parameters: Parameters = ()) -> list[Row]:
        return self.later(kind, sql, parameters).rows()

    def row[Row](self, kind: type[Row], sql: str, parameters: Parameters = ()) -> Row | None:
        return self.later(kind, sql, parameters).row()

    def later[Row](self, kind: type[Row], sql: str, parameters: Parameters = ()) -> "Later[Row]":
        """Goes with the next read: an answer that is asked for later costs no round trip of its own."""
        statement = Statement(self._sender, kind, sql, parameters)
        self._waiting.append(statement)
        return Later(self, statement)

    def hold[Row](self, kind: type[Row], sql: str, parameters: Parameters = ()) -> "Later[Row]":
        """As `later`; nobody else changes what it gives before this transaction ends."""
        return self.later(kind, sql + " FOR UPDATE", parameters)

    def send(self) -> None:
        """Sends what waits, and waits until it is done."""
        if self._waiting:
            statements, self._waiting = self._waiting, []
            self._sender.exchange(statements)

    def before[Answer](
        self,
        execute: Callable[..., Answer],
        sql: str,
        parameters: Any,
        many: bool,  # noqa: FBT001 - Django calls it so
        context: dict[str, Any],
    ) -> Answer:
        """Django's own statements keep their place among ours."""
        self.send()
        return execute(sql, parameters, many, context)

    def commit(self) -> None:
        """In the same packet as the last writes."""
        end = Statement(self._sender, None, "COMMIT")
        self._waiting.append(end)
        self.send()
        assert end.tag == b"COMMIT", "an error inside was caught and forgotten"


class Later[Row]:
    def __init__(self, statements: Statements, statement: Statement) -> None:
        self._statements, self._statement = statements, statement

    def rows(self) -> list[Row]:
        if self._statement.rows is None:
            self._statements.send()
        rows: list[Row] | None = self._statement.rows
        assert rows is not None, "asked again after it failed"
        return rows

    def row(self) -> Row | None:
        return next(iter(self.rows()), None)


@dataclass(frozen=True)
class Obstacle:
    """What keeps a shop from being written to. It is asked in the transaction of the write itself.

    `sql` gives a row where it stands in the way; its one parameter is the merchant's id.
    """

    sql: str
    refusal: type[Refusal]


# It fails where it could give a row: nobody need read its answer, so it goes in one packet with what follows it, also
# with the COMMIT.
_FAIL_IF_THERE = "SELECT 1 / (count(*) = 0)::int FROM ({}) obstacle"
_obstacle: ContextVar[Obstacle | None] = ContextVar("what keeps from writing", default=None)


@contextmanager
def unless(obstacle: Obstacle) -> Iterator[None]:
    """Each transaction that is opened inside is rolled back with the refusal where the obstacle stands in its way."""
    token = _obstacle.set(obstacle)
    try:
        yield
    finally:
        _obstacle.reset(token)


def present_obstacle() -> Obstacle | None:
    return _obstacle.get()


# On a distributed database a lock that is waited for too long may only be noticed by the statement's own time-out.
TOO_LONG = (LockNotAvailable, QueryCanceled)
_open: ContextVar[Statements | None] = ContextVar("open merchant transaction", default=None)


@contextmanager
def merchant_transaction(merchant_id: UUID) -> Iterator[Statements]:
    """Everything inside is committed together or not at all; an inner one joins the outer.

    Refuses with RequestInProgress when a row stays locked by another request beyond the lock time-out, or a
    statement takes longer than a statement may, and with what `unless` says. Raises Crowded where too many wait for
    this shop already.
    """
    outer = _open.get()
    if outer is not None:
        assert outer.merchant_id == merchant_id, "one transaction touches one merchant"
        yield outer
        return
    obstacle = _obstacle.get()
    try:
        with passage(merchant_id), raw_connection() as raw, _atomic() as is_outermost:
            statements = Statements(merchant_id, sender_of(raw))
            statements.write(name_merchant(merchant_id))
            if obstacle:
                statements.write(_FAIL_IF_THERE.format(obstacle.sql), (merchant_id,))
            with opened(statements):
                yield statements
                statements.commit() if is_outermost else statements.send()
    except TOO_LONG as waited:
        raise RequestInProgress from waited
    except DivisionByZero as hindered:
        if not obstacle:
            raise
        raise obstacle.refusal from hindered
    except OperationalError as error:  # the same, said by Django
        if isinstance(error.__cause__, TOO_LONG):
            raise RequestInProgress from error
        raise


@contextmanager
def merchant_reads(merchant_id: UUID) -> Iterator[Statements]:
    """For reading alone: what is asked for goes in one packet, and no transaction is begun or ended.

    Nothing is lost by that: PostgreSQL's READ COMMITTED shows each statement its own moment, inside a transaction too.
    """
    if outer := _open.get():
        assert outer.merchant_id == merchant_id, "one transaction touches one merchant"
        yield outer
        return
    with passage(merchant_id), raw_connection() as raw, opened(Statements(merchant_id, sender_of(raw))) as statements:
        yield statements


def present_statements() -> Statements | None:
    return _open.get()


@contextmanager
def opened(statements: Statements) -> Iterator[Statements]:
    """Inside, all code asks through these statements, and so does Django."""
    token = _open.set(statements)
    try:
        with connection.execute_wrapper(statements.before):
            yield statements
    finally:
        _open.reset(token)


def name_merchant(merchant_id: UUID) -> str:
    """A literal, not set_config(): the only form that a pooler and a distributed database forward."""
    return f"SET LOCAL app.merchant = '{UUID(str(merchant_id))}'"


@contextmanager
def _atomic() -> Iterator[bool]:
    """Whether this is the outermost block: then we commit ourselves, and Django finds nothing left to do."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        yield is_outermost


class raw_connection:
    """psycopg's connection below Django's, for the hot steps.

    Django does not see an error there, so we tell it: at the next request it checks whether the connection still lives,
    and makes a new one if the database was restarted. It does not see a success either. We tell it that too, so that it
    need not check.
    """

    __slots__ = ("_django",)

    def __enter__(self) -> "Connection[Any]":
        self._django = connections[DEFAULT_DB_ALIAS]
        self._django.ensure_connection()
        if waiting := _open.get():
            waiting.send()
        raw: Connection[Any] = self._django.connection
        return raw

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._django.health_check_done = True  # type: ignore[attr-defined]
        elif issubclass(kind, psycopg.Error):
            self._django.errors_occurred = True


def ask_row[Row](kind: type[Row], sql: str, parameters: Parameters = ()) -> Row | None:
    """One row, read outside of any transaction, or in the present one."""
    rows = ask_rows(kind, sql, parameters)
    return rows[0] if rows else None


def ask_rows[Row](kind: type[Row], sql: str, parameters: Parameters = ()) -> list[Row]:
    """All of them, read outside of any transaction, or in the present one."""
    with raw_connection() as raw:
        sender = sender_of(raw)
        statement = Statement(sender, kind, sql, parameters)
        sender.exchange([statement])
    rows: list[Row] = statement.rows or []
    return rows
