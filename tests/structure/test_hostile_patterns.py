"""No regular expression of the product can be made to think for long: each is tried with what is sent to that end."""

import re
from pathlib import Path

import pytest

from tests.hostile import slow_texts
from tests.structure.patterns import Found, find_patterns

pytestmark = pytest.mark.long

PACKAGE = Path(__file__).parents[2] / "stampwell"
FIELD = 2_000  # characters; no field of a form or of the API takes more, but for those that see a whole request
BODY = 256 * 1024
WHOLE_REQUESTS = {
    "stampwell.counter.scanning",
    "stampwell.languages.texts",
    "stampwell.web.api.mistakes",
    "stampwell.web.api.reading",
    "stampwell.web.scanner.amounts",
}
FOUND = find_patterns()


def test_no_module_with_a_pattern_is_overlooked() -> None:
    written = {
        ".".join(("stampwell", *file.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
        for file in PACKAGE.rglob("*.py")
        if re.search(r"\bre\.compile\(|RegexField\(|re_path\(", file.read_text())
    }

    looked_at = {found.module for found in FOUND}
    assert {name for name in written - looked_at if not name.startswith("stampwell.migrations")} == set()


@pytest.mark.parametrize("found", FOUND, ids=str)
def test_a_pattern_answers_at_once_whatever_it_is_given(found: Found) -> None:
    pattern = re.compile(found.pattern, found.flags)
    whole = ("",) if found.how in ("sub", "subn") else ()

    def think(text: str) -> object:
        return list(pattern.finditer(text)) if found.how == "search" else getattr(pattern, found.how)(*whole, text)

    assert slow_texts(think, BODY if found.module in WHOLE_REQUESTS else FIELD, more=found.pattern) == []


@pytest.mark.parametrize("pattern", [r"\d+\s*°?\s*\d*\s*'?\s*x", r'(?s)"(?:[^"\\]|\\.)*"$', r"\s*-"])
def test_a_pattern_that_thinks_for_long_is_found(pattern: str) -> None:
    assert slow_texts(re.compile(pattern).search, BODY, more=pattern) != []
