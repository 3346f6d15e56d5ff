"""The scans of a batch as a program sends them, each read by itself: one of the wrong form harms no other."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from dmr import Controller
from dmr.metadata import EndpointMetadata
from dmr.openapi.objects import Parameter, Reference, RequestBody
from dmr.serializer import BaseSerializer
from msgspec import Meta

from stampwell.web.api.reading import JsonBodyComponent, read_json
from stampwell.web.api.refusals import InvalidJson, InvalidRequest
from stampwell.web.api.shapes import Amount, Asked, Count, Id, ScanKey

if TYPE_CHECKING:
    from dmr.openapi.core.context import OpenAPIContext

MOST_SCANS = 500  # so many fit into a body
_LONGEST_KEY = 255
_BLANK = re.compile(r"[ \t\n\r]*")
_HALF = re.compile("[\ud800-\udfff]")  # of a sign: no text


class KeptScanAsked(Asked, frozen=True, kw_only=True):
    key: ScanKey
    code: Annotated[str, Meta(description="What was scanned or typed: a code, a link, eight digits.")]
    scanned_at: Annotated[datetime, Meta(tz=True, description="By your clock. RFC 3339 with a zone.")]
    count: Count | None = None
    amount: Amount | None = None
    location_id: Id | None = None


class ScansAsked(Asked, frozen=True, kw_only=True):
    """Each scan is read by itself: one that is not of this form gets its own error in its place."""

    scans: Annotated[list[KeptScanAsked], Meta(min_length=1, max_length=MOST_SCANS)]


class Misshapen(msgspec.Struct, frozen=True):
    """A line of another form. `key` is empty where not even that can be read."""

    key: str
    mistake: InvalidRequest


class _ScansBody(JsonBodyComponent):
    """The document shows the whole body as one form."""

    __slots__ = ()

    def read(self, body: bytes, kind: Any) -> list[KeptScanAsked | Misshapen]:
        return read_scans(body)

    def get_schema(
        self,
        model: Any,
        model_meta: tuple[Any, ...],
        metadata: EndpointMetadata,
        controller_cls: type[Controller[BaseSerializer]],
        context: "OpenAPIContext",
    ) -> list[Parameter | Reference] | RequestBody:
        return super().get_schema(ScansAsked, model_meta, metadata, controller_cls, context)


# Of a list of either the framework could not tell which one it is to hold.
ScansBody = Annotated[list[Any], _ScansBody()]


def read_scans(body: bytes) -> list[KeptScanAsked | Misshapen]:
    """One for each line, in their order. Refuses: InvalidJson, InvalidRequest where it is not a line that is wrong."""
    try:
        return list(read_json(body, ScansAsked).scans)
    except (InvalidJson, InvalidRequest) as whole:
        lines = _read_each(body)
        if not any(isinstance(line, Misshapen) for line in lines):
            raise whole from None
        return lines


def _no_json(constant: str) -> None:
    raise ValueError(constant)


# More lenient than msgspec with what stands inside a line: halves of signs, and numbers of any length. An object comes
# as a tuple of its pairs, so that it is neither a list nor has lost one of two equal keys.
_LENIENT = json.JSONDecoder(object_pairs_hook=tuple, parse_int=float, parse_constant=_no_json)


def _read_each(body: bytes) -> list[KeptScanAsked | Misshapen]:
    """Nothing where the body around the lines is not what it must be."""
    try:
        text = body.decode()
        match _LENIENT.decode(text):
            case tuple((("scans", list(scans)),)) if 0 < len(scans) <= MOST_SCANS:
                return [_read_line(line, place) for place, line in enumerate(_lines_of(text))]
    except (ValueError, RecursionError):
        pass
    return []  # also of two lists, where nobody knows which one is meant


def _lines_of(text: str) -> Iterator[str]:
    """Each as it was written. The text is that of an object with nothing but one list."""
    place = text.index("[")
    while text[place] != "]":
        start = _end_of_blank(text, place + 1)
        _line, end = _LENIENT.raw_decode(text, start)
        yield text[start:end]
        place = _end_of_blank(text, end)


def _end_of_blank(text: str, place: int) -> int:
    blank = _BLANK.match(text, place)
    return blank.end() if blank else place


def _read_line(line: str, place: int) -> KeptScanAsked | Misshapen:
    try:
        scan: KeptScanAsked = read_json(line.encode(), KeptScanAsked)
    except InvalidRequest as wrong:
        mistake = InvalidRequest(f"/scans/{place}{wrong.pointer}", wrong.wrong, **wrong.wrong_facts)
    except InvalidJson:
        mistake = InvalidRequest(f"/scans/{place}", "invalid")
    else:
        return scan
    return Misshapen(_key_in(line), mistake)


def _key_in(line: str) -> str:
    """As far as it can be read, so that the program finds its scan again."""
    scan = _LENIENT.decode(line)
    pairs = scan if isinstance(scan, tuple) else ()
    key = next((value for name, value in reversed(pairs) if name == "key"), None)
    return key[:_LONGEST_KEY] if isinstance(key, str) and not _HALF.search(key) else ""
