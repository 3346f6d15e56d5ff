"""Another merchant's things are not there: every address with an id answers all strangers' ids with one body.

The addresses come from the OpenAPI document, so a new one without a rule here fails.
"""

import json
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from stampwell.cards.recounting import RECOUNT
from stampwell.clock import now, stopped_at
from stampwell.ids import public_id
from stampwell.jobs.asking import ask_for
from stampwell.transactions import merchant_transaction
from stampwell.web.api.schema import openapi
from tests.imports.working import CY, PEOPLE, bring_in
from tests.moments import START
from tests.reconciling.working import hand_in, line_of, report_of
from tests.redeem_codes.working import pool_of, stock
from tests.web.api.client import ApiClient, Reply
from tests.web.api.conftest import api as api
from tests.web.api.conftest import rival as rival
from tests.world import BISCUIT, Shop

pytestmark = pytest.mark.django_db

NOBODY = "0" * 32
PREFIXES = {
    "program_id": "prg",
    "card_id": "crd",
    "stamp_id": "stp",
    "voucher_id": "vch",
    "redemption_id": "rdm",
    "job_id": "job",
    "customer_id": "cus",
    "export_id": "exp",
    "merge_id": "mrg",
    "location_id": "loc",
    "import_id": "imp",
    "batch_id": "rcb",
    "pool_id": "cdp",
    "code_batch_id": "cdb",
    "reconciliation_id": "rcn",
    "successor_id": "csu",
    "webhook_id": "whk",
    "delivery_id": "dlv",
}
# What has to be sent so that only the id can be wrong.
OF_THE_CALLER = object()  # an id that the call cannot do without: `IDS_IN_BODIES` tells which
LATER = (START + timedelta(days=90)).isoformat()
BODIES: dict[tuple[str, str], dict[str, Any] | bytes] = {
    ("patch", "/api/v1/customers/{customer_id}"): {"name": "Cy"},
    ("patch", "/api/v1/locations/{location_id}"): {"name": "Old Town"},
    ("delete", "/api/v1/customers/{customer_id}"): {},
    ("post", "/api/v1/customers/{customer_id}/erasure"): {},
    ("post", "/api/v1/customers/{customer_id}/merge"): {"other_customer_id": OF_THE_CALLER},
    ("post", "/api/v1/merges/{merge_id}/reversal"): {},
    ("post", "/api/v1/cards/{card_id}/recovery"): {},
    ("post", "/api/v1/imports/{import_id}/reversal"): {},
    ("post", "/api/v1/cards/{card_id}/stamps"): {"count": 1},
    ("post", "/api/v1/stamps/{stamp_id}/reversal"): {"reason": "Wrong card"},
    ("post", "/api/v1/vouchers/{voucher_id}/extension"): {"expires_at": LATER, "reason": "Was ill"},
    ("post", "/api/v1/vouchers/{voucher_id}/validation"): {},
    ("post", "/api/v1/vouchers/{voucher_id}/reservation"): {},
    ("post", "/api/v1/vouchers/{voucher_id}/release"): {"reservation": f"rsv_{NOBODY}"},
    ("post", "/api/v1/vouchers/{voucher_id}/redemption"): {},
    ("post", "/api/v1/redemptions/{redemption_id}/reversal"): {"reason": "Wrong table"},
    ("post", "/api/v1/programs/{program_id}/versions"): {
        "name": "Tea",
        "goal": 1,
        "milestones": [{"stamps": 1, "reward": {"name": "Tea", "path": "staff_scan"}}],
        "apply": {"at": "2999-12-31T22:00:00Z"},
    },
    ("post", "/api/v1/programs/{program_id}/pause"): {"stamping": True},
    ("post", "/api/v1/programs/{program_id}/resumption"): {},
    ("post", "/api/v1/programs/{program_id}/closing"): {"archive": True},
    ("post", "/api/v1/code-pools"): {"name": "Coffee codes"},
    ("post", "/api/v1/code-pools/{pool_id}/codes"): {"count": 1},
    ("post", "/api/v1/code-pools/{pool_id}/imports"): b"Code\nKA7F\n",
    ("post", "/api/v1/code-pools/{pool_id}/release"): {"batch_id": OF_THE_CALLER},
    ("post", "/api/v1/code-pools/{pool_id}/revocation"): {"batch_id": OF_THE_CALLER},
    ("post", "/api/v1/code-pools/{pool_id}/withdrawal"): {"codes": ["KA7F-2PLM"], "reason": "leaked"},
    ("post", "/api/v1/code-successors"): {
        "reward_id": OF_THE_CALLER,
        "location_id": OF_THE_CALLER,
        "next_code": "HERE-2",
        "first_day": LATER[:10],
    },
    ("post", "/api/v1/code-successors/{successor_id}/reversal"): {},
    ("post", "/api/v1/code-successors/{successor_id}/removal"): {},
    ("delete", "/api/v1/webhooks/{webhook_id}"): {},
    ("post", "/api/v1/webhooks"): {"url": "https://hooks.example.com/"},
    ("post", "/api/v1/webhooks/{webhook_id}/test"): {},
    ("post", "/api/v1/webhooks/{webhook_id}/rotation"): {},
    ("post", "/api/v1/webhooks/{webhook_id}/resumption"): {},
    ("post", "/api/v1/webhooks/{webhook_id}/replay"): {"after": 0},
    ("post", "/api/v1/deliveries/{delivery_id}/retry"): {},
    ("post", "/api/v1/receipt-codes"): {"receipt_id": "2026-1"},
    ("post", "/api/v1/receipt-codes/batches"): {"count": 2},
    ("post", "/api/v1/receipt-codes/batches/{batch_id}/revocation"): {},
}
# Ids inside bodies: each of them in turn is a stranger's.
IDS_IN_BODIES: dict[tuple[str, str], dict[str, str]] = {
    ("post", "/api/v1/cards"): {"program_id": "prg"},
    ("post", "/api/v1/vouchers"): {"card_id": "crd", "reward_id": "rwd"},
    ("post", "/api/v1/cards/{card_id}/recovery"): {"location_id": "loc"},
    ("post", "/api/v1/cards/{card_id}/stamps"): {"location_id": "loc"},
    ("post", "/api/v1/vouchers/{voucher_id}/validation"): {"location_id": "loc"},
    ("post", "/api/v1/vouchers/{voucher_id}/reservation"): {"location_id": "loc"},
    ("post", "/api/v1/vouchers/{voucher_id}/redemption"): {"location_id": "loc"},
    ("post", "/api/v1/scans"): {"location_id": "loc"},
    ("post", "/api/v1/receipt-codes"): {"program_id": "prg", "location_id": "loc"},
    ("post", "/api/v1/receipt-codes/batches"): {"program_id": "prg", "location_id": "loc"},
    ("post", "/api/v1/customers/{customer_id}/merge"): {"other_customer_id": "cus:other"},
    ("post", "/api/v1/code-pools/{pool_id}/codes"): {"location_id": "loc"},
    ("post", "/api/v1/code-successors"): {"reward_id": "rwd:shared", "location_id": "loc"},
    ("post", "/api/v1/code-pools/{pool_id}/release"): {"batch_id": "cdb"},
    ("post", "/api/v1/code-pools/{pool_id}/revocation"): {"batch_id": "cdb"},
}


