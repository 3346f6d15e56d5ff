"""Nothing of the API is undocumented: each address, each field of a body, each refusal code, each event."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from django.template import Template
from django.test import Client

from stampwell.clock import now, stopped_at
from stampwell.events.recording import EventType
from stampwell.ids import public_id, wanted_id
from stampwell.merchants.access import Scope
from stampwell.redeem_codes.pools import find_pool
from stampwell.refusal import REFUSALS
from stampwell.web.api.mistakes import MESSAGES
from stampwell.web.api.schema import openapi
from tests.redeem_codes.working import stock
from tests.web.api.client import ApiClient, Reply
from tests.web.api.conftest import api as api
from tests.world import Shop

# Platforms that subscribe to webhooks unsubscribe by a bare DELETE; a second one finds nothing.
BARE = ("delete", "/api/v1/webhooks/{webhook_id}")
DOCS = Path(__file__).parents[2] / "docs" / "api"


def text_of(name: str) -> str:
    return (DOCS / name).read_text()


@pytest.mark.parametrize("address", [f"{m.upper()} {p}" for p, item in openapi()["paths"].items() for m in item])
def test_each_call_has_a_section(address: str) -> None:
    assert f"\n### `{address.replace('/api/v1', '')}`\n" in text_of("calls.md")


def test_no_section_is_about_a_call_that_is_gone() -> None:
    there = {f"{m.upper()} {p.removeprefix('/api/v1')}" for p, item in openapi()["paths"].items() for m in item}

    assert set(re.findall(r"^### `([A-Z]+ /.*)`$", text_of("calls.md"), re.MULTILINE)) == there


def test_each_refusal_that_a_program_can_meet_is_explained() -> None:
    described = set(re.findall(r"^\| `([a-z_]+)` \|", text_of("refusals.md"), re.MULTILINE))
    declared = {
        code
        for item in openapi()["paths"].values()
        for operation in item.values()
        for status, answer in operation["responses"].items()
        if status >= "400"
        for code in re.findall(r"`([a-z_]+)`", answer["description"])
    }

    of_the_edge = {code for code, kind in REFUSALS.items() if kind.__module__ == "stampwell.web.api.refusals"}

    assert described == declared | of_the_edge


def test_each_mistake_in_a_request_is_explained() -> None:
    described = set(re.findall(r"^- `([a-z_]+)`", text_of("refusals.md"), re.MULTILINE))

    assert described == set(MESSAGES)


def test_each_event_is_explained() -> None:
    described = set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", text_of("events.md"), re.MULTILINE))

    assert described == set(get_args(EventType))


def test_each_scope_is_explained() -> None:
    assert set(re.findall(r"^\| `([a-z]+:[a-z]+)` \|", text_of("README.md"), re.MULTILINE)) == set(Scope)


def test_the_document_is_complete() -> None:
    document = openapi()
    assert document["openapi"].startswith("3.1")
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for told in ("summary", "description", "operationId", "tags"):
                assert operation.get(told), f"{method} {path} has no {told}"
            writes = method != "get" and not path.endswith("/validation")  # a question, with a body
            if (method, path) == BARE:
                writes = False
            named = {parameter["name"] for parameter in operation.get("parameters", [])}
            assert ("Idempotency-Key" in named) == writes
            assert operation["security"], f"{method} {path} needs no key"


@pytest.mark.django_db
def test_the_document_and_its_pages_are_served() -> None:
    client = Client()

    assert client.get("/api/v1/openapi.json").json() == openapi()
    page = client.get("/api/v1/docs").content.decode()
    for item in openapi()["paths"].values():
        for operation in item.values():
            assert f'id="{operation["operationId"]}"' in page
    assert "<script>" not in page
    assert not re.findall(r'(?:src|href)="https?://', page)


@pytest.mark.parametrize("language", ["en", "lv"])
def test_the_long_part_of_the_pages_is_drawn_once_for_a_language(language: str, rendered: list[Template]) -> None:
    client = Client(headers={"accept-language": language})

    first = client.get("/api/v1/docs")
    rendered.clear()
    second = client.get("/api/v1/docs")

    assert first.content.count(b"<article") == second.content.count(b"<article") > 10
    assert rendered
    assert "api/calls.html" not in {template.name for template in rendered}


@pytest.mark.django_db
def test_the_examples_are_accepted(api: ApiClient, lume: Shop) -> None:
    """Sent in an order in which each finds what it needs, with the ids of this shop."""
    section = re.compile(r"^### `POST (/\S+)`\n.*?```json\n(.*?)```", re.MULTILINE | re.DOTALL)
    examples = {path: json.loads(text) for path, text in section.findall(text_of("calls.md"))}
    assert set(examples) == {
        path.removeprefix("/api/v1") for path, item in openapi()["paths"].items() if "post" in item
    }

    program = accepted(api.post("/programs", examples["/programs"]))
    for act in ("pause", "resumption", "closing", "resumption"):
        accepted(api.post(f"/programs/{program['id']}/{act}", examples[f"/programs/{{program_id}}/{act}"]))
    other = examples["/programs/{program_id}/versions"]
    program = accepted(api.post(f"/programs/{program['id']}/versions", other))["program"]
    card = accepted(api.post("/cards", {**examples["/cards"], "program_id": program["id"]}))
    given = {"card_id": card["id"], "reward_id": program["milestones"][0]["reward"]["id"]}
    card = accepted(api.post(f"/cards/{card['id']}/recovery", examples["/cards/{card_id}/recovery"]))
    changes = re.compile(r"^### `PATCH /(\w+)/\S+`\n.*?```json\n(.*?)```", re.MULTILINE | re.DOTALL)
    changed = {"customers": card["customer_id"], "locations": public_id("loc", lume.location.id)}
    for noun, change in changes.findall(text_of("calls.md")):
        assert api.patch(f"/{noun}/{changed.pop(noun)}", json.loads(change)).status == 200
    assert changed == {}
    voucher = accepted(api.post("/vouchers", {**examples["/vouchers"], **given}))
    ends = datetime.fromisoformat(voucher["expires_at"])
    later = {**examples["/vouchers/{voucher_id}/extension"], "expires_at": (ends + timedelta(days=7)).isoformat()}
    accepted(api.post(f"/vouchers/{voucher['id']}/extension", later))
    bought = {**examples["/cards/{card_id}/stamps"], "occurred_at": now().isoformat()}
    stamp = accepted(api.post(f"/cards/{card['id']}/stamps", bought))["stamp"]
    reversal = examples["/stamps/{stamp_id}/reversal"]
    accepted(api.post(f"/stamps/{stamp['id']}/reversal", reversal))
    accepted(api.post("/scans", {**examples["/scans"], "code": card["code"]}))
    accepted(api.post("/receipt-codes", examples["/receipt-codes"]))
    made = accepted(api.post("/receipt-codes/batches", examples["/receipt-codes/batches"]))
    revocation = examples["/receipt-codes/batches/{batch_id}/revocation"]
    accepted(api.post(f"/receipt-codes/batches/{made['id']}/revocation", revocation))
    asked = api.post(f"/vouchers/{voucher['id']}/validation", examples["/vouchers/{voucher_id}/validation"])
    assert (asked.status, asked.json["valid"]) == (200, True)
    for act in ("release", "redemption"):
        reserving = f"/vouchers/{voucher['id']}/reservation"
        held = accepted(api.post(reserving, examples["/vouchers/{voucher_id}/reservation"]))["reservation"]
        by_it = {**examples[f"/vouchers/{{voucher_id}}/{act}"], "reservation": held["id"]}
        used = accepted(api.post(f"/vouchers/{voucher['id']}/{act}", by_it))
    back = examples["/redemptions/{redemption_id}/reversal"]
    accepted(api.post(f"/redemptions/{used['redemption']['id']}/reversal", back))
    pool = accepted(api.post("/code-pools", examples["/code-pools"]))
    batch = stock(lume, find_pool(lume.merchant.id, wanted_id("cdp", pool["id"])))
    named = {**examples["/code-pools/{pool_id}/revocation"], "batch_id": public_id("cdb", batch)}
    assert api.post(f"/code-pools/{pool['id']}/release", named).status == 201
    withdrawn = accepted(api.post(f"/code-pools/{pool['id']}/withdrawal", examples["/code-pools/{pool_id}/withdrawal"]))
    assert withdrawn["withdrawn"] == 1
    assert api.post(f"/code-pools/{pool['id']}/revocation", named).status == 202
    shared = public_id("rwd", lume.publish().terms.rewards[-1].id)
    planned = {**examples["/code-successors"], "reward_id": shared, "first_day": ends.date().isoformat()}
    for act, at in (("reversal", now()), ("removal", ends)):
        successor = accepted(api.post("/code-successors", planned))
        with stopped_at(at):
            done = f"/code-successors/{successor['id']}/{act}"
            accepted(api.post(done, examples[f"/code-successors/{{successor_id}}/{act}"]))
    webhook = accepted(api.post("/webhooks", examples["/webhooks"]))["id"]
    for act, status in (("rotation", 201), ("resumption", 201), ("replay", 202), ("test", 202)):
        sent = api.post(f"/webhooks/{webhook}/{act}", examples[f"/webhooks/{{webhook_id}}/{act}"])
        assert sent.status == status
    retried = api.post(f"/deliveries/{sent.json['id']}/retry", examples["/deliveries/{delivery_id}/retry"])
    assert retried.status == 202
    person = f"cus_{lume.publish().card().row.customer_id.hex}"
    merge = {**examples["/customers/{customer_id}/merge"], "other_customer_id": person}
    merged = accepted(api.post(f"/customers/{card['customer_id']}/merge", merge))
    accepted(api.post(f"/merges/{merged['id']}/reversal", examples["/merges/{merge_id}/reversal"]))
    accepted(api.post(f"/customers/{card['customer_id']}/erasure", examples["/customers/{customer_id}/erasure"]))


@pytest.mark.django_db
def test_the_objects_are_shown_with_all_their_fields(api: ApiClient, lume: Shop) -> None:
    shown = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", text_of("calls.md"), re.DOTALL)[:2]]
    card = f"crd_{lume.publish().card().id.hex}"
    stamped = accepted(api.post(f"/cards/{card}/stamps", {"count": 10}))

    assert list(shown[0]) == list(stamped["card"])
    assert list(shown[1]) == list(stamped["vouchers_issued"][1])


def accepted(reply: Reply) -> dict[str, Any]:
    assert reply.status == 201, reply.body
    told: dict[str, Any] = reply.json
    return told
