"""Where a location is, out of what an owner has at hand: two numbers, or a link from Google Maps or OpenStreetMap.

Every pattern here takes one blank at most, of a text in which no two stand together: a pattern that could share out a
run of blanks in several ways would try all of them.
"""

import re
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from stampwell.languages.normal_form import normal_form
from stampwell.languages.texts import clean_text
from stampwell.merchants.describing import Position, position_of
from stampwell.merchants.models import Location

LONGEST_LINK = 2000  # characters
DECIMALS = 5  # a metre

type Pair = tuple[str, str]  # latitude and longitude, as they were written

_POINT, _COMMA = r"([+-]?\d{1,3}(?:\.\d{1,20})?)", r"([+-]?\d{1,3},\d{1,20})"
_PAIRS = [re.compile(rf"{_POINT}(?: ?[,;] ?| ){_POINT}"), re.compile(rf"{_COMMA}(?: ?; ?|, | ){_COMMA}")]
_ANGLES = re.compile(r"(\d{1,3})° ?(\d{1,2})' ?(\d{1,2}(?:\.\d{1,9})?)\" ?([NSEW])")  # as Google shows a place
_SAME_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "′": "'", "’": "'", "´": "'", "″": '"', "”": '"', "º": "°", "˚": "°", "、": ","}
)
_PLACE = re.compile(rf"!3d{_POINT}!4d{_POINT}")
_MIDDLE = re.compile(rf"@{_POINT},{_POINT}")
_PLACES, _MIDDLES = ("q", "query", "destination", "daddr"), ("ll", "center")


class PositionField(forms.CharField):
    """A `Position`, or None where nothing is written. What cannot be read stays in the field."""

    def clean(self, value: object) -> Position | None:
        text = super().clean(value)
        return read_position(text) if text else None


def read_position(text: str) -> Position:
    """Raises ValidationError with what to do instead."""
    said = clean_text(normal_form("NFKC", text.translate(_SAME_SIGNS))).replace("''", '"')
    is_link = "/" in said or said[:4].lower() == "geo:"
    pair = _pair_in_link(said) if is_link else _pair_in_words(said)
    if pair is None:
        raise ValidationError(_why_unread(is_link=is_link), code="position")
    latitude, longitude = (round(float(number), DECIMALS) + 0.0 for number in pair)
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValidationError(
            _("There is no such place: the first number goes from -90 to 90, the second from -180 to 180."),
            code="position_range",
        )
    return Position(latitude, longitude)


def write_position(position: Position | None) -> str:
    """As the field shows it: 56.94960, 24.10520, in every language alike, for maps read it so."""
    return f"{position.latitude:.{DECIMALS}f}, {position.longitude:.{DECIMALS}f}" if position else ""


def map_link(location: Location) -> str:
    """Where the owner may look whether it is the right place; nothing of ours fetches it."""
    if (place := position_of(location)) is None:
        return ""
    latitude, longitude = (f"{degrees:.{DECIMALS}f}" for degrees in (place.latitude, place.longitude))
    return f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=18/{latitude}/{longitude}"


def _why_unread(*, is_link: bool) -> str:
    if is_link:
        return _(
            "This link does not say where the place is. Open it, wait for the map, and copy the address of that page, "
            "or enter the two numbers."
        )
    return _("This is not a position. Enter it like this: 56.94960, 24.10520, or paste a link from a map.")


def _pair_in_words(text: str) -> Pair | None:
    bare = text.strip("()[] ")
    if re.fullmatch(_COMMA, bare):
        return None  # one number, not two
    for pattern in _PAIRS:
        if found := pattern.fullmatch(bare):
            return found[1].replace(",", "."), found[2].replace(",", ".")
    return _pair_of_angles(bare)


def _pair_of_angles(text: str) -> Pair | None:
    match _ANGLES.findall(text):
        case [(*north, "N" | "S" as axis), (*east, "E" | "W" as other)]:
            return _degrees(north, axis), _degrees(east, other)
    return None


def _degrees(angle: list[str], letter: str) -> str:
    whole, minutes, seconds = map(float, angle)
    return str((-1 if letter in "SW" else 1) * (whole + minutes / 60 + seconds / 3600))


def _pair_in_link(link: str) -> Pair | None:
    if link[:4].lower() == "geo:":
        return _pair_in_geo(link[4:])
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        host, asked = (parts.hostname or "").split("."), dict(parse_qsl(parts.query))
    except ValueError:  # a host in brackets, or more fields than a link has
        return None
    if "openstreetmap" in host or "osm" in host:
        return _pair_of_openstreetmap(asked, parts.fragment)
    return _pair_of_google(unquote_plus(parts.path), asked) if "google" in host else None


def _pair_of_google(path: str, asked: dict[str, str]) -> Pair | None:
    """The place itself comes before the middle of the map, which is wherever somebody has pushed it."""
    if place := _PLACE.search(path):
        return place[1], place[2]
    places = [asked.get(name, "").removeprefix("loc:") for name in _PLACES] + path.split("/")
    for written in [*places, *(asked.get(name, "") for name in _MIDDLES)]:
        if pair := _pair_in_words(written):
            return pair
    middle = _MIDDLE.search(path)
    return (middle[1], middle[2]) if middle else None


def _pair_of_openstreetmap(asked: dict[str, str], fragment: str) -> Pair | None:
    """The marker, else the middle of the map: #map=17/56.9496/24.1052."""
    middle = fragment.removeprefix("map=").partition("&")[0].split("/")
    return _pair_in_words(f"{asked.get('mlat')}, {asked.get('mlon')}") or _pair_in_words(", ".join(middle[1:]))


def _pair_in_geo(text: str) -> Pair | None:
    """RFC 5870; phones write a place as geo:0,0?q=56.9496,24.1052(Name)."""
    place, _mark, query = text.partition("?")
    asked = dict(parse_qsl(query)).get("q", "").partition("(")[0]
    return _pair_in_words(asked) or _pair_in_words(", ".join(place.partition(";")[0].split(",")[:2]))
