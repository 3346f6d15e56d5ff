"""What many tests begin with is made once: each of them finds it as if it had been made for it alone.

A transaction stays open from test to test. In it is what the fixtures marked `made_once` make, one on top of the other,
and behind each a savepoint; a test runs behind the last that it asks for and is rolled back to there. What the fixtures
gave is copied for each test.

Not for a test that commits, that begins at a moment of its own or goes by the machine's clock: there such a fixture is
like any other.
"""

import copyreg
import inspect
import pickle
import time
from collections import Counter
from collections.abc import Callable
from functools import cache, wraps
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils.translation import deactivate
from psycopg.pq import TransactionStatus

from stampwell.clock import stopped_at
from stampwell.programs.terms import terms_of_many
from stampwell.wallet.content import design_of
from tests.moments import BY_THE_MACHINES_CLOCK, START

type Make = Callable[..., Any]

COMMITTING = {"transactional_db", "live_server", "django_db_reset_sequences"}
# Seconds. Who signed in has done so a short while ago by the machine's clock, and so for each test.
LONGEST_KEPT = 300


def made_once[Given: Make](make: Given) -> Given:
    """For a fixture that asks for other such ones and for `db` alone, and whose every effect is a row. It stands below
    `pytest.fixture`, and what it gives can be pickled.
    """

    @wraps(make)
    def give(**asked: Any) -> Any:
        return _world.values[make] if make in _world.values else make(**asked)

    give.makes = make  # type: ignore[attr-defined]
    return give  # type: ignore[return-value]


def prepare_for(test: pytest.Item) -> None:
    """Before the test's own transaction begins."""
    _world.prepare(_wanted_by(test))


def leave_unless_wanted(following: pytest.Item | None) -> None:
    """A transaction that nobody needs next would be in the way of who looks at the database from outside."""
    if following is None or not _wanted_by(following):
        _world.leave()


class _World:
    """The open transaction, and what was made in it, in order; `values` are those of the present test."""

    def __init__(self) -> None:
        self.outer: Any = None
        self.raw: Any = None
        self.begun = 0.0
        self.savepoints: list[str] = []  # one before anything was made, then one behind each
        self.made: list[Make] = []
        self.copies: list[bytes] = []  # of all that was made until then
        self.values: dict[Make, Any] = {}

    def prepare(self, wanted: list[Make]) -> None:
        """Makes what is missing; what the test does not ask for goes."""
        self.values = {}
        if not wanted or not self._serves():
            self.leave()
        if not wanted:
            return
        if self.outer is None:
            self._enter()
        self._go_back_to(next((at for at, make in enumerate(self.made) if wanted[at : at + 1] != [make]), None))
        for make in wanted[len(self.made) :]:
            self._make(make)
        self.values = self._copy()
        for remembering in (terms_of_many, design_of):
            remembering.cache_clear()  # a test may have changed what never changes in life

    def leave(self) -> None:
        """Ends the transaction, and with it everything that is in it."""
        outer = self.outer
        self.__init__()  # type: ignore[misc]
        if outer is not None:
            connection.needs_rollback = True
            outer.__exit__(None, None, None)

    def _serves(self) -> bool:
        """A test may have closed the connection, or broken what it had begun."""
        raw = self.raw
        return (
            raw is not None
            and raw is connection.connection
            and not raw.closed
            and raw.info.transaction_status == TransactionStatus.INTRANS
            and not connection.needs_rollback
            and 0 <= time.monotonic() - self.begun < LONGEST_KEPT
        )

    def _enter(self) -> None:
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.raw, self.begun = connection.connection, time.monotonic()
        self._end_layer()

    def _go_back_to(self, place: int | None) -> None:
        if place is not None:
            connection.savepoint_rollback(self.savepoints[place])
            del self.savepoints[place + 1 :], self.made[place:], self.copies[place:]

    def _make(self, make: Make) -> None:
        values = self._copy()
        by_name = {"db": None} | {made.__name__: value for made, value in values.items()}
        deactivate()
        with stopped_at(START):
            values[make] = make(**{name: by_name[name] for name in _asked_by(make)})
        connection.check_constraints()
        connection.run_on_commit = []
        self.made.append(make)
        self.copies.append(pickle.dumps([*values.values()]))
        self._end_layer()

    def _end_layer(self) -> None:
        name = connection.savepoint()
        assert name, "a savepoint is inside of a transaction"
        self.savepoints.append(name)

    def _copy(self) -> dict[Make, Any]:
        """All at once, for they may hold each other."""
        return dict(zip(self.made, pickle.loads(self.copies[-1]), strict=True)) if self.made else {}


_world = _World()


def _wanted_by(test: pytest.Item) -> list[Make]:
    """Each behind those that it asks for, and what more tests of the file ask for before the rest."""
    if _goes_its_own_way(test):
        return []
    found: dict[str, Make] = {}
    fixtures = test._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]

    def find(name: str) -> bool:
        if name in found or name == "db":
            return True
        make = getattr(fixtures[name][-1].func, "makes", None) if name in fixtures else None
        if make is None or not all(map(find, _asked_by(make))):
            return False
        found[name] = make
        return True

    asked = _times_asked(test.session, test.path)
    for name in sorted(test.fixturenames, key=lambda name: (-asked[name], name)):  # type: ignore[attr-defined]
        find(name)
    return [*found.values()]


@cache
def _times_asked(session: pytest.Session, file: Path) -> Counter[str]:
    return Counter(name for item in session.items if item.path == file for name in getattr(item, "fixturenames", ()))


def _goes_its_own_way(test: pytest.Item) -> bool:
    marker = test.get_closest_marker("django_db")
    return (
        not isinstance(test, pytest.Function)
        or bool(marker and (marker.args or marker.kwargs))
        or bool(COMMITTING & {*test.fixturenames})
        or any(test.get_closest_marker(name) for name in ("moment", *BY_THE_MACHINES_CLOCK))
    )


@cache
def _asked_by(make: Make) -> list[str]:
    return [*inspect.signature(make).parameters]


def _taken_apart(browser: Client) -> tuple[Any, ...]:
    """What it sends; the rest of it serves every browser."""
    return _put_together, (browser.defaults, browser.cookies, browser.raise_request_exception)


def _put_together(defaults: dict[str, Any], cookies: SimpleCookie, raises: bool) -> Client:
    browser = Client(raise_request_exception=raises, **defaults)
    browser.cookies = cookies
    return browser


copyreg.pickle(Client, _taken_apart)