def addresses() -> list[tuple[str, str]]:
    return [(method, path) for path, item in openapi()["paths"].items() for method in item]


def with_id() -> list[tuple[str, str]]:
    return [(method, path) for method, path in addresses() if "{" in path]


def make_everything(shop: Shop, caller: ApiClient) -> dict[str, str]:
    """One of each kind, by prefix."""
    code = {"kind": "static", "code": "FREECOFFEE", "format": "qr"}
    reward = {"name": "A free coffee", "path": "redeem_code", "redeem_code": code, "valid_days": 30}
    coffee = {"stamps": 10, "reward": reward}
    offer = shop.publish(earning={"by": "visit", "cooldown_seconds": 0}, milestones=[BISCUIT, coffee])
    card = f"crd_{offer.card().id.hex}"
    stamped = caller.post(f"/cards/{card}/stamps", {"count": 10}).json
    voucher = stamped["vouchers_issued"][0]["id"]
    people = [offer.card().row.customer_id.hex for _person in range(3)]
    pool = pool_of(shop)
    merge = {"other_customer_id": f"cus_{people[1]}"}
    redemption = caller.post(f"/vouchers/{voucher}/redemption").json["redemption"]["id"]
    return {
        "prg": f"prg_{offer.program.id.hex}",
        "crd": card,
        "cus": caller.get(f"/cards/{card}").json["customer_id"],
        "stp": caller.post(f"/cards/{card}/stamps").json["stamp"]["id"],
        "vch": stamped["vouchers_issued"][1]["id"],
        "rdm": redemption,
        "rcb": caller.post("/receipt-codes/batches", {"count": 2, "program_id": f"prg_{offer.program.id.hex}"}).json[
            "id"
        ],
        "job": f"job_{ask_for_a_recount(shop).hex}",
        "exp": caller.post("/exports", {"subject": "days"}).json["id"],
        "loc": f"loc_{shop.location.id.hex}",
        "cus:other": f"cus_{people[2]}",
        "mrg": caller.post(f"/customers/cus_{people[0]}/merge", merge).json["id"],
        "rcn": public_id("rcn", hand_in(shop, report_of(line_of("BDAY25", now())))),
        "imp": public_id("imp", bring_in(shop, offer, PEOPLE + CY)),
        "cdp": public_id("cdp", pool.id),
        "cdb": public_id("cdb", stock(shop, pool)),
        "rwd": f"rwd_{offer.terms.milestones[0].reward.id.hex}",
        **make_successor(shop, caller),
        **make_webhook(caller),
    }


