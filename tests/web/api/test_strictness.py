"""A slip in a name or in one of several possible values is noticed at once, wherever it stands."""

import re
from typing import Any

import pytest

from stampwell.cards.models import Card
from stampwell.programs.models import Program
from stampwell.web.api.schema import openapi
from tests.web.api.client import ApiClient
from tests.world import Shop

CALLS = [(method.upper(), path) for path, item in openapi()["paths"].items() for method in item]
PROGRAM: dict[str, Any] = {"name": "Coffee", "goal": 1, "milestones": [{"stamps": 1, "reward": {"name": "A coffee"}}]}


@pytest.mark.parametrize(("method", "path"), CALLS, ids=[f"{method} {path}" for method, path in CALLS])
def test_a_parameter_that_a_call_does_not_know_is_refused(api: ApiClient, method: str, path: str) -> None:
    address = re.sub(r"\{(\w)\w+\}", "x_" + "0" * 32, path)

    reply = api.send(method, f"{address}?just_try=1", b"{}", key="k")

    assert (reply.status, reply.code) == (422, "invalid_request")
    (error,) = reply.json["errors"]
    assert (error["pointer"], error["code"]) == ("?just_try", "unknown_field")


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/cards?limit=1&limit=2", "?limit"),
        ("/cards?email=a@b.lv&email=c@d.lv", "?email"),
        ("/vouchers?card_id=crd_1&card_id=crd_2", "?card_id"),
        ("/events?after=1&after=2", "?after"),
        ("/programs?after=prg_1&after=prg_2", "?after"),
    ],
)
def test_a_parameter_that_is_there_twice_is_refused(api: ApiClient, path: str, pointer: str) -> None:
    reply = api.get(path)

    assert (reply.status, reply.code) == (422, "invalid_request")
    (error,) = reply.json["errors"]
    assert (error["pointer"], error["code"]) == (pointer, "duplicate_key")


@pytest.mark.parametrize(
    "query", ["Limit=1", "LIMIT=1", "short-number=1", "Email=a@b.lv", "type=stamp.added", "limit[]=1"]
)
def test_a_parameter_in_another_writing_is_refused(api: ApiClient, query: str) -> None:
    (error,) = api.get(f"/cards?{query}").json["errors"]

    assert error["code"] == "unknown_field"


def changed(pointer: str, value: object) -> dict[str, Any]:
    program: dict[str, Any] = {
        "name": "Coffee",
        "goal": 1,
        "earning": {},
        "design": {},
        "milestones": [
            {
                "stamps": 1,
                "reward": {
                    "name": "A coffee",
                    "path": "redeem_code",
                    "redeem_code": {"kind": "static", "code": "FREE", "format": "text"},
                },
            }
        ],
    }
    *way, last = pointer.strip("/").split("/")
    part: Any = program
    for name in way:
        part = part[int(name)] if isinstance(part, list) else part[name]
    part[last] = value
    return program


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("/earning/by", "Visit", "not_allowed"),
        ("/earning/by", "visits", "not_allowed"),
        ("/earning/currency", "eur", "wrong_format"),
        ("/earning/currency", "EUX", "not_allowed"),
        ("/earning/Daily_cap", 1, "unknown_field"),
        ("/asks_for", ["Name"], "not_allowed"),
        ("/asks_for", ["phone"], "not_allowed"),
        ("/design/barcode", "QR", "not_allowed"),
        ("/design/icon", "cofee", "not_allowed"),
        ("/design/icon", "Star", "wrong_format"),
        ("/design/color", "#000000", "unknown_field"),
        ("/design/background", "red", "wrong_format"),
        ("/milestones/0/reward/path", "Redeem_Code", "not_allowed"),
        ("/milestones/0/reward/path", "redeem-code", "not_allowed"),
        ("/milestones/0/reward/redeem_code/kind", "Static", "not_allowed"),
        ("/milestones/0/reward/redeem_code/format", "QR", "not_allowed"),
        ("/milestones/0/reward/redeem_code/format", "code-128", "not_allowed"),
        ("/milestones/0/reward/redeem_code/countdown_minutes", 0, "too_small"),
        ("/milestones/0/reward/redeem_code/countdown_minutes", 16, "too_large"),
        ("/milestones/0/reward/weekdays", [0], "too_small"),
        ("/milestones/0/reward/weekdays", [8], "too_large"),
        ("/milestones/0/reward/weekdays", ["monday"], "wrong_type"),
        ("/milestones/0/reward/validDays", 7, "unknown_field"),
        ("/milestones/0/Reward", {}, "unknown_field"),
        ("/Goal", 1, "unknown_field"),
    ],
)
def test_a_misspelt_value_or_name_makes_no_program(api: ApiClient, pointer: str, value: object, code: str) -> None:
    reply = api.post("/programs", changed(pointer, value))

    assert (reply.status, reply.code) == (422, "invalid_request")
    (error,) = reply.json["errors"]
    assert error["code"] == code
    assert error["pointer"].startswith(pointer)
    assert not Program.objects.exists()


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("/name", {"EN": "Coffee"}, "language_not_offered"),
        ("/name", {"english": "Coffee"}, "language_not_offered"),
        ("/offer", {"xx": "Free"}, "language_not_offered"),
        ("/milestones/0/reward/name", {"latvian": "Kafija"}, "language_not_offered"),
        ("/milestones/0/reward/location_ids", ["loc_" + "0" * 32], "not_found"),
        ("/milestones/0/reward/location_ids", ["here"], "not_found"),
        ("/design/logo", "a-logo", "not_found"),
    ],
)
def test_a_misspelt_language_or_place_makes_no_program(api: ApiClient, pointer: str, value: object, code: str) -> None:
    assert api.post("/programs", changed(pointer, value)).code == code
    assert not Program.objects.exists()


