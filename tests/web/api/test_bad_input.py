"""Whatever a client sends: a clear refusal, nothing half-done, no 500."""

import json
from typing import Any

import pytest

from stampwell.cards.models import Card, Stamp
from stampwell.customers.models import Customer
from tests.web.api.client import ApiClient
from tests.world import Shop

pytestmark = pytest.mark.django_db

DEEP = '{"count":' + "[" * 30 + "]" * 30 + "}"
BODIES: list[tuple[str, int, str, str]] = [
    # body, status, pointer, what is wrong with the value there
    ('{"amount": false}', 422, "/amount", "wrong_type"),
    ('{"count": "1"}', 422, "/count", "wrong_type"),
    ('{"count": 1.0}', 422, "/count", "wrong_type"),
    ('{"count": [1]}', 422, "/count", "wrong_type"),
    ('{"override": 1}', 422, "/override", "wrong_type"),
    ('{"count": -1}', 422, "/count", "too_small"),
    ('{"count": 0}', 422, "/count", "too_small"),
    ('{"amount": -1}', 422, "/amount", "too_small"),
    ('{"amount": 9223372036854775808}', 422, "/amount", "too_large"),
    ('{"amount": 123456789012345678901234567890}', 422, "/amount", "too_large"),
    ('{"amount": ' + "9" * 5000 + "}", 422, "/amount", "too_large"),
    ('{"amount": 1e400}', 422, "/amount", "too_large"),
    ('{"amount": NaN}', 422, "/amount", "not_a_number"),
    ('{"amount": -Infinity}', 422, "/amount", "not_a_number"),
    ('{"count": 1, "count": 1}', 422, "/count", "duplicate_key"),
    ('{"stamps": 1}', 422, "/stamps", "unknown_field"),
    ('{"a/b~c": 1}', 422, "/a~1b~0c", "unknown_field"),
    ('{"currency": "eur"}', 422, "/currency", "wrong_format"),
    ('{"currency": "EUR\\n"}', 422, "/currency", "too_long"),
    ('{"receipt_id": ""}', 422, "/receipt_id", "too_short"),
    ('{"receipt_id": "' + "x" * 101 + '"}', 422, "/receipt_id", "too_long"),
    ('{"receipt_id": "a\\u0000b"}', 422, "/receipt_id", "wrong_format"),
    ('{"receipt_id": "a\\nb"}', 422, "/receipt_id", "wrong_format"),
    ('{"receipt_id": "ab\\n"}', 422, "/receipt_id", "wrong_format"),
    ('{"\\u0000": 1}', 422, "", "wrong_format"),
    ('{"occurred_at": "yesterday"}', 422, "/occurred_at", "wrong_format"),
    ('{"occurred_at": "2026-01-01T10:00:00"}', 422, "/occurred_at", "wrong_format"),
    ('{"occurred_at": "2999-01-01T10:00:00Z"}', 422, "/occurred_at", "in_the_future"),
    ('{"occurred_at": "9999-12-31T23:59:59-12:00"}', 422, "/occurred_at", "in_the_future"),
    ('{"occurred_at": "0001-01-01T00:00:00+12:00"}', 422, "/occurred_at", "too_old"),
    ('{"occurred_at": "2020-01-01T10:00:00Z"}', 422, "/occurred_at", "too_old"),
    ('{"occurred_at": 1700000000}', 422, "/occurred_at", "wrong_type"),
    ('{"count": 1, "amount": 500}', 422, "/amount", "not_together"),
    (DEEP, 422, "", "too_deep"),
    ("[]", 422, "", "wrong_type"),
    ("null", 422, "", "wrong_type"),
    ('"text"', 422, "", "wrong_type"),
    ("[" * 100_000, 422, "", "too_deep"),
]


@pytest.fixture
def stamps(lume: Shop) -> str:
    return f"/cards/crd_{lume.publish().card().id.hex}/stamps"


@pytest.mark.parametrize(("body", "status", "pointer", "wrong"), BODIES, ids=[body[0][:40] for body in BODIES])
def test_a_value_that_cannot_be_used_is_named(
    api: ApiClient, stamps: str, body: str, status: int, pointer: str, wrong: str
) -> None:
    reply = api.send("POST", stamps, body.encode(), key="k1")

    assert (reply.status, reply.code) == (status, "invalid_request")
    assert [(error["pointer"], error["code"]) for error in reply.json["errors"]] == [(pointer, wrong)]
    assert reply.json["errors"][0]["message"].endswith(".")
    assert Stamp.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{} {}",
        b"{'count': 1}",
        b'{"count": 1,}',
        b'{"a": "\xff"}',
        b'{"receipt_id": "\\ud800"}',
        b"\xef\xbb\xbf{}",
    ],
)
def test_what_is_not_json_is_refused(api: ApiClient, stamps: str, body: bytes) -> None:
    reply = api.send("POST", stamps, body, key="k1")

    assert (reply.status, reply.code) == (400, "invalid_json")


