"""A step that locks nothing: it reads, decides, and writes everything by one statement, which is its own transaction.

The statement changes the row that was held only if nobody has it locked and it is as it was read, and all that is
inserted hangs on that change. So either everything is written or nothing is; then the step is done anew in a usual
transaction, which waits for the row. The code of the step is the same in both: `hold` only reads here, `change` and
`insert` wait for the end.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from typing import Never
from uuid import UUID

import msgspec
from django.db import connection, transaction

from stampwell.transactions.bulkhead import passage
from stampwell.transactions.merchant import Later, Statements, opened, present_obstacle, raw_connection
from stampwell.transactions.nodes import is_distributed
from stampwell.transactions.packet import FirstColumn, Parameters, Sender, Statement, sender_of
from stampwell.transactions.row_classes import insert_selected_text, insert_values

type _Asked = tuple[str, Parameters]
type _Inserted = tuple[str, type[msgspec.Struct], tuple[str, ...]]
_NOTHING: _Asked = "", ()
_NAMED = re.compile(r"%\((\w+)\)s")


class NeedsLocks(Exception):
    """Nothing was written: what the step read has changed since, or it does what one statement cannot do."""


@contextmanager
def one_write(merchant_id: UUID) -> Iterator[Statements]:
    """Raises NeedsLocks, at its end or before, and the database's own errors; nothing is left of the step then.

    Where the shops are spread over servers it always does: such a statement is not taken there.
    """
    if is_distributed():
        raise NeedsLocks
    within = transaction.atomic() if connection.in_atomic_block else nullcontext()
    with passage(merchant_id), raw_connection() as raw, within:
        statements = OneWrite(merchant_id, sender_of(raw))
        with opened(statements):
            yield statements
            statements.commit()


class OneWrite(Statements):
    def __init__(self, merchant_id: UUID, sender: Sender) -> None:
        super().__init__(merchant_id, sender)
        self._held: _Asked | None = None
        self._change: _Asked | None = None
        self._inserts: list[tuple[_Inserted, tuple[object, ...]]] = []

    def later[Row](self, kind: type[Row], sql: str, parameters: Parameters = ()) -> Later[Row]:
        if self._change or self._inserts or not _only_reads(sql):
            raise NeedsLocks  # it would not see what waits, or not be undone with the rest
        return super().later(kind, sql, parameters)

    def hold[Row](self, kind: type[Row], sql: str, parameters: Parameters = ()) -> Later[Row]:
        if self._held:
            raise NeedsLocks
        self._held = sql, parameters
        return self.later(kind, sql, parameters)

    def write(self, sql: str, parameters: Parameters = ()) -> Never:
        raise NeedsLocks

    def change(self, sql: str, parameters: Parameters = ()) -> None:
        if self._change or not self._held:
            raise NeedsLocks
        self._change = sql, parameters

    def insert(self, table: str, row: msgspec.Struct, **more: object) -> None:
        self._inserts.append(((table, type(row), tuple(more)), insert_values(self.merchant_id, row, more)))

    def insert_new(self, table: str, row: msgspec.Struct, **more: object) -> bool:
        """Where a unique key is taken, nothing at all is written: the commit raises UniqueViolation."""
        self.insert(table, row, **more)
        return True

    def commit(self) -> None:
        if self._held and not self._change:
            raise NeedsLocks  # the step relied on what it held, and nothing here would notice a change
        held, change, obstacle = self._held or _NOTHING, self._change or _NOTHING, present_obstacle()
        hindered = (obstacle.sql, (self.merchant_id,)) if obstacle else _NOTHING
        sql = _one_statement(held[0], change[0], hindered[0], tuple(inserted for inserted, _values in self._inserts))
        values = [value for _inserted, row in self._inserts for value in row]
        asked = [value for question in (held, change, hindered) for value in _in_order(*question)]
        statement = Statement(self._sender, FirstColumn, sql, [*asked, *values])
        self._sender.exchange([statement])
        if not statement.rows:
            raise NeedsLocks


@lru_cache(maxsize=1000)
def _only_reads(sql: str) -> bool:
    return sql.lstrip().startswith("SELECT") and "FOR UPDATE" not in sql


def _in_order(sql: str, parameters: Parameters) -> Iterable[object]:
    return [parameters[name] for name in _names(sql)] if isinstance(parameters, dict) else parameters


@lru_cache(maxsize=1000)
def _names(sql: str) -> list[str]:
    return _NAMED.findall(sql)


@lru_cache(maxsize=1000)
def _one_statement(held: str, change: str, hindered: str, inserted: tuple[_Inserted, ...]) -> str:
    """One row comes back if everything is written, none if nothing is. It waits for no row that others have locked: the
    write of a caller who is told to come again because it waits too long must not be done after that.
    """
    unhindered = f"NOT EXISTS ({hindered})" if hindered else "true"
    steps = [f"changed AS (SELECT 1 WHERE {unhindered})"]
    if held:
        free = f"{_NAMED.sub('%s', held)} FOR UPDATE SKIP LOCKED"
        changed = f"{_NAMED.sub('%s', change)} AND EXISTS (SELECT 1 FROM free) AND {unhindered} RETURNING 1"
        steps = [f"free AS ({free})", f"changed AS ({changed})"]
    for place, (table, kind, more) in enumerate(inserted):
        steps.append(f"insert_{place} AS ({insert_selected_text(table, kind, more, source='changed')})")
    return f"WITH {', '.join(steps)} SELECT 1 FROM changed"
