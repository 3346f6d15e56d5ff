"""Reading from a replica what is only shown: figures, the journal, lists.

Nobody sees anything older there than on the server itself. Before each reading the server is asked how far its log has
come, and the replica has to have replayed as much; what nobody may miss, one's own act above all, is in it then. Where
the replica is not so far soon, does not answer or refuses, the server itself is read.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from django.conf import settings
from django.db import Error, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from psycopg import Connection
from psycopg.errors import ReadOnlySqlTransaction

from stampwell.database.address import REPLICA
from stampwell.transactions.bulkhead import cut_off, passage
from stampwell.transactions.merchant import Statements, merchant_transaction, name_merchant, opened, present_statements
from stampwell.transactions.nodes import is_distributed
from stampwell.transactions.outages import reason_of
from stampwell.transactions.packet import Sender

PATIENCE = 0.1  # seconds in which the replica has to come as far as the server was
STEP = 0.01  # seconds between two looks
DEADLINE = 1.5  # seconds for one reading; less than the bulkhead's patience, which knows of the server alone
PAUSE = 10.0  # seconds for which a replica that was of no use is left alone

# What was committed can be seen as soon as it is flushed; without synchronous commits, before that.
_HOW_FAR = """
    SELECT (CASE current_setting('synchronous_commit')
        WHEN 'off' THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_flush_lsn() END)::text
"""
_WHICH = "SELECT system_identifier FROM pg_control_system()"
_LEFT = "SELECT greatest(0, %s::pg_lsn - pg_last_wal_replay_lsn())::bigint WHERE pg_is_in_recovery()"

log = logging.getLogger(__name__)


class _NotThere(Exception):
    """Why the replica cannot be read now."""


class Look(msgspec.Struct, frozen=True):
    """How a replica is; `trouble` is "" where it is read. `behind` are the bytes of the log that it lacks after the
    patience, None where nobody knows.
    """

    trouble: str = ""
    behind: int | None = None

    @property
    def said(self) -> str:
        """What is the matter, for whoever runs the server."""
        return (
            f"The replica of {REPLICA} is not read: {self.trouble}. Figures, journal and lists come from the server "
            "itself, so nobody sees anything old. Put the replica right, or take the setting out."
        )


class Replica:
    """The replica as this process finds it: read by all threads, each by a connection of its own."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        self._handler = ConnectionHandler({"default": parameters})
        self._own = threading.local()
        self._left_alone_until = float("-inf")
        self.trouble = ""

    def read[Answer](self, merchant_id: UUID, read: Callable[[Statements], Answer]) -> Answer:
        """Raises _NotThere where the server itself has to be read."""
        if time.monotonic() < self._left_alone_until:
            raise _NotThere(self.trouble)
        if self.trouble:  # one tries, and the others need not wait for it
            self._left_alone_until = time.monotonic() + PAUSE
        reached = _ask_server(_HOW_FAR)
        try:
            answer = self._read(merchant_id, read, reached)
        except ReadOnlySqlTransaction:
            raise  # a fault of ours: who reads here writes nothing
        except (Error, psycopg.Error, _NotThere) as error:
            self._leave_alone(reason_of(error))
            raise _NotThere(self.trouble) from error
        if self.trouble:
            log.warning("The replica is read again")
        self.trouble, self._left_alone_until = "", float("-inf")
        return answer

    def look(self) -> Look:
        """Raises what the server itself raises."""
        reached = _ask_server(_HOW_FAR)
        try:
            with self._open() as link, closing(link), _deadline(link.connection):
                left = self._wait_for(link.connection, reached)
        except (Error, psycopg.Error, _NotThere) as error:
            return Look(trouble=reason_of(error))
        return Look(trouble=_too_far_behind(left) if left else "", behind=left)

    def _read[Answer](self, merchant_id: UUID, read: Callable[[Statements], Answer], reached: str) -> Answer:
        sender = self._sender()
        try:
            with _deadline(sender.raw):
                if left := self._wait_for(sender.raw, reached):
                    raise _NotThere(_too_far_behind(left))
                with opened(Statements(merchant_id, sender)) as tx:
                    tx.write("BEGIN READ ONLY")
                    tx.write(name_merchant(merchant_id))
                    answer = read(tx)
                    tx.commit()
                    return answer
        except BaseException:
            self.close()  # in the middle of a transaction, or broken
            raise

    def _sender(self) -> Sender:
        sender: Sender | None = getattr(self._own, "sender", None)
        if sender is None:
            with self._open() as wrapper:
                sender = self._own.sender = Sender(wrapper.connection)
                self._own.wrapper = wrapper
        return sender

    def close(self) -> None:
        """This thread's connection."""
        if getattr(self._own, "sender", None):
            self._own.sender = None
            self._own.wrapper.close()

    @contextmanager
    def _open(self) -> Iterator[BaseDatabaseWrapper]:
        """A connection as Django makes it, so that values are read alike; no part of its own list, which it would
        migrate and make test databases for. It is closed where the block fails.
        """
        wrapper = self._handler.create_connection("default")
        try:
            wrapper.ensure_connection()
            with _deadline(wrapper.connection):
                row = wrapper.connection.execute(_WHICH).fetchone()
            if row != (_ask_server(_WHICH),):
                raise _NotThere("it is no replica of this database's server")
            yield wrapper
        except BaseException:
            wrapper.close()
            raise

    def _wait_for(self, raw: "Connection[Any]", reached: str) -> int:
        """How many bytes of the log are missing when the patience is over."""
        ends = time.monotonic() + PATIENCE
        while True:
            row = raw.execute(_LEFT, (reached,)).fetchone()
            if row is None:
                raise _NotThere("it is a replica no more: it takes writes itself")
            left: int = row[0]
            if not left or time.monotonic() >= ends:
                return left
            time.sleep(STEP)

    def _leave_alone(self, why: str) -> None:
        self._left_alone_until = time.monotonic() + PAUSE
        if not self.trouble:
            log.warning("The replica is not read, the server itself is: %s", why)
        self.trouble = why