def make_webhook(caller: ApiClient) -> dict[str, str]:
    made = caller.post("/webhooks", {"url": "https://hooks.example.com/"}).json["id"]
    return {"whk": made, "dlv": caller.post(f"/webhooks/{made}/test").json["id"]}


def make_successor(shop: Shop, caller: ApiClient) -> dict[str, str]:
    """Of a code that all customers of a reward see, which has another one at the location. Its program is over: calls
    that name none are of the other one.
    """
    codes = {"kind": "static", "code": "SHARED", "code_by_location": {f"loc_{shop.location.id.hex}": "HERE"}}
    reward = {"name": "Tea", "path": "redeem_code", "redeem_code": codes}
    offer = shop.publish(goal=1, milestones=[{"stamps": 1, "reward": reward}])
    shared = f"rwd_{offer.terms.rewards[0].id.hex}"
    asked = {"reward_id": shared, "next_code": "SHARED-2", "first_day": LATER[:10]}
    made = caller.post("/code-successors", asked).json["id"]
    caller.post(f"/programs/prg_{offer.program.id.hex}/closing", {"archive": True})
    return {"rwd:shared": shared, "csu": made}


def ask_for_a_recount(shop: Shop) -> UUID:
    with merchant_transaction(shop.merchant.id) as tx:
        return ask_for(tx, RECOUNT, asker=shop.actor)


def without_instance(reply: Reply) -> bytes:
    """The body's bytes, with only the value of `instance` taken out."""
    instance = json.dumps(reply.json["instance"], ensure_ascii=False).encode()
    assert reply.body.count(b'"instance":' + instance) == 1
    return reply.body.replace(instance, b"")


def test_every_address_with_an_id_has_a_rule() -> None:
    for method, path in with_id():
        parameter = path.split("{")[1].split("}")[0]
        assert parameter in PREFIXES, f"no rule for {path}"
        assert method == "get" or (method, path) in BODIES, f"no body for {method} {path}"


