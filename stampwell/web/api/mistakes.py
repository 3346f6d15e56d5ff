"""What is wrong with one value of a request, said in the reader's language."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.languages.explaining import ShownInt
from stampwell.web.api.refusals import InvalidRequest
from stampwell.web.refusals import ShapeError

MESSAGES: dict[str, str | Promise] = {
    "missing": _("This value is missing."),
    "unknown_field": _("There is no field with this name."),
    "duplicate_key": _("This field appears twice."),
    "wrong_type": _("This value is of the wrong type. Expected: %(expected)s."),
    "not_a_number": _("This is not a number."),
    "too_small": _("This number is too small. The smallest is %(limit)s."),
    "too_large": _("This number is too large."),
    "too_short": _("This value is too short."),
    "too_long": _("This value is too long. The limit is %(limit)s."),
    "too_deep": _("This is nested too deeply. The limit is %(limit)s levels."),
    "wrong_format": _("This value does not have the expected form."),
    "not_allowed": _("This is not one of the possible values."),
    "unknown_event_type": _("There is no such type of event. The types are: %(types)s."),
    "not_together": _("Only one of these two values can be sent."),
    "in_the_future": _("This time is in the future."),
    "too_old": _("This time is too far in the past."),
    "unknown_cursor": _("This cursor was not issued by us."),
    "invalid": _("This value cannot be used here."),
}

# How msgspec says it → our code. Its wording is pinned by tests/web/api/test_reading.py.
_KINDS = [
    (re.compile(r"Object missing required field `(?P<name>.*)`", re.DOTALL), "missing"),
    (re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL), "unknown_field"),
    (re.compile(r"Expected `.*` of length >= (?P<limit>\d+)"), "too_short"),
    (re.compile(r"Expected `.*` of length <= (?P<limit>\d+)"), "too_long"),
    (re.compile(r"Expected `.*` (?:>=|>) (?P<limit>-?\d+)"), "too_small"),
    (re.compile(r"Expected `.*` (?:<=|<) (?P<limit>-?\d+)"), "too_large"),
    (re.compile(r"(?:Number|Integer value) out of range"), "too_large"),
    (re.compile(r"Expected `.*` matching regex"), "wrong_format"),
    (re.compile(r"Expected `datetime` with"), "wrong_format"),
    (re.compile(r"Invalid (?:RFC3339|epoch)"), "wrong_format"),
    (re.compile(r"Timestamp is out of range"), "wrong_format"),
    (re.compile(r"Invalid (?:enum )?value"), "not_allowed"),
    (re.compile(r"Expected `(?P<expected>[^`]*)`(?:, got `[^`]*`)?$"), "wrong_type"),
]
_PLACE = re.compile(r" - at `(?:key in )?\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|(\[\.\.\.\])")
_JSON_NAMES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "datetime": "time"}


def mistake_in(said: str, *, root: str = "") -> InvalidRequest:
    """The first mistake that msgspec found. `root` is the query's question mark, or nothing for a body."""
    place = _PLACE.search(said)
    what = said[: place.start()] if place else said
    pointer = _pointer(place["path"] if place else "")
    for pattern, code in _KINDS:
        if match := pattern.match(what):
            facts: dict[str, object] = {name: text for name, text in match.groupdict().items() if text is not None}
            name = str(facts.pop("name", ""))
            return InvalidRequest(_joined(root, pointer, name), code, **_shown(facts))
    return InvalidRequest(_joined(root, pointer, ""), "invalid")


def describe_mistake(refusal: InvalidRequest) -> ShapeError:
    """In the active language."""
    facts = {name: ShownInt.of(fact) if isinstance(fact, int) else fact for name, fact in refusal.wrong_facts.items()}
    return ShapeError(refusal.pointer, refusal.wrong, str(MESSAGES[refusal.wrong]) % facts)


def _pointer(path: str) -> str:
    pointer = ""
    for step in _STEP.finditer(path):
        if step[3]:
            break  # msgspec does not say under which key of a mapping
        pointer += "/" + (step[1] or step[2])
    return pointer


def _joined(root: str, pointer: str, name: str) -> str:
    if name:
        pointer += "/" + name[:100].replace("~", "~0").replace("/", "~1")
    if not root:
        return pointer
    # A query is flat: what lies behind the parameter's name is about its one value.
    return root + pointer.removeprefix("/parsed_query").removeprefix("/")


def _shown(facts: dict[str, object]) -> dict[str, object]:
    if "limit" in facts:
        facts["limit"] = int(str(facts["limit"]))
    if "expected" in facts:
        types = str(facts["expected"]).split(" | ")
        facts["expected"] = ", ".join(
            _JSON_NAMES.get(type, type) for type in types if type != "null" or len(types) == 1
        )
    return facts
