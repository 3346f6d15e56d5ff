"""Every regular expression of the product, found by looking, so that a new one is looked at too."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import stampwell

# A migration is written once, and a command runs when it is imported.
NOT_LOOKED_AT = ("stampwell.migrations", "stampwell.__main__", "stampwell.database.__main__")
LOCAL_NAMES = {"digits": 3, "between": "–"}  # what stands in a pattern that is put together while it is used
TRYING = {"search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}
FIELDS = {"RegexField", "RegexValidator", "re_path", "whole"}
CALLED = re.compile(rf"\bre\.|\b(?:pattern|regex)=|\b(?:{'|'.join(FIELDS)})\(")  # most modules call none of them
DEEP = 3  # lists of lists


class Found(NamedTuple):
    module: str
    pattern: str
    flags: int
    how: str

    def __str__(self) -> str:
        return f"{self.module.removeprefix('stampwell.')}: {self.pattern[:60]}"


def find_patterns() -> list[Found]:
    return sorted({pattern for module in _modules() for pattern in _patterns_of(module)})


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(stampwell.__path__, "stampwell."):
        if not found.name.startswith(NOT_LOOKED_AT):
            yield importlib.import_module(found.name)


def _patterns_of(module: ModuleType) -> Iterator[Found]:
    """Those that the module holds, and those that its functions hand to `re`, to a field or to msgspec."""
    source = Path(module.__file__ or "").read_text()
    for name, value in vars(module).items():
        for held in _held_in(value, module):
            used = re.search(rf"\b{name}\.({'|'.join(TRYING)})\(", source)
            # One of bytes is tried with a letter for each.
            text = held.pattern.decode("latin-1") if isinstance(held.pattern, bytes) else held.pattern
            yield Found(module.__name__, text, held.flags, used[1] if used else "search")
    for call in ast.walk(ast.parse(source)) if CALLED.search(source) else ():
        if isinstance(call, ast.Call):
            for how, written in _patterns_in(call):
                known = vars(module) | LOCAL_NAMES
                if any(isinstance(part, ast.Name) and part.id not in known for part in ast.walk(written)):
                    continue  # what a function is given, which is found where somebody has written it
                pattern = re.compile(eval(ast.unparse(written), known))
                yield Found(module.__name__, pattern.pattern, pattern.flags, how)


def _held_in(value: object, module: ModuleType, depth: int = 0) -> "Iterator[re.Pattern[str] | re.Pattern[bytes]]":
    if isinstance(value, re.Pattern):
        yield value
    elif depth < DEEP:
        for part in _parts_of(value, module):
            yield from _held_in(part, module, depth + 1)


def _parts_of(value: object, module: ModuleType) -> list[Any]:
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    if isinstance(value, dict) and "__builtins__" not in value:
        return list(value.values())
    is_own_class = isinstance(value, type) and value.__module__ == module.__name__
    return list(vars(value).values()) if is_own_class else []


def _patterns_in(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """With what is done with each."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    of_re = isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "re"
    if call.args and (name in FIELDS or (of_re and name in TRYING)):
        yield (name if of_re else "search"), call.args[0]
    yield from (("search", argument.value) for argument in call.keywords if argument.arg in ("pattern", "regex"))