def test_every_id_in_a_body_has_a_rule() -> None:
    document = openapi()
    for method, path in addresses():
        body = document["paths"][path][method].get("requestBody", {}).get("content", {})
        if "application/json" not in body:
            continue
        schema = document["components"]["schemas"][body["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]]
        ids = {
            name for name in schema["properties"] if name.endswith("_id") and name not in ("receipt_id", "external_id")
        }
        assert ids == set(IDS_IN_BODIES.get((method, path), {})), f"no rule for the ids of {method} {path}"


def at_its_time(path: str) -> AbstractContextManager[object]:
    """That the till has a code no more is said when another is shown in its place; all else is asked now."""
    return stopped_at(START + timedelta(days=90)) if path.endswith("/removal") else nullcontext()


def test_strangers_ids_are_answered_alike(api: ApiClient, rival: ApiClient, lume: Shop, rossi: Shop) -> None:
    """Both shops are made once; what an address does to them is rolled back before the next."""
    ours, theirs = make_everything(lume, api), make_everything(rossi, rival)
    for method, path in with_id():
        parameter = path.split("{")[1].split("}")[0]
        with transaction.atomic(), at_its_time(path):
            assert_answered_alike(api, method, path, parameter, ours, theirs)
            own = ask(rival, method, path, {parameter: theirs[PREFIXES[parameter]]}, theirs)
            assert own.status < 300, f"{method} {path}"
            transaction.set_rollback(True)


def assert_answered_alike(
    api: ApiClient, method: str, path: str, parameter: str, ours: dict[str, str], theirs: dict[str, str]
) -> None:
    prefix = PREFIXES[parameter]
    another_kind = next(text for kind, text in ours.items() if not kind.startswith(prefix))
    strangers = {
        "unknown": f"{prefix}_{NOBODY}",
        "a rival's": theirs[prefix],
        "of another kind": another_kind,
        "another kind's signs": f"{prefix}_{another_kind.split('_')[1]}",
        "malformed": f"{prefix}_1",
        "upper case": ours[prefix].upper(),
        "no id": "x",
        "null byte": f"{prefix}_%00",
        "very long": f"{prefix}_" + "0" * 2000,
    }

    replies = {name: ask(api, method, path, {parameter: text}, ours) for name, text in strangers.items()}

    statuses = {name: reply.status for name, reply in replies.items()}
    assert statuses == dict.fromkeys(strangers, 404), f"{method} {path}"
    assert {name: without_instance(reply) for name, reply in replies.items()} == dict.fromkeys(
        strangers, without_instance(replies["unknown"])
    ), f"{method} {path}"
    assert ask(api, method, path, {parameter: ours[prefix]}, ours).status < 300, f"{method} {path}"


@pytest.mark.parametrize(
    ("method", "path", "name"), [(*address, name) for address, ids in IDS_IN_BODIES.items() for name in ids]
)
def test_strangers_ids_in_bodies_are_answered_alike(
    api: ApiClient, rival: ApiClient, lume: Shop, rossi: Shop, method: str, path: str, name: str
) -> None:
    ours, theirs = make_everything(lume, api), make_everything(rossi, rival)
    ids = {field: ours[prefix] for field, prefix in IDS_IN_BODIES[method, path].items()}
    prefix = IDS_IN_BODIES[method, path][name]
    fields = BODIES.get((method, path), {})
    body = {**(fields if isinstance(fields, dict) else {}), **ids}
    if path.endswith("/scans"):
        body["code"] = api.get(f"/cards/{ours['crd']}").json["code"]
    kind = prefix.partition(":")[0]
    parameters = {parameter: ours[one] for parameter, one in PREFIXES.items()}

    replies = [
        api.post(path.format(**parameters), {**body, name: text})
        for text in (f"{kind}_{NOBODY}", theirs[prefix], ours["stp"], f"{kind}_1", "", "x" * 2000)
    ]

    assert {(reply.status, reply.body) for reply in replies} == {(404, replies[0].body)}
    assert api.post(path.format(**parameters), body).status < 300


def body_with(method: str, path: str, everything: dict[str, str]) -> dict[str, Any] | bytes | None:
    """What has to be sent, with the caller's own ids; bytes are a file."""
    body = BODIES.get((method, path))
    if isinstance(body, bytes):
        return body
    own = {name: everything[prefix] for name, prefix in IDS_IN_BODIES.get((method, path), {}).items()}
    return body and {name: own[name] if value is OF_THE_CALLER else value for name, value in body.items()}


def ask(caller: ApiClient, method: str, path: str, ids: dict[str, str], everything: dict[str, str]) -> Reply:
    own = {parameter: everything[one] for parameter, one in PREFIXES.items()}
    address = path.format(**own | ids)
    return caller.ask(method, address, body_with(method, path, everything))
