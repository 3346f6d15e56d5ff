"""Sends several statements to PostgreSQL in one packet and reads their answers together.

psycopg's own pipeline sends each statement alone, with a system call or two around it; over ten statements that
was half of the time of a redemption. This uses psycopg's adaptation and its wrapper of libpq, not its cursors.
"""

import re
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from inspect import signature
from itertools import count
from operator import itemgetter
from typing import Any, cast
from weakref import WeakSet

from psycopg import Connection
from psycopg.abc import Buffer, PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName, error_from_result
from psycopg.generators import fetch_many, send
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

Parameters = Sequence[Any] | dict[str, Any]
RowMaker = Callable[[Sequence[Any]], Any]

MOST_PREPARED = 300
_PLACEHOLDER = re.compile(r"%(?:\((\w+)\)s|s|%)")
_DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
_numbers = count(1)  # never the same name again, not even on a connection that another sender had before
_FORGETS = (FeatureNotSupported, InvalidSqlStatementName)
_prepares: "WeakSet[Connection[Any]]" = WeakSet()  # the others lead to a pooler, behind which nothing stays prepared


class FirstColumn:
    """In the place of a row class: of each row its first column alone."""


class Statement:
    """One statement with its parameters as the server takes them and, once it was sent, its answer.

    `row_class` takes the columns by their names; None means that nobody reads the answer.
    """

    __slots__ = ("formats", "parameters", "row_class", "rows", "sql", "tag", "types")

    def __init__(self, sender: "Sender", row_class: type[Any] | None, sql: str, parameters: Parameters = ()) -> None:
        self.sql, names = _translate(sql)
        values = [parameters[name] for name in names] if isinstance(parameters, dict) else parameters
        assert len(values) == len(names), "as many parameters as placeholders"
        adaptation = sender.adaptation
        self.parameters: Sequence[Buffer | None] = adaptation.dump_sequence(values, [PyFormat.AUTO] * len(values))
        self.types, self.formats = adaptation.types or (), adaptation.formats
        self.row_class = row_class
        self.rows: list[Any] | None = None
        self.tag: bytes | None = None


class Sender:
    """One connection: what was prepared on it, and the exchange."""

    def __init__(self, raw: "Connection[Any]") -> None:
        self.raw = raw
        if raw.prepare_threshold is not None:
            _prepares.add(raw)
        raw.prepare_threshold = None  # psycopg tidies up after a rollback, and would throw ours away too
        self._most_prepared = MOST_PREPARED if raw in _prepares else 0
        self.adaptation = Transformer(raw)
        self._prepared: dict[tuple[bytes, tuple[int, ...]], bytes] = {}
        self._makers: dict[tuple[bytes, type[Any] | None], RowMaker] = {}

    def exchange(self, statements: Sequence[Statement]) -> None:
        """Sends them all, then reads all the answers; raises the first error.

        Begins a transaction first where the connection is in none and does not commit by itself.
        """
        link = self.raw.pgconn
        link.enter_pipeline_mode()
        try:
            sent: list[Statement | None] = []
            if not self.raw.autocommit and link.transaction_status == TransactionStatus.IDLE:
                link.send_query_params(b"BEGIN", None)
                sent.append(None)
            for one in statements:
                self._send(one, sent)
            link.pipeline_sync()
            answers = self.raw.wait(self._answers(len(sent)))
        finally:
            if link.status != ConnStatus.BAD:
                link.exit_pipeline_mode()
        self._raise_first_error(sent, answers)
        for statement, answer in zip(sent, answers, strict=True):
            if statement is not None:
                self._take(statement, answer)

    def _send(self, statement: Statement, sent: list[Statement | None]) -> None:
        """Adds whose answers will come, in order; None stands for a step of our own."""
        link, key = self.raw.pgconn, (statement.sql, statement.types)
        name = self._prepared.get(key)
        if name is None:
            if not statement.parameters or len(self._prepared) >= self._most_prepared:
                link.send_query_params(
                    statement.sql, statement.parameters, param_types=statement.types, param_formats=statement.formats
                )
                sent.append(statement)
                return
            name = self._prepared[key] = b"stampwell_%d" % next(_numbers)
            link.send_prepare(name, statement.sql, param_types=statement.types)
            sent.append(None)
        link.send_query_prepared(name, statement.parameters, param_formats=statement.formats)
        sent.append(statement)

    def _answers(self, expected: int) -> PQGen[list[PGresult]]:
        link = self.raw.pgconn
        yield from send(link)
        answers: list[PGresult] = []
        while len(answers) < expected:
            answers += yield from fetch_many(link)
        yield from fetch_many(link)  # the end of the packet
        return answers

    def _raise_first_error(self, sent: "Sequence[Statement | None]", answers: Sequence[PGresult]) -> None:
        failed = [place for place, answer in enumerate(answers) if answer.status not in _DONE]
        if not failed:
            return
        error = error_from_result(answers[failed[0]], encoding=self.adaptation.encoding)
        # What came after the error was not prepared; or a table has changed since, or somebody else tidied up.
        if any(sent[place] is None for place in failed) or isinstance(error, _FORGETS):
            self._prepared.clear()
            self._makers.clear()
        raise error

    def _take(self, statement: Statement, answer: PGresult) -> None:
        statement.tag = answer.command_status
        if statement.row_class is not None:
            self.adaptation.set_pgresult(answer)
            make = self._makers.get((statement.sql, statement.row_class)) or self._maker(statement, answer)
            statement.rows = self.adaptation.load_rows(0, answer.ntuples, make)

    def _maker(self, statement: Statement, answer: PGresult) -> RowMaker:
        """Makes a row of its columns; by place, which is cheaper, if they come in the order of the class's fields."""
        kind = cast(type[Any], statement.row_class)
        if kind is FirstColumn:
            return itemgetter(0)
        names = tuple(cast(bytes, answer.fname(column)).decode() for column in range(answer.nfields))

        def by_place(values: Sequence[Any]) -> Any:
            return kind(*values)

        def by_name(values: Sequence[Any]) -> Any:
            return kind(**dict(zip(names, values, strict=True)))

        takes = [each.name for each in signature(kind).parameters.values() if each.kind == each.POSITIONAL_OR_KEYWORD]
        if len(self._makers) >= MOST_PREPARED:
            self._makers.clear()
        make = self._makers[statement.sql, kind] = by_place if takes == list(names) else by_name
        return make


_here = threading.local()


def sender_of(raw: "Connection[Any]") -> Sender:
    """This thread's sender, a new one when the connection is another one."""
    sender: Sender | None = getattr(_here, "sender", None)
    if sender is None or sender.raw is not raw:
        sender = _here.sender = Sender(raw)
    return sender


@lru_cache(maxsize=1000)
def _translate(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """The statement with PostgreSQL's placeholders, and the name of each parameter in order ("" for %s)."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        name = found[1] or ""
        if found[0] == "%%":
            return "%"
        if not name or name not in names:
            names.append(name)
            return f"${len(names)}"
        return f"${names.index(name) + 1}"

    return _PLACEHOLDER.sub(number, sql).encode(), tuple(names)