def test_no_body_means_one_visit(api: ApiClient, stamps: str) -> None:
    assert api.post(stamps).json["stamp"]["count"] == 1


def test_a_missing_value_is_named(api: ApiClient) -> None:
    reply = api.post("/cards", {})

    assert reply.json["errors"][0] == {
        "pointer": "/program_id",
        "code": "missing",
        "message": "This value is missing.",
    }


def test_more_parameters_than_anybody_needs_are_refused(api: ApiClient) -> None:
    reply = api.get("/cards?" + "&".join(f"a{number}=1" for number in range(1_100)))

    assert (reply.status, reply.code) == (422, "invalid_request")


@pytest.mark.parametrize("name", ["active_from", "valid_until"])
@pytest.mark.parametrize(
    "moment",
    [
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-12:00",
        "3000-01-02T00:00:00Z",
        "1999-12-31T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_a_moment_beyond_all_calendars_is_refused(api: ApiClient, name: str, moment: str) -> None:
    reward = {"name": "Coffee", name: moment, "active_after_seconds": 86_400}
    reply = api.post("/programs", {"name": "Card", "goal": 1, "milestones": [{"stamps": 1, "reward": reward}]})

    assert (reply.status, reply.code) == (422, "invalid_request")
    assert reply.json["errors"][0]["pointer"] == f"/milestones/0/reward/{name}"


@pytest.mark.parametrize("logo", ["x", "../../etc/passwd", "pic_" + "0" * 32])
def test_a_logo_that_is_no_picture_of_the_shop_is_refused(api: ApiClient, logo: str) -> None:
    milestone = {"stamps": 1, "reward": {"name": "Coffee"}}
    reply = api.post("/programs", {"name": "Card", "goal": 1, "milestones": [milestone], "design": {"logo": logo}})

    assert (reply.status, reply.code) == (404, "not_found")


def test_a_mistake_deep_inside_is_pointed_at(api: ApiClient) -> None:
    reward = {"name": "Coffee", "path": "sleight_of_hand"}
    reply = api.post("/programs", {"name": "Card", "goal": 1, "milestones": [{"stamps": 1, "reward": reward}]})

    assert (reply.json["errors"][0]["pointer"], reply.json["errors"][0]["code"]) == (
        "/milestones/0/reward/path",
        "not_allowed",
    )


@pytest.mark.parametrize("name", ["active_from", "valid_until"])
def test_a_time_without_a_zone_is_refused(api: ApiClient, name: str) -> None:
    reward = {"name": "Coffee", name: "2027-01-01T00:00:00"}
    reply = api.post("/programs", {"name": "Card", "goal": 1, "milestones": [{"stamps": 1, "reward": reward}]})

    assert reply.json["errors"][0]["pointer"] == f"/milestones/0/reward/{name}"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "a"]
)
def test_a_body_of_another_type_is_refused(api: ApiClient, stamps: str, content_type: str) -> None:
    reply = api.send("POST", stamps, b'{"count": 1}', key="k1", content_type=content_type)

    assert (reply.status, reply.code) == (415, "unsupported_media_type")


def test_a_client_that_takes_no_json_is_told_so(api: ApiClient) -> None:
    reply = api.get("/me", accept="text/html")

    assert (reply.status, reply.code) == (406, "not_acceptable")


def test_a_body_over_256_kb_is_refused_unread(api: ApiClient, stamps: str) -> None:
    reply = api.send("POST", stamps, b" " * (256 * 1024 + 1), key="k1")

    assert (reply.status, reply.code) == (413, "body_too_large")


def test_an_unknown_address_is_a_problem_too(api: ApiClient) -> None:
    for path in ("/nothing", "/cards/", "/api/", "/api/v2/me", "/me/", "/cards/crd_1/x", "/\x00", "/cards/%00"):
        assert (api.get(path).status, api.get(path).code) == (404, "not_found")


def test_a_method_that_an_address_does_not_have_is_refused(api: ApiClient) -> None:
    reply = api.send("DELETE", "/cards")

    assert (reply.status, reply.code) == (405, "method_not_allowed")
    assert reply.headers["Allow"] == "GET, POST"
    assert api.send("OPTIONS", "/me").code == "method_not_allowed"


