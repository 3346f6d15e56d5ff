"""Refuses, on plain PostgreSQL, what a distributed one would refuse or would do on every node.

Every statement of the tests' own process comes by, ours and Django's. A test may arrange its world as it likes: only
what `stampwell/` itself sends is held to the rules (docs/developing/database-rules.md).
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from stampwell.tenancy import WITHOUT_MERCHANT
from stampwell.transactions.packet import Statement

PRODUCT = str(Path(__file__).parents[1] / "stampwell")
TESTS = str(Path(__file__).parent)

# Statements that break a rule and may, by their beginning, and why.
ALLOWED: dict[str, str] = {
    "WITH free AS": "`one_write` sends it where the shops are not spread, and leaves it alone where they are",
    "WITH changed AS (SELECT 1": "the same",
}

# Nothing to judge, and each savepoint has another name: they would push what was judged before out of the memory.
_OF_THE_TRANSACTION = ("SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT ")

_PLACEHOLDER = re.compile(r"%(?:\((\w+)\)s|s)")
_VOLATILE = r"\b(?:now|clock_timestamp|statement_timestamp|random|gen_random_uuid|nextval) ?\(|\bcurrent_timestamp\b"
_INTERVAL = r"\binterval\b|\?interval\?"
_CHOOSING = r"\bcase\b|\bcoalesce ?\(|\bgreatest ?\(|\bleast ?\("
_LOCKING = re.compile(r"\bfor (?:no key |key )?(?:update|share)\b")
_WRITING = re.compile(r"^(?:with .*? )?(?:update (?:only )?(\w+)|delete from (?:only )?(\w+))\b")
_INSERTING = re.compile(r"^insert into (\w+)\b")
_END_OF_SET = re.compile(r"\b(?:from|where|returning)\b")

found: list[str] = []


def problems_of(sql: str, parameters: Sequence[Any] | Mapping[str, Any] | None = ()) -> list[str]:
    """What a distributed database would not take of this statement."""
    return _problems(sql, _intervals(sql, parameters or ()))


def _intervals(sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> frozenset[int | str]:
    if isinstance(parameters, Mapping):
        return frozenset(name for name, value in parameters.items() if isinstance(value, timedelta))
    return frozenset(place for place, value in enumerate(parameters) if isinstance(value, timedelta))


@lru_cache(maxsize=5000)
def _problems(sql: str, intervals: frozenset[int | str]) -> list[str]:
    levels = [level for text in _plain(sql, intervals).split(";") for level in _levels(text)]
    problems = [problem for level in levels for problem in _level_problems(level)]
    if re.search(r"^with .*\( ?insert into\b", _plain(sql, intervals)):
        problems.append("an INSERT below WITH")
    if re.search(r"\b(?:from|join) ?\( ?select from\b", _plain(sql, intervals)):
        problems.append("an empty list of columns below FROM")
    return problems


def _level_problems(level: str) -> Iterator[str]:
    own = _without_brackets(level)
    if _LOCKING.search(own) and not _is_of_a_merchant(own, level):
        yield "a lock without merchant_id"
    if writing := _WRITING.match(own):
        table = writing[1] or writing[2]
        conditions = level.partition(" where ")[2]
        if table not in WITHOUT_MERCHANT and "merchant_id" not in conditions:
            yield "a write over all merchants"
        if table in WITHOUT_MERCHANT and table != "merchant":
            return  # it lies on one node only
    if (inserting := _INSERTING.match(own)) and inserting[1] in WITHOUT_MERCHANT and inserting[1] != "merchant":
        return
    for assigned in _assignments(level):
        if _is_computed(assigned):
            yield f"a moment that is computed in SET: {assigned}"


def _is_of_a_merchant(own: str, level: str) -> bool:
    tables = set(re.findall(r"\b(?:from|join) (\w+)", own))
    if tables <= WITHOUT_MERCHANT.keys():
        return True
    return "merchant_id" in level.partition(" where ")[2]


def _assignments(level: str) -> Iterator[str]:
    """What is assigned in SET, one by one: `x = …` of an UPDATE or of ON CONFLICT DO UPDATE."""
    own = _without_brackets(level)
    for begin in re.finditer(r"(?:^update \w+(?: as)?(?: \w+)? |do update )set ", own):
        end = _END_OF_SET.search(own, begin.end())
        clause = level[begin.end() : end.start()] if end else level[begin.end() :]
        yield from (one.partition("=")[2].strip() for one in _split(clause))


def _is_computed(assigned: str) -> bool:
    if re.search(_INTERVAL, assigned):
        return True
    if not re.search(_VOLATILE, assigned):
        return False
    return bool(re.search(_CHOOSING, assigned)) or assigned != "now()"


def _plain(sql: str, intervals: frozenset[int | str]) -> str:
    """One line in small letters: no texts, no comments, no quotes; a parameter that is an interval says so."""
    place = iter(range(10_000))

    def name(found: re.Match[str]) -> str:
        key: int | str = found[1] or next(place)
        return " ?interval? " if key in intervals else " ? "

    text = _PLACEHOLDER.sub(name, re.sub(r"--[^\n]*", " ", sql).replace("%%", "%"))
    text = re.sub(r"'(?:[^']|'')*'", "''", text).replace('"', "")
    return re.sub(r"\s+", " ", text).strip().lower()


def _levels(text: str) -> Iterator[str]:
    """The whole, and whatever stands in brackets, each by itself."""
    yield text.strip()
    begun: list[int] = []
    for place, sign in enumerate(text):
        if sign == "(":
            begun.append(place + 1)
        elif sign == ")" and begun:
            yield text[begun.pop() : place].strip()


def _without_brackets(level: str) -> str:
    """Of the same length, with blanks for whatever stands in brackets."""
    depth, kept = 0, []
    for sign in level:
        depth -= sign == ")"
        kept.append(sign if depth == 0 else "·")
        depth += sign == "("
    return "".join(kept)


def _split(clause: str) -> list[str]:
    """At the commas that stand in no brackets."""
    own = _without_brackets(clause)
    commas = [-1, *(place for place, sign in enumerate(own) if sign == ","), len(clause)]
    return [clause[begin + 1 : end] for begin, end in pairwise(commas)]


def _watch(sql: str, parameters: Sequence[Any] | Mapping[str, Any] | None) -> None:
    if sql.startswith(_OF_THE_TRANSACTION):
        return
    problems = problems_of(sql, parameters)
    if problems and not sql.strip().startswith(tuple(ALLOWED)) and _is_the_products():
        found.append(f"{', '.join(problems)}: {' '.join(sql.split())}")


def _is_the_products() -> bool:
    """Whether the nearest of our own lines that led here is one of the product's, not a test's."""
    frame = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if file != __file__ and file.startswith((PRODUCT, TESTS)):
            return file.startswith(PRODUCT)
        frame = frame.f_back  # type: ignore[assignment]
    return False


def _watch_ours() -> None:
    make = Statement.__init__

    def watched(
        self: Statement,
        sender: Any,
        row_class: type[Any] | None,
        sql: str,
        parameters: Sequence[Any] | dict[str, Any] = (),
    ) -> None:
        _watch(sql, parameters)
        make(self, sender, row_class, sql, parameters)

    Statement.__init__ = watched  # type: ignore[method-assign]


def _watch_django(connection: BaseDatabaseWrapper, **_facts: Any) -> None:
    def watched(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        _watch(str(sql), (parameters[0] if parameters else ()) if many else parameters)
        return execute(sql, parameters, many, context)

    connection.execute_wrappers.insert(0, watched)  # whoever comes later takes the last one out again


def watch_statements() -> None:
    """From now on, in every thread of this process."""
    _watch_ours()
    connection_created.connect(_watch_django, weak=False)


@pytest.fixture(autouse=True)
def _only_what_a_distributed_database_takes() -> Iterator[None]:
    yield
    problems = [*found]
    found.clear()
    assert problems == []
