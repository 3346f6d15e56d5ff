"""The house's own rules: short functions, short files, words that say something."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "stampwell"
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
LONGEST_FILE, LONGEST_FUNCTION, USUAL_FUNCTION = 300, 60, 8
EMPTY_WORDS = {"services", "service", "utils", "helpers", "helper", "common", "base", "manager", "handler", "misc"}


def lengths_of_functions() -> dict[str, int]:
    return {
        f"{path.relative_to(PACKAGE)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_no_file_is_two_files() -> None:
    lines = {str(path.relative_to(PACKAGE)): len(path.read_text().splitlines()) for path in FILES}

    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


def test_no_function_does_everything() -> None:
    assert {name: lines for name, lines in lengths_of_functions().items() if lines > LONGEST_FUNCTION} == {}


def test_functions_are_usually_short() -> None:
    lengths = sorted(lengths_of_functions().values())

    assert lengths[len(lengths) // 2] <= USUAL_FUNCTION


def test_no_module_has_an_empty_name() -> None:
    assert {str(path) for path in FILES if path.stem in EMPTY_WORDS} == set()


@pytest.mark.parametrize("package", sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py")))
def test_every_package_says_what_its_noun_means(package: str) -> None:
    if package in {"migrations", "management", "web", "templatetags"}:
        return
    assert ast.get_docstring(ast.parse((PACKAGE / package / "__init__.py").read_text()))


def test_no_page_scans_the_events() -> None:
    """A page that counts them grows with the shop: figures come from what a follower keeps."""
    readers = {
        str(path.relative_to(PACKAGE))
        for path in FILES
        if {"web", "journal"} & {*path.parts}
        and re.search(r"\b(FROM|JOIN) event\b|\bEvent\.objects\b", path.read_text())
    }

    assert readers == {
        "web/api/events.py",
        "journal/history.py",
        "web/dashboard/journal/seen_by_customer.py",
        "journal/device_acts.py",  # the same
        "journal/reading.py",  # only the stretches that hold something for the filter
    }


def test_only_mail_speaks_to_the_mail_server() -> None:
    """Everybody else keeps a mail in the queue, or a page would wait."""
    senders = {
        path.relative_to(PACKAGE).parts[0]
        for path in FILES
        if re.search(r"django\.core\.mail|smtplib", path.read_text())
    }

    assert senders == {"mail"}
