"""Reading a JSON body strictly: what two readers could understand in two ways is refused.

msgspec checks types and limits. It takes the last of two equal keys and cuts no nesting short, so both are
looked for first; a number that is none (NaN) gets a pointer instead of "not JSON".
"""

import json
import re
from collections import Counter
from functools import lru_cache
from typing import Annotated, Any, TypeVar

import msgspec
from django.http import HttpRequest
from dmr import Controller
from dmr.endpoint import Endpoint
from dmr.plugins.msgspec.components import BodyMsgspecComponent
from dmr.serializer import BaseSerializer
from dmr.types import EMPTY
from msgspec import NODEFAULT
from msgspec.inspect import Field, ListType, StructType, Type, UnionType, type_info

from stampwell.web.api.mistakes import mistake_in
from stampwell.web.api.refusals import InvalidJson, InvalidRequest, UnsupportedMediaType

DEEPEST = 20
# A string without an end goes to the end of the text: else each quote in it would be tried as another beginning.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)


class JsonBodyComponent(BodyMsgspecComponent):
    """Reads the body itself, and only if it says that it is JSON; an empty one means the default, if there is one."""

    __slots__ = ()

    def provide_context_data(
        self,
        endpoint: Endpoint,
        controller: Controller[BaseSerializer],
        *,
        field_model: Any,
        default: Any = EMPTY,
    ) -> Any:
        """Refuses: UnsupportedMediaType, InvalidJson, InvalidRequest."""
        request = controller.request
        body = request.body
        if _is_cut_off(request, body):
            raise InvalidJson
        if not body and default is not EMPTY:
            return default
        if request.content_type != "application/json":
            raise UnsupportedMediaType
        return self.read(body, field_model)

    def read(self, body: bytes, kind: Any) -> Any:
        """Refuses: InvalidJson, InvalidRequest."""
        return read_json(body, kind)


def _is_cut_off(request: HttpRequest, body: bytes) -> bool:
    """Whether the connection may have ended within the body. The server hands over nothing of it then, and that must
    not be taken for an empty body, which has a meaning. Of chunks nobody can tell, so they must hold something.
    """
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdecimal() and announced.isascii() and int(announced) > len(body):
        return True
    return not body and "HTTP_TRANSFER_ENCODING" in request.META


_Kind = TypeVar("_Kind")
JsonBody = Annotated[_Kind, JsonBodyComponent()]


def read_json(body: bytes, kind: Any) -> Any:
    """Refuses: InvalidJson, InvalidRequest."""
    try:
        text = body.decode()
        _refuse_depth(text)
        _refuse_doubles(text)
        return _decoder(kind).decode(without_nulls(text, kind) if "null" in text else text)
    except msgspec.ValidationError as wrong:
        raise mistake_in(str(wrong)) from None
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise InvalidJson from None


def without_nulls(text: str, kind: Any) -> bytes:
    """A null where something may be left out leaves it out: many programs send it for what they do not have."""
    return msgspec.json.encode(_left_out(msgspec.json.decode(text), type_info(kind)))


def _left_out(value: Any, wanted: Type) -> Any:
    match wanted:
        case UnionType():
            inner = [kind for kind in wanted.types if isinstance(kind, StructType | ListType)]
            if len(inner) > 1 and isinstance(value, dict):  # only its tag says which of several it is
                inner = [kind for kind in inner if isinstance(kind, StructType) and _is_tagged(value, kind)]
            return _left_out(value, inner[0]) if len(inner) == 1 else value
        case ListType() if isinstance(value, list):
            return [_left_out(part, wanted.item_type) for part in value]
        case StructType() if isinstance(value, dict):
            fields = {field.encode_name: field for field in wanted.fields}
            return {
                name: _left_out(part, fields[name].type) if name in fields else part
                for name, part in value.items()
                if part is not None or name not in fields or not _may_be_left_out(fields[name])
            }
    return value


def _is_tagged(value: dict[str, Any], kind: StructType) -> bool:
    return kind.tag_field is not None and value.get(kind.tag_field) == kind.tag


def _may_be_left_out(field: Field) -> bool:
    """Where leaving out means that something stays as it is (UNSET), null is another word: it takes away."""
    has_default = field.default is not NODEFAULT or field.default_factory is not NODEFAULT
    return not field.required and has_default


@lru_cache(maxsize=200)
def _decoder(kind: Any) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(kind, strict=True)


def _refuse_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= DEEPEST:
        return
    depth = 0
    for sign in _STRING.sub("", text):
        depth += (sign in "[{") - (sign in "]}")
        if depth > DEEPEST:
            raise InvalidRequest("", "too_deep", limit=DEEPEST)


def _refuse_nul(text: str, read: Any) -> None:
    """PostgreSQL cannot keep this one character, in no text at all."""
    if "\\u0000" not in text:
        return
    nul = _Wrong()

    def marked(value: Any) -> Any:
        match value:
            case str() if "\0" in value:
                return nul
            case dict():
                return nul if any("\0" in name for name in value) else {n: marked(part) for n, part in value.items()}
            case list():
                return [marked(part) for part in value]
        return value

    pointer = _pointer_to(nul, marked(read))
    if pointer is not None:
        raise InvalidRequest(pointer, "wrong_format")


class _Wrong(dict[str, Any]):
    """Stands where something was found that may not be there."""

    key = ""
    code = "not_a_number"


def _refuse_doubles(text: str) -> None:
    found: list[_Wrong] = []

    def read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        read = dict(pairs)
        if len(read) == len(pairs):
            return read
        doubled = _Wrong()
        doubled.key = "/" + escape_pointer(_first_doubled([name for name, _value in pairs]))
        doubled.code = "duplicate_key"
        found.append(doubled)
        return doubled

    def read_constant(_name: str) -> _Wrong:
        found.append(_Wrong())
        return found[-1]

    # Values do not matter here, so numbers are not even converted.
    read = json.loads(text, object_pairs_hook=read_object, parse_constant=read_constant, parse_int=str, parse_float=str)
    if found:
        raise InvalidRequest((_pointer_to(found[0], read) or "") + found[0].key, found[0].code)
    _refuse_nul(text, read)


def _first_doubled(names: list[str]) -> str:
    counts = Counter(names)
    return next(name for name in names if counts[name] > 1)


def _pointer_to(wanted: _Wrong, value: Any) -> str | None:
    if value is wanted:
        return ""
    if isinstance(value, dict):
        inside = [(escape_pointer(name), part) for name, part in value.items()]
    elif isinstance(value, list):
        inside = [(str(place), part) for place, part in enumerate(value)]
    else:
        return None
    for name, part in inside:
        if (rest := _pointer_to(wanted, part)) is not None:
            return f"/{name}{rest}"
    return None


def escape_pointer(name: str) -> str:
    """A key as RFC 6901 writes it in a pointer; the end of a very long one is cut off."""
    return name[:100].replace("~", "~0").replace("/", "~1")