def read_aside[Answer](merchant_id: UUID, read: Callable[[Statements], Answer]) -> Answer:
    """What `read` gives, from the replica where one is set and of use; for what is shown and not decided by.

    It may be called a second time, so it does nothing but read, and on the server too nothing else is let through.
    """
    if outer := present_statements():
        assert outer.merchant_id == merchant_id, "one transaction touches one merchant"
        return read(outer)
    with passage(merchant_id):
        if (replica := present_replica()) and not is_distributed():
            try:
                return replica.read(merchant_id, read)
            except _NotThere as why:
                log.debug("The server itself is read: %s", why)
        with merchant_transaction(merchant_id) as tx:
            tx.write("SET TRANSACTION READ ONLY")
            return read(tx)


_present: tuple[dict[str, Any], Replica] | None = None


def present_replica() -> Replica | None:
    """Of this process; a new one where the settings name another."""
    global _present
    if not settings.DATABASE_REPLICA:
        return None
    if _present is None or _present[0] is not settings.DATABASE_REPLICA:
        _present = (settings.DATABASE_REPLICA, Replica(settings.DATABASE_REPLICA))
    return _present[1]


def look_at_replica() -> Look | None:
    """None where none is set."""
    replica = present_replica()
    if replica is None:
        return None
    if is_distributed():
        return Look(trouble="the database is spread over several servers, and one replica has not all of it")
    return replica.look()


def _ask_server(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        (value,) = cursor.fetchone()
        return value


def _too_far_behind(left: int) -> str:
    return f"it is {max(left >> 10, 1)} kB of the log behind"


@contextmanager
def _deadline(raw: "Connection[Any]") -> Iterator[None]:
    """A replica that hangs holds up nobody: its connection is cut off."""
    lock, is_over = threading.Lock(), False

    def cut() -> None:
        with lock:
            if not is_over:
                cut_off(raw)

    timer = threading.Timer(DEADLINE, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            is_over = True
        timer.cancel()
