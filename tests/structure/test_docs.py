"""Documents that name a test, a page, a setting or an event name one that is there, and none is left out."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from stampwell.events.recording import EventType
from stampwell.management.known_settings import known_settings

ROOT = Path(__file__).parents[2]
RULES = sorted((ROOT / "docs" / "rules").glob("*.md"))
PLACES = ("docs", "stampwell", "tests", "bench")
NAMED_PAGE = re.compile(r"(?<![\w/])docs/[\w./-]+\.\w+")
NAMED_SETTING = re.compile(r"STAMPWELL_[A-Z0-9_]+")
LINK = re.compile(r"\]\((?!\w+:)([\w./-]+)")
DATABASE_RULES = ROOT / "docs" / "developing" / "database-rules.md"
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@cache
def names_of_tests(path: Path) -> set[str]:
    if not path.exists():
        return set()
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("page", [*RULES, DATABASE_RULES], ids=lambda page: page.stem)
def test_every_rule_names_a_test_that_exists(page: Path) -> None:
    named = NAMED_TEST.findall(page.read_text())

    assert [f"{file}::{name}" for file, name in named if name not in names_of_tests(ROOT / file)] == []


@pytest.mark.parametrize(
    "page", [*(page for page in RULES if page.stem != "words"), DATABASE_RULES], ids=lambda page: page.stem
)
def test_every_line_of_the_rules_names_its_test(page: Path) -> None:
    rules = [line for line in page.read_text().splitlines() if line.startswith("- ")]

    assert [rule for rule in rules if not NAMED_TEST.search(rule)] == []


def test_every_setting_that_is_read_is_documented() -> None:
    settings = {name for name in known_settings() if not name.endswith("_")} | {"DATABASE_URL"}

    told = (ROOT / "docs" / "operating" / "settings.md").read_text()
    told_to_developers = (ROOT / "docs" / "developing" / "testing.md").read_text()

    assert {name for name in settings if f"`{name}`" not in told + told_to_developers} == set()


def test_every_setting_that_is_documented_is_read() -> None:
    pages = [*(ROOT / "docs" / "operating").glob("*.md"), *(ROOT / "docs" / "owner").glob("*.md"), *ROOT.glob("*.md")]
    told = {name for page in pages for name in NAMED_SETTING.findall(page.read_text())}

    assert {name for name in told if not name.endswith("_")} - known_settings() == set()


def test_every_event_is_documented() -> None:
    told = (ROOT / "docs" / "api" / "events.md").read_text()

    assert {name for name in get_args(EventType) if f"`{name}`" not in told} == set()


def test_every_page_that_is_named_exists() -> None:
    files = [*ROOT.glob("*.*"), *(file for top in PLACES for file in (ROOT / top).rglob("*"))]
    texts = {file: file.read_text() for file in files if file.suffix in {".md", ".py", ".html", ".po", ".toml"}}
    named = [(file, name) for file, text in texts.items() for name in NAMED_PAGE.findall(text)]
    linked = [(file, name) for file, text in texts.items() if file.suffix == ".md" for name in LINK.findall(text)]

    assert {name for _file, name in named if not (ROOT / name).exists()} == set()
    assert {name for file, name in linked if not (file.parent / name).exists()} == set()


def test_every_marker_of_a_test_is_documented() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    markers = {marker.split(":")[0] for marker in settings["markers"]}

    told = (ROOT / "docs" / "developing" / "testing.md").read_text()

    assert set(re.findall(r"^\| `(\w+)", told, re.M)) == markers
