"""A location as somebody wants it to be: as a whole, in parts, or as a form that was open for a while says it."""

from hashlib import sha256
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _
from msgspec import UNSET, UnsetType

from stampwell.merchants.describing import LocationFacts, Position
from stampwell.merchants.holidays import Holiday
from stampwell.merchants.hours import Week
from stampwell.refusal import Refusal


class LocationDraft(msgspec.Struct, frozen=True, kw_only=True):
    """The fields mean what they mean in `Location`."""

    name: str
    address: str = ""
    time_zone: str
    opening_hours: Week = {}
    holidays: list[Holiday] = []
    position: Position | None = None


class LocationParts(msgspec.Struct, frozen=True, kw_only=True):
    """What is left out stays as it is."""

    name: str | UnsetType = UNSET
    address: str | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    opening_hours: Week | UnsetType = UNSET
    holidays: list[Holiday] | UnsetType = UNSET
    position: Position | UnsetType | None = UNSET


class LocationChangedMeanwhile(Refusal):
    """Somebody else changed the same part of the location after the form was opened."""

    code = "location_changed_meanwhile"
    title = _("Somebody else changed this location")
    staff_text = _("Somebody else has changed the same part of this location. Nothing of yours was saved.")
    customer_text = staff_text
    what_to_do = _("What you typed is still in the form. If it is right, save it again.")


PARTS = LocationDraft.__struct_fields__


def with_parts(present: LocationFacts, parts: LocationParts) -> LocationDraft:
    wanted = {name: value for name, value in msgspec.structs.asdict(parts).items() if value is not UNSET}
    return LocationDraft(**_parts_of(present) | wanted)


def marks_of(shown: LocationFacts) -> str:
    """What a form keeps of the location that it shows: a mark for each part, another one as soon as that is changed."""
    return "-".join(_mark(value) for value in _parts_of(shown).values())


def merge_parts(draft: LocationDraft, present: LocationFacts, *, seen: str) -> LocationDraft:
    """What the form left as it was shown is taken as it stands now. `seen` are the marks of what was shown; "" where
    the last word counts. Refuses: LocationChangedMeanwhile.
    """
    if contested_parts(draft, present, seen=seen):
        raise LocationChangedMeanwhile
    return LocationDraft(**_parts_of(draft) | {name: getattr(present, name) for name in _untouched(draft, seen)})


def contested_parts(draft: LocationDraft, present: LocationFacts, *, seen: str) -> list[str]:
    """Those that both the form and somebody else have changed, and not to the same."""
    shown, untouched = _read_marks(seen), _untouched(draft, seen)
    return [
        name
        for name in shown
        if name not in untouched and shown[name] != _mark(getattr(present, name)) != _mark(getattr(draft, name))
    ]


def marks_after(draft: LocationDraft, present: LocationFacts, *, seen: str) -> str:
    """For the form that is shown once more: what was contested is known now; what was left as it was shown still is."""
    contested, shown = contested_parts(draft, present, seen=seen), _read_marks(seen)
    return "-".join(_mark(getattr(present, name)) if name in contested else mark for name, mark in shown.items())


def _untouched(draft: LocationDraft, seen: str) -> list[str]:
    return [name for name, mark in _read_marks(seen).items() if mark == _mark(getattr(draft, name))]


def _read_marks(seen: str) -> dict[str, str]:
    """Nothing where the form says nothing of what it showed."""
    marks = seen.split("-")
    return dict(zip(PARTS, marks, strict=True)) if len(marks) == len(PARTS) else {}


def _parts_of(of: LocationFacts | LocationDraft) -> dict[str, Any]:
    return {name: getattr(of, name) for name in PARTS}


def _mark(value: object) -> str:
    return sha256(msgspec.json.encode(value)).hexdigest()[:12]
