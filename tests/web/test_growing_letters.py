"""Letters that grow when a text gets its final form are measured in that form, at every door; nothing breaks."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from stampwell.customers.models import Customer
from stampwell.ids import public_id
from stampwell.programs.models import Program
from stampwell.web.api.schema import openapi
from stampwell.web.scanner.first_pin import FirstPinForm
from tests.kept import made_once
from tests.web.api.client import ApiClient, Reply
from tests.web.signing_in import sign_in
from tests.world import HeldCard, Shop

# One letter becomes two, three, two small ones, eighteen.
GROWING = ["\u0958", "\U0001d160", "İ", "\ufdfa"]
CALLS = Path(__file__).parents[2] / "docs" / "api" / "calls.md"
LONGEST_ASKED = 2_000


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    offer = lume.publish(asks_for=["name", "email", "birthday"], earning={"by": "visit", "cooldown_seconds": 0})
    return offer.card(name="Cy", email="cy@lume.example")


@pytest.mark.parametrize("letter", GROWING)
def test_no_text_of_the_api_breaks_by_them(lume: Shop, card: HeldCard, letter: str) -> None:
    api = ApiClient(lume.api_key())
    for path, example in examples(api, card):
        for place, limit in places_of(path):
            reply = api.post(path_with_ids(path, api, card), changed(example, place, letter * limit))

            assert reply.status in (200, 201, 404, 409, 422), (path, place, reply.body)


@pytest.mark.long
@pytest.mark.parametrize("letter", GROWING)
def test_no_text_of_a_form_breaks_by_them(lume: Shop, card: HeldCard, letter: str) -> None:
    desk = Client(raise_request_exception=False)
    sign_in(desk, lume.owner)
    visitor = Client(raise_request_exception=False)
    program, person = public_id("prg", card.row.program_id), public_id("stf", lume.ada.id)
    pages = [
        (desk, "/programs/new/"),
        (desk, f"/programs/{program}/edit/"),
        (desk, f"/cards/{public_id('crd', card.id)}/"),
        (desk, "/cards/"),
        (desk, "/team/people/new/"),
        (desk, "/team/invitations/new/"),
        (desk, f"/team/people/{person}/"),
        (desk, "/team/devices/new/"),
        (desk, "/settings/shop/"),
        (desk, "/settings/locations/new/"),
        (desk, f"/settings/locations/{public_id('loc', lume.location.id)}/"),
        (desk, "/settings/keys/new/"),
        (desk, "/accounts/email/"),
        (visitor, "/open-your-shop/"),
        (visitor, "/accounts/login/"),
        (visitor, "/accounts/password/reset/"),
        (visitor, f"/j/{lume.merchant.slug}/{slug_of(card)}"),
    ]
    tried = 0
    for client, page in pages:
        forms = forms_of(client.get(page).content.decode())
        assert any(form.action in ("", page) or form.texts for form in forms), page
        for form in forms:
            for name, limit in form.texts.items():
                fields = {**form.fields, name: letter * limit}
                send = client.post if form.method == "post" else client.get
                assert send(form.action or page, fields).status_code < 500, (page, form.action, name)
                tried += 1
    assert tried > 30


@pytest.mark.parametrize(("letters", "status"), [("\u0958" * 50, 201), ("\u0958" * 51, 422), ("é" * 100, 201)])
def test_a_name_is_measured_as_it_stays(lume: Shop, card: HeldCard, letters: str, status: int) -> None:
    program = public_id("prg", card.row.program_id)
    reply = ApiClient(lume.api_key()).post("/cards", {"program_id": program, "customer": {"name": letters}})
    visitor = Client()
    joined = visitor.post(f"/j/{lume.merchant.slug}/{slug_of(card)}", {"name": letters})

    assert (reply.status, joined.status_code) == (status, 303 if status == 201 else status)
    if status == 422:
        (error,) = reply.json["errors"]
        assert (error["pointer"], error["code"]) == ("/customer/name", "too_long")


def test_a_name_on_the_first_phone_is_measured_as_it_stays() -> None:
    pin = {"pin": "2580"}

    assert FirstPinForm({"name": "\u0958" * 50, **pin}).is_valid()
    assert not FirstPinForm({"name": "\u0958" * 51, **pin}).is_valid()
    assert not FirstPinForm({"name": "\u200b", **pin}).is_valid()


def test_letters_that_shrink_fit(lume: Shop, card: HeldCard) -> None:
    api, decomposed = ApiClient(lume.api_key()), "e\u0301" * 100
    body = {"program_id": public_id("prg", card.row.program_id), "customer": {"name": decomposed}}

    assert api.post("/cards", body).status == 201
    assert Customer.objects.filter(name="é" * 100).exists()


def examples(api: ApiClient, card: HeldCard) -> Iterator[tuple[str, Any]]:
    section = re.compile(r"^### `POST (/\S+)`\n.*?```json\n(.*?)```", re.MULTILINE | re.DOTALL)
    for path, text in section.findall(CALLS.read_text()):
        example = json.loads(text)
        if "program_id" in example:
            example["program_id"] = public_id("prg", card.row.program_id)
        if "card_id" in example:
            example["card_id"] = public_id("crd", card.id)
        example.pop("occurred_at", None)
        yield path, example


def path_with_ids(path: str, api: ApiClient, card: HeldCard) -> str:
    shown = public_id("crd", card.id)
    if "{stamp_id}" in path:
        return path.replace("{stamp_id}", made(api.post(f"/cards/{shown}/stamps"))["stamp"]["id"])
    if "{redemption_id}" in path or "{voucher_id}" in path:
        voucher = made(api.post(f"/cards/{shown}/stamps", {"count": 10}))["vouchers_issued"][0]["id"]
        if "{voucher_id}" in path:
            return path.replace("{voucher_id}", voucher)
        redemption = made(api.post(f"/vouchers/{voucher}/redemption"))["redemption"]["id"]
        return path.replace("{redemption_id}", redemption)
    return path.replace("{card_id}", shown)


def made(reply: Reply) -> Any:
    assert reply.status == 201, reply.body
    return reply.json


def places_of(path: str) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """Where a text can stand in the body of a call, and how long the document says that it may be."""
    body = openapi()["paths"][f"/api/v1{path}"]["post"].get("requestBody", {}).get("content", {})
    yield from _texts_in(body.get("application/json", {}).get("schema", {}), ())


def _texts_in(schema: dict[str, Any], place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], int]]:
    if "$ref" in schema:
        schema = openapi()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    for part in schema.get("anyOf", []):
        yield from _texts_in(part, place)
    if schema.get("type") == "string" and "enum" not in schema:
        yield place, min(schema.get("maxLength", LONGEST_ASKED), LONGEST_ASKED)
    if schema.get("type") == "array":
        yield from _texts_in(schema["items"], (*place, 0))
    for name, part in schema.get("properties", {}).items():
        yield from _texts_in(part, (*place, name))


def changed(example: Any, place: tuple[str | int, ...], text: str) -> Any:
    """The example with this text at that place, where it has that place."""
    if not place:
        return text
    first, *rest = place
    if isinstance(first, int):
        items = list(example) if isinstance(example, list) and example else [None]
        return [changed(items[0], tuple(rest), text), *items[1:]]
    fields = dict(example) if isinstance(example, dict) else {}
    return {**fields, first: changed(fields.get(first), tuple(rest), text)}


class Form:
    def __init__(self, method: str, action: str) -> None:
        self.method, self.action = method, action
        self.fields: dict[str, str] = {}
        self.texts: dict[str, int] = {}


class FormReader(HTMLParser):
    """The forms of a page, filled in as the page shows them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.select = ""

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in given}
        name, value = found.get("name", ""), found.get("value", "")
        if tag == "form":
            self.forms.append(Form(found.get("method", "get").lower(), found.get("action", "")))
        elif not self.forms:
            return
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in found or self.select not in self.forms[-1].fields):
            self.forms[-1].fields[self.select] = value
        elif tag in ("input", "textarea") and name:
            self._take(found.get("type", "text"), name, value, found)

    def _take(self, kind: str, name: str, value: str, found: dict[str, str]) -> None:
        if kind in ("checkbox", "radio"):
            if "checked" in found:
                self.forms[-1].fields[name] = value
        elif kind not in ("file", "submit", "image"):
            self.forms[-1].fields[name] = value
            if name != "csrfmiddlewaretoken":
                self.forms[-1].texts[name] = int(found.get("maxlength", LONGEST_ASKED))


def forms_of(page: str) -> list[Form]:
    reader = FormReader()
    reader.feed(page)
    return reader.forms


def slug_of(card: HeldCard) -> str:
    return Program.objects.get(id=card.row.program_id).slug
