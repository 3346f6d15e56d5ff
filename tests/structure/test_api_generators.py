"""Programs make clients out of the document of the API; what is known to break them is not in it."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from stampwell.events.recording import EventType
from stampwell.web.api.schema import openapi


def parts_of(document: Any) -> Iterator[dict[str, Any]]:
    if isinstance(document, dict):
        yield document
    for part in document.values() if isinstance(document, dict) else document if isinstance(document, list) else ():
        yield from parts_of(part)


PARTS = list(parts_of(openapi()))
PATTERNS = sorted({part["pattern"] for part in PARTS if isinstance(part.get("pattern"), str)})
SCHEMAS: dict[str, Any] = openapi()["components"]["schemas"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_is_one_in_every_dialect(pattern: str) -> None:
    """RE2 and Rust know no look-ahead, ECMA knows no backslash Z, and a newline ends a line of generated code."""
    assert pattern.isprintable()
    assert not re.search(r"\(\?[^:]|\\[AZzGQEpPkb]|\[\[:|[*+?}][+]", pattern)
    assert pattern[0] == "^"
    assert pattern[-1] == "$"
    re.compile(pattern)


def test_there_are_patterns() -> None:
    assert "^(?:[A-Z]{3})$" in PATTERNS


def test_what_is_one_of_several_objects_says_so() -> None:
    told_apart = [part for part in PARTS if "discriminator" in part]

    assert told_apart
    assert [part for part in told_apart if "anyOf" in part or "oneOf" not in part] == []


def test_the_types_of_events_are_in_the_document() -> None:
    (asked,) = [p for p in openapi()["paths"]["/api/v1/events"]["get"]["parameters"] if p["name"] == "type"]

    assert tuple(asked["schema"]["items"]["enum"]) == get_args(EventType)
    assert set(SCHEMAS["Event"]["properties"]["type"]["enum"]) == set(get_args(EventType))


@pytest.mark.parametrize(("name", "field"), [("Card", "state"), ("Voucher", "state"), ("Job", "state")])
def test_states_are_listed(name: str, field: str) -> None:
    assert "enum" in SCHEMAS[name]["properties"][field]


def test_no_field_of_an_answer_may_be_missing() -> None:
    for name in ("Card", "Voucher", "Event", "Actor", "Problem", "IssuedCard", "RedeemCode", "EventPage"):
        assert set(SCHEMAS[name]["required"]) == set(SCHEMAS[name]["properties"]), name
    assert SCHEMAS["CardAsked"]["required"] == ["program_id"]
