"""No route of any surface writes to a closed shop: each is asked, and answers calmly.

The routes come from the front door and from the document of the API, so a new one is asked by itself.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from stampwell.cards.links import card_token
from stampwell.clock import now
from stampwell.merchants.closing import close_shop
from stampwell.merchants.models import Merchant
from stampwell.receipts.making import Wanted, code_of, make_receipt_code
from stampwell.tokens import new_secret
from stampwell.vouchers.links import voucher_token
from stampwell.web.api.schema import openapi
from stampwell.web.trials import trial_url
from tests.structure.test_api_tenants import PREFIXES, at_its_time, body_with, make_everything
from tests.web.api.client import ApiClient
from tests.web.api.conftest import api as api
from tests.web.dashboard.desk import DeskClient
from tests.web.devices import Device
from tests.web.scanner.phone import Phone
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db

# Where people's own things are changed, or another shop's.
OF_NO_SHOP = ("accounts/", "i18n/", "open-your-shop/", "shops/chosen/", "operator/", "static/", "api/")
OF_DESK = (
    "programs/",
    "cards/",
    "customers/",
    "exports/",
    "imports/",
    "reconciliations/",
    "receipt-codes/",
    "redeem-codes/",
    "team/",
    "scans/",
    "settings/",
)
KEPT = (
    "card",
    "stamp",
    "voucher",
    "redemption",
    "reversal",
    "customer",
    "consent",
    "event",
    "staff_member",
    "station",
    "receipt_claim",
    "code_pool",
    "code_batch",
    "pool_code",
    "code_successor",
    "webhook_endpoint",
    "webhook_delivery",
)


def routes(resolver: URLResolver, begin: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        path = begin + str(one.pattern)
        if isinstance(one, URLPattern):
            yield path
        else:
            yield from routes(one, path)


def filled(route: str, things: dict[str, Any]) -> str:
    path = "/" + route.removeprefix("^")
    for name, value in things.items():
        for kind in ("str", "slug", "int", "hex_id"):
            path = path.replace(f"<{kind}:{name}>", str(value))
    return path


@pytest.fixture
def things(lume: Shop, api: ApiClient) -> dict[str, Any]:
    """Something real for each part of a path; the shop is closed."""
    ids = make_everything(lume, api)
    offer = lume.publish(name="Tea card")
    token = card_token(offer.card().id, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM voucher WHERE merchant_id = %s AND state = 'ready'", [lume.merchant.id])
        (voucher_id, *_others) = cursor.fetchone()
    version = offer.terms.version_id.hex
    person = f"stf_{lume.hire('Bo').id.hex}"
    return {
        **{name: ids[prefix] for name, prefix in PREFIXES.items()},
        **{name.removesuffix("_id"): ids[prefix] for name, prefix in PREFIXES.items()},
        "merchant_slug": lume.merchant.slug,
        "slug": lume.merchant.slug,
        "program_slug": offer.program.slug,
        "token": token,
        "ticket": trial_url(lume.merchant, offer.terms, offer.terms.rewards[0]).rpartition("/")[2],
        "voucher_token": voucher_token(voucher_id, 0),
        "locale": "en",
        "kind": "svg",
        "paper": "label",
        "note": f"cno_{version}",
        "name": "cup",
        "number": 1,
        "picture": f"pic_{version}",
        "version": version,
        "size": 192,
        "stamps": 3,
        "person": person,
        "member_id": person,
        "invitation": f"inv_{version}",
        "export": f"exp_{version}",
        "import_id": f"imp_{version}",
        "draft": f"drf_{version}",
        "kept": f"ksc_{version}",
        "secret": new_secret(),
        "batch": ids["rcb"],
        "codes": ids["cdb"],
        "code": receipt_code(lume, offer),
        "station": f"stn_{lume.scanner()[0].id.hex}",
        "location": ids["loc"],
        "reward": ids["rwd:shared"],
        "key": f"key_{version}",
        "library_id": "0" * 32,
        "pass_type": "pass.example",
        "serial": "0" * 32,
    }


def receipt_code(shop: Shop, offer: Offer) -> str:
    wanted = Wanted(program_id=offer.program.id)
    return code_of(make_receipt_code(shop.merchant, wanted, "2026-2", actor=shop.actor).batch)


def rows() -> list[Any]:
    with connection.cursor() as cursor:
        found = []
        for table in KEPT:
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM {table} t")
            found.append((table, *cursor.fetchone()))
        return found


def paths_of(things: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    for route in routes(get_resolver()):
        if not route.startswith(OF_NO_SHOP):
            own = {**things, "token": things["voucher_token"]} if route.startswith("v/") else things
            path = filled(route, own)
            assert "<" not in path, f"nothing is known for {route}"
            found.append((route, path))
    return found


def test_no_page_fails_and_none_changes_anything(lume: Shop, things: dict[str, Any]) -> None:
    phone = Phone(lume).enrol()
    phone.sign_in(lume.hire("Eve"))
    alone = [Device(lume, kind).enrol().client for kind in ("kiosk", "autopilot")]
    close_shop(lume.merchant.id)
    clients = [DeskClient(lume.owner).client, phone.client, *alone, Client()]
    before = rows()

    failed = [
        (method, path, status)
        for _route, path in paths_of(things)
        for client in clients
        for method in ("get", "post")
        if (status := getattr(client, method)(path).status_code) >= 500
    ]

    assert failed == []
    assert rows() == before


def test_every_form_of_the_desk_is_refused(lume: Shop, things: dict[str, Any]) -> None:
    close_shop(lume.merchant.id)
    desk = DeskClient(lume.owner).client

    answers = {path: desk.post(path).status_code for route, path in paths_of(things) if route.startswith(OF_DESK)}

    assert {path: status for path, status in answers.items() if status not in (405, 409)} == {}
    assert 409 in answers.values()


def test_every_form_of_a_customer_is_refused(lume: Shop, things: dict[str, Any]) -> None:
    close_shop(lume.merchant.id)

    answers = {
        path: Client().post(path).status_code
        for route, path in paths_of(things)
        if route.startswith(("c/", "v/", "j/", "r/", "R/", "brand/"))
    }

    assert {path: status for path, status in answers.items() if status not in (405, 409)} == {}
    assert 409 in answers.values()


def test_every_page_of_the_scanner_says_so(lume: Shop, things: dict[str, Any]) -> None:
    phone = Phone(lume).enrol()
    phone.sign_in(lume.hire("Eve"))
    close_shop(lume.merchant.id)

    said = {path: phone.client.get(path) for path in ("/scanner/", "/scanner/people", "/scanner/join")}

    for path, answer in said.items():
        assert answer.status_code == 409, path
        assert "This shop was closed on this server" in answer.content.decode()


def writes() -> list[tuple[str, str]]:
    """All but a question that has a body: `test_a_closed_shop_says_so_when_it_is_asked` tells what that answers."""
    calls = [(method, path) for path, item in openapi()["paths"].items() for method in item if method != "get"]
    return [(method, path) for method, path in calls if not path.endswith("/validation")]


def body_of(method: str, path: str, things: dict[str, Any]) -> dict[str, Any] | bytes:
    match path.removeprefix("/api/v1"):
        case "/reconciliations":
            return b"Code,Date\nBDAY25,2026-11-20\n"
        case "/imports":
            return b"Name\nBea\n"
        case "/cards":
            return {"program_id": things["program_id"]}
        case "/programs":
            return {
                "name": "Tea",
                "goal": 1,
                "milestones": [{"stamps": 1, "reward": {"name": "Tea", "path": "staff_scan"}}],
            }
        case "/exports":
            return {"subject": "days"}
        case "/scans":
            return {"code": things["code"]}
        case "/scans/batch":
            return {"scans": [{"key": "k", "code": things["code"], "scanned_at": now().isoformat()}]}
        case "/vouchers":
            return {"card_id": things["card_id"], "reward_id": things["reward_id"]}
    body = body_with(method, path, things)
    assert body is not None, "no body for this call"
    return body


@pytest.mark.parametrize(("method", "path"), writes())
def test_every_call_that_writes_is_refused(api: ApiClient, lume: Shop, method: str, path: str) -> None:
    ids = make_everything(lume, api)
    things = {name: ids[prefix] for name, prefix in PREFIXES.items()} | {"reward_id": ids["rwd"], **ids}
    things["code"] = api.get(f"/cards/{things['card_id']}").json["code"]
    target, body = path.removeprefix("/api/v1").format(**things), body_of(method, path, things)
    target += f"?program_id={things['program_id']}" if path == "/api/v1/imports" else ""
    target += f"?program_id={things['program_id']}" if target == "/imports" else ""
    close_shop(lume.merchant.id)
    before = rows()

    refused = api.ask(method, target, body, key="till-1")

    assert (refused.status, refused.code) == (409, "shop_closed")
    assert rows() == before
    Merchant.objects.filter(id=lume.merchant.id).update(closed=None)
    with at_its_time(path):
        assert api.ask(method, target, body, key="till-1").status in (200, 201, 202, 204), "the refusal was not kept"


def test_every_call_that_reads_is_answered(api: ApiClient, lume: Shop) -> None:
    ids = make_everything(lume, api)
    things = {name: ids[prefix] for name, prefix in PREFIXES.items()}
    close_shop(lume.merchant.id)

    answers = {
        path: api.get(path.removeprefix("/api/v1").format(**things)).status
        for path, item in openapi()["paths"].items()
        if "get" in item
    }

    assert set(answers.values()) == {200}
    assert api.get("/me").json["merchant"]["closed_at"] is not None


def test_what_was_done_before_is_answered_as_before(api: ApiClient, lume: Shop) -> None:
    ids = make_everything(lume, api)
    done = api.post(f"/vouchers/{ids['vch']}/redemption", key="till-1")
    close_shop(lume.merchant.id)

    again = api.post(f"/vouchers/{ids['vch']}/redemption", key="till-1")

    assert (again.status, again.body) == (201, done.body)