def test_head_is_answered_like_get_without_the_body(api: ApiClient) -> None:
    reply = api.send("HEAD", "/me")

    assert (reply.status, reply.body) == (200, b"")
    assert int(reply.headers["Content-Length"]) == len(api.get("/me").body)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "?limit"),
        ("limit=201", "?limit"),
        ("limit=ten", "?limit"),
        ("limit=1.5", "?limit"),
        ("after=crd_1", "?after"),
        ("after=prg_" + "0" * 32, "?after"),
        ("after=%00", "?after"),
        ("colour=red", "?colour"),
    ],
)
def test_a_query_with_a_mistake_is_refused(api: ApiClient, query: str, pointer: str) -> None:
    reply = api.get(f"/cards?{query}")

    assert (reply.status, reply.code) == (422, "invalid_request")
    assert reply.json["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    "path",
    [
        "/cards?external_id=%00",
        "/cards?short_number=%00&email=%00",
        "/cards?email=%ff%fe",
        "/vouchers?code=%00",
        "/vouchers?card_id=%00",
        "/vouchers?code=" + "V" * 10_000,
    ],
)
def test_a_search_for_something_impossible_finds_nothing(api: ApiClient, path: str) -> None:
    assert api.get(path).json == {"items": [], "next": None}


@pytest.mark.parametrize(
    "code", ["", " ", "V" * 10_000, "\U0001f600", "1234 5678", "SW1:12345678:12345678", "https://x/c/y/z"]
)
def test_a_code_of_nobody_is_unknown(api: ApiClient, code: str) -> None:
    reply = api.post("/scans", {"code": code})

    assert (reply.status, reply.code) == (404, "unknown_code")


def test_names_are_cleaned(api: ApiClient, lume: Shop) -> None:
    program = f"prg_{lume.publish().program.id.hex}"
    name = "  Cy\u202e \u200b\tBerg \U0001f469\u200d\U0001f373 "

    reply = api.post(
        "/cards", {"program_id": program, "locale": "lv-LV", "customer": {"name": name, "email": " Cy@X.LV "}}
    )

    assert reply.status == 201
    assert reply.json["locale"] == "lv"
    customer = Customer.objects.get()
    assert (customer.name, customer.email) == ("Cy Berg \U0001f469\u200d\U0001f373", "cy@x.lv")


@pytest.mark.parametrize(
    ("customer", "pointer"),
    [
        ({"email": "nobody"}, "/customer/email"),
        ({"birthday": "1899-12-31"}, "/customer/birthday"),
        ({"birthday": "2999-12-31"}, "/customer/birthday"),
        ({"birthday": "12/31/1990"}, "/customer/birthday"),
        ({"name": "x" * 101}, "/customer/name"),
        ({"nickname": "Cy"}, "/customer/nickname"),
    ],
)
def test_a_customer_with_a_mistake_gets_no_card(
    api: ApiClient, lume: Shop, customer: dict[str, Any], pointer: str
) -> None:
    program = f"prg_{lume.publish().program.id.hex}"

    reply = api.post("/cards", {"program_id": program, "customer": customer})

    assert reply.json["errors"][0]["pointer"] == pointer
    assert (Card.objects.count(), Customer.objects.count()) == (0, 0)


def test_a_language_that_we_do_not_have_is_refused(api: ApiClient, lume: Shop) -> None:
    reply = api.post("/cards", {"program_id": f"prg_{lume.publish().program.id.hex}", "locale": "tlh"})

    assert (reply.status, reply.code) == (422, "language_not_offered")


@pytest.mark.parametrize("reason", ["\u200b", "\u202e ", "  "])
def test_a_reason_must_be_readable(api: ApiClient, reason: str) -> None:
    reply = api.post(f"/stamps/stp_{'0' * 32}/reversal", {"reason": reason})

    assert reply.json["errors"][0]["pointer"] == "/reason"


def test_no_value_of_a_program_makes_the_server_stumble(api: ApiClient) -> None:
    hostile = ["\ud83d\ude00", "‮", "x" * 500, "a\tb", "'; DROP TABLE card; --", "%s%(x)s{}"]
    for text in hostile:
        draft = {
            "name": {"en": text},
            "goal": 1,
            "milestones": [
                {
                    "stamps": 1,
                    "reward": {
                        "name": text,
                        "path": "redeem_code",
                        "redeem_code": {"kind": "static", "code": text[:200]},
                    },
                }
            ],
            "design": {"logo": text},
        }
        reply = api.send("POST", "/programs", json.dumps(draft).encode(), key=f"k{hostile.index(text)}")
        assert reply.status in (201, 400, 404, 422), reply.body
