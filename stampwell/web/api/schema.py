"""The API described by itself: OpenAPI 3.1 for programs, pages for people."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from dmr.openapi import OpenAPIConfig, build_schema
from dmr.openapi.objects import Server, Tag

from stampwell.languages.patterns import plain
from stampwell.wallet.look.stamp_icons import ICONS
from stampwell.web.api.pages import list_calls, with_code
from stampwell.web.api.webhook_schema import with_webhooks

REFERENCE = "#/components/schemas/"
INTRODUCTION = """\
Stamp cards and vouchers for shops. Every call needs a bearer key. Calls that change something need an
`Idempotency-Key`: the same request with the same key is done once and answered with the same bytes.
Money is an integer in minor units, times are RFC 3339 in UTC, ids are opaque. Errors are problem details (RFC 9457)
with a stable `code`. What is not described here is refused, so a slip in a name is noticed at once.
"""
TAGS = {
    "Me": "Who the key belongs to.",
    "Locations": "Where the shop is, and when it is open.",
    "Programs": "What a shop offers.",
    "Cards": "One customer's card in one program.",
    "Customers": "People, and what is known of them.",
    "Stamps": "Earning, and taking it back.",
    "Vouchers": "Rewards given to a card.",
    "Redemptions": "Using a voucher, once, and taking that back.",
    "Receipt codes": "Codes on receipts, claimed later by the customer.",
    "Redeem codes": "Codes that the till takes once each: pools of them, and the files that fill them.",
    "Scans": "One entry point for everything that can be scanned or typed.",
    "Events": "Everything that happened, in order.",
    "Webhooks": "Events that are sent to your program as they happen.",
    "Figures": "What the owner sees on the desk: stamps, rewards and new cards.",
    "Exports": "Files of what the desk shows.",
    "Imports": "Files of customers and their stamps, as cards.",
    "Reconciliations": "What a till says of the codes that were used, against what was shown.",
    "Jobs": "What was asked for and takes longer than an answer.",
}


@cache
def openapi() -> dict[str, Any]:
    """The document; made once in each process."""
    from stampwell.web.api.urls import router  # noqa: PLC0415 - the routes show this document, so they load it

    config = OpenAPIConfig(
        title="Stampwell",
        version="1",
        description=INTRODUCTION,
        servers=[Server(url="/", description="This server")],
        tags=[Tag(name=name, description=text) for name, text in TAGS.items()],
    )
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(build_schema(router, config=config).convert()))
    steps = (
        with_webhooks,
        _with_times,
        _with_plain_parameters,
        _with_plain_patterns,
        _with_icons,
        _with_exact_choices,
        _with_all_fields,
        _with_short_names,
    )
    for step in steps:
        document = step(document)
    return document


@cache
def _openapi_bytes() -> bytes:
    return msgspec.json.encode(openapi())


@require_safe
def show_openapi(request: HttpRequest) -> HttpResponse:
    headers = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
    return HttpResponse(_openapi_bytes(), content_type="application/json", headers=headers)


@require_safe
def show_pages(request: HttpRequest) -> HttpResponse:
    """The same document for people to read."""
    return render(request, "api/docs.html", {"calls": _draw_calls(str(get_language()))})


@cache
def _draw_calls(_language: str) -> SafeString:
    """In the active language, and only once: it takes longer than any other page, and anybody may ask for it."""
    context = {"groups": list_calls(openapi()), "introduction": with_code(INTRODUCTION)}
    return render_to_string("api/calls.html", context)


def _with_times(document: dict[str, Any]) -> dict[str, Any]:
    """A field that ends in `at` or `until` is a moment; msgspec says only that it is a text."""
    for schema in document["components"]["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            if re.fullmatch(r"at|\w+_(?:at|until)", name):
                for kind in field.get("anyOf", [field]):
                    if kind.get("type") == "string":
                        kind.setdefault("format", "date-time")
    return document


def _with_plain_parameters(document: dict[str, Any]) -> dict[str, Any]:
    """A query can leave a parameter out, but it cannot say null."""
    for item in document["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", []):
                kinds = parameter["schema"].get("anyOf", [])
                plain = [kind for kind in kinds if kind.get("type") != "null"]
                if len(plain) == 1:
                    parameter["schema"] = plain[0]
    return document


def _with_plain_patterns(document: dict[str, Any]) -> dict[str, Any]:
    for schema in _schemas_in(document):
        if isinstance(pattern := schema.get("pattern"), str):
            schema["pattern"] = plain(pattern)
    return document


def _with_icons(document: dict[str, Any]) -> dict[str, Any]:
    """Which there are is known where they are drawn, not where a program is drafted."""
    document["components"]["schemas"]["DesignDraft"]["properties"]["icon"]["enum"] = sorted(ICONS)
    return document


def _with_exact_choices(document: dict[str, Any]) -> dict[str, Any]:
    """Where a field tells which of several objects it is, it is one of them alone; generators merge what is `anyOf`.
    What is one of several texts is a text.
    """
    for schema in _schemas_in(document):
        if isinstance(schema.get("enum"), list):
            schema.setdefault("type", "string")
        if "discriminator" in schema:
            schema["oneOf"] = schema.pop("anyOf")
    return document


def _with_all_fields(document: dict[str, Any]) -> dict[str, Any]:
    """No field of an answer is ever missing: what is not there is null."""
    answers = [item["responses"] for path in document["paths"].values() for item in path.values()]
    for name in _named_by(document, answers):
        schema = document["components"]["schemas"][name]
        if "properties" in schema:
            schema["required"] = list(schema["properties"])
            for field in schema["properties"].values():
                field.pop("default", None)
    return document


def _schemas_in(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _schemas_in(inner)


def _named_by(document: dict[str, Any], part: Any) -> set[str]:
    """The schemas that this part of the document is made of."""
    found: set[str] = set()
    waiting = [part]
    while waiting:
        for schema in _schemas_in(waiting.pop()):
            name = str(schema.get("$ref", "")).removeprefix(REFERENCE)
            if name and name not in found:
                found.add(name)
                waiting.append(document["components"]["schemas"][name])
    return found


def _with_short_names(document: dict[str, Any]) -> dict[str, Any]:
    """`CardFacts` is our name for it; to everybody else it is a card."""
    schemas = document["components"]["schemas"]
    names = {name: _short_name(name) for name in schemas}
    assert len(set(names.values())) == len(names), "two schemas would share a name"
    document["components"]["schemas"] = {names[name]: schema for name, schema in schemas.items()}
    for name, schema in document["components"]["schemas"].items():
        schema["title"] = name
    text = msgspec.json.encode(document).decode()
    for long, short in names.items():
        text = text.replace(f'"{REFERENCE}{long}"', f'"{REFERENCE}{short}"')
    renamed: dict[str, Any] = msgspec.json.decode(text)
    return renamed


def _short_name(name: str) -> str:
    if page := re.fullmatch(r"Page_(\w+?)Facts_", name):
        return f"{page[1]}Page"
    return name.removesuffix("Facts")