def test_a_misspelt_language_makes_no_card(api: ApiClient, lume: Shop) -> None:
    program = f"prg_{lume.publish().terms.program_id.hex}"
    for body in ({"locale": "english"}, {"Locale": "en"}, {"customer": {"Name": "Anna"}}, {"customer": {"mail": "a"}}):
        assert api.post("/cards", {"program_id": program, **body}).status == 422

    assert not Card.objects.exists()


def nulls_for(schema: dict[str, Any]) -> dict[str, None]:
    return dict.fromkeys(set(schema["properties"]) - set(schema.get("required", [])))


def test_a_null_for_what_may_be_left_out_leaves_it_out(api: ApiClient, lume: Shop) -> None:
    schemas = openapi()["components"]["schemas"]
    program = changed("/goal", 1)
    program |= nulls_for(schemas["ProgramDraft"])
    reward = {"name": "A coffee", **nulls_for(schemas["RewardDraft"])}
    code = {"kind": "static", "code": "FREE", **nulls_for(schemas["StaticCodeDraft"])}
    coded = reward | {"path": "redeem_code", "redeem_code": code}

    plain = api.post("/programs", {**PROGRAM, "goal": 1}).json
    nulls = api.post("/programs", {**program, "milestones": [{"stamps": 1, "reward": reward}]})
    deeper = api.post(
        "/programs",
        {
            **program,
            "milestones": [{"stamps": 1, "reward": coded}],
            "earning": nulls_for(schemas["EarningDraft"]),
            "design": nulls_for(schemas["DesignDraft"]),
        },
    )

    assert (nulls.status, deeper.status) == (201, 201), (nulls.body, deeper.body)
    for part in ("earning", "design", "asks_for", "offer"):
        assert nulls.json[part] == deeper.json[part] == plain[part]
    assert deeper.json["milestones"][0]["reward"]["redeem_code"]["format"] == "text"


def test_nulls_of_a_customer_and_of_a_purchase_are_as_if_nothing_was_sent(api: ApiClient, lume: Shop) -> None:
    schemas = openapi()["components"]["schemas"]
    program = f"prg_{lume.publish().terms.program_id.hex}"

    card = api.post("/cards", {"program_id": program, **nulls_for(schemas["CardAsked"])})
    named = api.post(
        "/cards", {"program_id": program, "customer": nulls_for(schemas["CustomerAsked"]) | {"name": "Anna"}}
    )
    stamp = api.post(f"/cards/{card.json['id']}/stamps", nulls_for(schemas["StampAsked"]))
    scan = api.post("/scans", {"code": named.json["code"], **nulls_for(schemas["ScanAsked"])})
    again = api.post(f"/cards/{card.json['id']}/stamps", {"count": 9, "override": None})

    assert [reply.status for reply in (card, named, stamp, scan)] == [201] * 4
    assert again.code == "cooldown"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"program_id": None}, "/program_id", "wrong_type"),
        ({"program_id": "x", "colour": None}, "/colour", "unknown_field"),
        ({"program_id": "x", "customer": {"mail": None}}, "/customer/mail", "unknown_field"),
        ({"program_id": "x", "customer": [None]}, "/customer", "wrong_type"),
    ],
)
def test_a_null_hides_no_mistake(api: ApiClient, body: dict[str, Any], pointer: str, code: str) -> None:
    (error,) = api.post("/cards", body).json["errors"]

    assert (error["pointer"], error["code"]) == (pointer, code)
