"""Where a location is, out of what an owner has at hand: two numbers, or a link from a map service."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain
from urllib.parse import parse_qsl, unquote, urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from stampwell.merchants.describing import Position, position_of
from stampwell.merchants.models import Location

LONGEST_LINK = 2000  # characters
DECIMALS = 5  # a metre

type Pair = tuple[str, str]  # latitude and longitude, as they were written

_DOT, _COMMA = r"[+-]?\d{1,3}(?:\.\d+)?", r"[+-]?\d{1,3},\d+"
_PAIRS = [
    re.compile(rf"({_DOT})\s*(?:[,;~]|\s)\s*({_DOT})"),
    re.compile(rf"({_COMMA})(?:\s*;\s*|\s*,\s+|\s+)({_COMMA})"),
]
# 56°56'58.6"N 24°06'18.7"E, or N 56° 56.976' E 24° 6.312', or 56.9496° 24.1052°.
_ANGLE = r"([+-]?\d{1,3}(?:[.,]\d+)?)\s*°?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*')?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*\")?"
_BETWEEN = r"\s*[,;]?\s*"
_LETTERS_AFTER = re.compile(rf"{_ANGLE}\s*([NSEW]){_BETWEEN}{_ANGLE}\s*([NSEW])", re.IGNORECASE)
_LETTERS_BEFORE = re.compile(rf"([NSEW])\s*{_ANGLE}{_BETWEEN}([NSEW])\s*{_ANGLE}", re.IGNORECASE)
_NO_LETTERS = re.compile(rf"{_ANGLE}(?<=[°'\"]){_BETWEEN}{_ANGLE}(?<=[°'\"])")
_SAME_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "′": "'", "’": "'", "´": "'", "″": '"', "”": '"', "º": "°", "˚": "°", "、": ","}
)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")

# The place itself comes before the middle of the map, which is wherever somebody has pushed it.
_PLACE = re.compile(r"!3d(-?\d+\.\d+)!4d(-?\d+\.\d+)")
_IN_PATH = re.compile(r"/(-?\d{1,3}\.\d+), ?(-?\d{1,3}\.\d+)(?:/|$)")
_MIDDLE = re.compile(r"@(-?\d{1,3}\.\d+),(-?\d{1,3}\.\d+)")
_HASH = re.compile(r"map=[\d.]+/(-?\d+(?:\.\d+)?)/(-?\d+(?:\.\d+)?)")
_LATITUDES, _LONGITUDES = ("mlat", "lat", "latitude"), ("mlon", "lon", "lng", "long", "longitude")
_PLACES = ("q", "query", "coordinate", "whatshere[point]", "pt", "destination", "daddr")
_MIDDLES = ("ll", "sll", "center", "cp", "m")
_LINK = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:[/?#]|$)", re.IGNORECASE)
# These services write the longitude first.
_LONGITUDE_FIRST = re.compile(r"(?:^|\.)(?:yandex\.[a-z.]+|2gis\.[a-z.]+)$")


class PositionField(forms.CharField):
    """A `Position`, or None where nothing is written. What cannot be read stays in the field."""

    def clean(self, value: object) -> Position | None:
        text = super().clean(value)
        return read_position(text) if text else None


def read_position(text: str) -> Position:
    """Raises ValidationError with what to do instead."""
    plain = unicodedata.normalize("NFKC", text.translate(_SAME_SIGNS))
    said = _INVISIBLE.sub("", plain).replace("''", '"').strip()
    pair = _pair_in_link(said) if _is_link(said) else _pair_in_words(said)
    if pair is None:
        raise ValidationError(_why_unread(said), code="position")
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


def _is_link(text: str) -> bool:
    return text[:4].lower() == "geo:" or _LINK.match(text) is not None


def _why_unread(text: str) -> str:
    if _is_link(text):
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
            return _dotted(found[1]), _dotted(found[2])
    return _pair_of_angles(bare)


def _pair_of_angles(text: str) -> Pair | None:
    if found := _LETTERS_AFTER.fullmatch(text):
        angles = [(found[4].upper(), found.groups()[:3]), (found[8].upper(), found.groups()[4:7])]
    elif found := _LETTERS_BEFORE.fullmatch(text):
        angles = [(found[1].upper(), found.groups()[1:4]), (found[5].upper(), found.groups()[5:8])]
    elif found := _NO_LETTERS.fullmatch(text):
        angles = [("N", found.groups()[:3]), ("E", found.groups()[3:])]
    else:
        return None
    by_axis = {"latitude" if letter in "NS" else "longitude": _degrees(letter, angle) for letter, angle in angles}
    return (by_axis["latitude"], by_axis["longitude"]) if len(by_axis) == 2 else None


def _degrees(letter: str, angle: tuple[str | None, ...]) -> str:
    whole, minutes, seconds = (float(_dotted(part or "0")) for part in angle)
    sign = -1 if (angle[0] or "").startswith("-") or letter in "SW" else 1
    return str(sign * (abs(whole) + minutes / 60 + seconds / 3600))


def _dotted(number: str) -> str:
    return number.replace(",", ".")


def _pair_in_link(link: str) -> Pair | None:
    if link[:4].lower() == "geo:":
        return _pair_in_geo(link[4:])
    parts = urlsplit(link if "://" in link else f"https://{link}")
    path, asked = unquote(parts.path).replace("+", " "), dict(parse_qsl(parts.query))
    found = chain(_places_in(path, asked), _middles_in(path, asked, unquote(parts.fragment)))
    pair = next(found, None)
    if pair and _LONGITUDE_FIRST.search(parts.hostname or ""):
        return pair[1], pair[0]
    return pair


def _places_in(path: str, asked: dict[str, str]) -> Iterator[Pair]:
    """What the link is about, from the surest to the vaguest."""
    if place := _PLACE.search(path):
        yield place[1], place[2]
    latitude, longitude = (
        next((asked[name] for name in names if name in asked), "") for names in (_LATITUDES, _LONGITUDES)
    )
    if re.fullmatch(_DOT, latitude) and re.fullmatch(_DOT, longitude):
        yield latitude, longitude
    yield from filter(None, (_pair_in_words(asked.get(name, "").removeprefix("loc:")) for name in _PLACES))
    if place := _IN_PATH.search(path):
        yield place[1], place[2]
    yield from filter(None, (_pair_in_words(part) for part in path.split("/") if "°" in part))


def _middles_in(path: str, asked: dict[str, str], fragment: str) -> Iterator[Pair]:
    """What the map shows around."""
    yield from filter(None, (_pair_in_words(asked.get(name, "").partition("/")[0]) for name in _MIDDLES))
    if middle := _MIDDLE.search(path) or _HASH.search(fragment):
        yield middle[1], middle[2]


def _pair_in_geo(text: str) -> Pair | None:
    """RFC 5870; phones write a place as geo:0,0?q=56.9496,24.1052(Name)."""
    place, _mark, query = text.partition("?")
    asked = dict(parse_qsl(query)).get("q", "").partition("(")[0]
    numbers = place.partition(";")[0].split(",")
    return _pair_in_words(asked) or _pair_in_words(", ".join(numbers[:2]))
