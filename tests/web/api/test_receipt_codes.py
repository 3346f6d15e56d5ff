"""Receipt codes by the API: one for a receipt, many at once, and what a scan says of one."""

from datetime import timedelta
from typing import Any

import pytest

from stampwell.clock import stopped_at
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.access import Scope
from stampwell.receipts.claiming import claim_code
from stampwell.receipts.models import ReceiptBatch
from tests.kept import made_once
from tests.moments import START
from tests.web.api.client import ApiClient
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning={"by": "visit", "cooldown_seconds": 0})


def batch(api: ApiClient, **body: Any) -> Any:
    reply = api.post("/receipt-codes/batches", {"count": 3, "each": 1, **body})
    assert reply.status == 201, reply.body
    return reply.json


def codes_of(api: ApiClient, made: Any) -> list[str]:
    return [one["code"] for one in api.get(f"/receipt-codes/batches/{made['id']}/codes").json["items"]]


def test_a_receipt_gets_a_code_and_its_link(api: ApiClient, offer: Offer) -> None:
    reply = api.post("/receipt-codes", {"count": 2, "receipt_id": "2026-000123"})

    told = reply.json
    assert reply.status == 201
    assert told["url"].endswith(f"/R/{offer.shop.merchant.slug.upper()}/{told['code']}")
    assert told["url"] == told["url"].upper()
    assert (told["count"], told["amount"], told["receipt_id"]) == (2, None, "2026-000123")
    assert told["program_id"] == public_id("prg", offer.program.id)
    assert claim_code(offer.shop.merchant, told["code"], offer.card().id).card.stamps == 2


def test_the_same_receipt_gets_the_same_code_whatever_the_key(api: ApiClient, offer: Offer) -> None:
    first = api.post("/receipt-codes", {"receipt_id": "1"})
    again = api.post("/receipt-codes", {"receipt_id": "1"})
    other = api.post("/receipt-codes", {"receipt_id": "1", "count": 2})

    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    assert (other.status, other.code) == (409, "receipt_has_other_code")
    assert ReceiptBatch.objects.count() == 0


def test_a_code_for_one_receipt_is_taken_back_alone_by_its_batch(api: ApiClient, offer: Offer) -> None:
    one, other = (api.post("/receipt-codes", {"receipt_id": receipt}).json for receipt in ("2026-1", "2026-2"))
    path = f"/receipt-codes/batches/{one['batch_id']}"
    before = api.get(path).json

    revoked = api.post(f"{path}/revocation")

    assert (before["count"], before["claimed"], before["revoked_at"]) == (1, 0, None)
    assert api.get(f"{path}/codes").json["items"][0]["code"] == one["code"]
    assert (revoked.status, revoked.json["id"]) == (201, one["batch_id"])
    assert revoked.json["revoked_at"] == api.get(path).json["revoked_at"]
    assert revoked.json["revoked_at"] is not None
    assert api.post("/scans", {"code": one["code"]}).code == "receipt_code_revoked"
    assert api.post("/scans", {"code": other["code"]}).status == 200
    assert api.get("/receipt-codes/batches").json["items"] == []


def test_the_batch_of_a_code_that_nobody_made_is_not_found(api: ApiClient, offer: Offer) -> None:
    batch_id = api.post("/receipt-codes", {"receipt_id": "2026-1"}).json["batch_id"]
    made_up = [batch_id[:-1] + ("0" if batch_id[-1] != "0" else "1"), batch_id[:8] + "0000" + batch_id[12:]]

    for one in made_up:
        assert api.get(f"/receipt-codes/batches/{one}").status == 404
        assert api.post(f"/receipt-codes/batches/{one}/revocation").status == 404
    assert ReceiptBatch.objects.count() == 0


def test_a_receipt_that_was_stamped_gets_no_code(api: ApiClient, offer: Offer) -> None:
    card = public_id("crd", offer.card().id)
    api.post(f"/cards/{card}/stamps", {"receipt_id": "1"})

    assert api.post("/receipt-codes", {"receipt_id": "1"}).code == "receipt_already_used"


def test_a_claimed_receipt_earns_nothing_at_the_till(api: ApiClient, offer: Offer) -> None:
    code = api.post("/receipt-codes", {"receipt_id": "1"}).json["code"]
    claim_code(offer.shop.merchant, code, offer.card().id)

    reply = api.post(f"/cards/{public_id('crd', offer.card().id)}/stamps", {"receipt_id": "1"})

    assert reply.code == "receipt_already_used"


def test_an_end_may_be_given(api: ApiClient, offer: Offer) -> None:
    end = (START + timedelta(days=2)).isoformat()

    told = api.post("/receipt-codes", {"receipt_id": "1", "expires": end}).json

    assert told["expires_at"] == "2026-11-25T10:00:00Z"
    assert (
        api.post("/receipt-codes", {"receipt_id": "2", "expires": START.isoformat()}).code == "receipt_code_end_unfit"
    )


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/receipt_id"),
        ({"receipt_id": ""}, "/receipt_id"),
        ({"receipt_id": "1", "count": 0}, "/count"),
        ({"receipt_id": "1", "count": 1, "amount": 1}, "/amount"),
        ({"receipt_id": "1", "expires": "tomorrow"}, "/expires"),
        ({"receipt_id": "1", "daily_limit": 0}, "/daily_limit"),
        ({"receipt_id": "1", "count": "2"}, "/count"),
    ],
)
def test_what_cannot_be_read_is_named(api: ApiClient, offer: Offer, body: Any, pointer: str) -> None:
    reply = api.post("/receipt-codes", body)

    assert (reply.status, reply.code) == (422, "invalid_request")
    assert reply.json["errors"][0]["pointer"] == pointer


def test_where_there_are_several_programs_one_has_to_be_named(api: ApiClient, offer: Offer, lume: Shop) -> None:
    tea = lume.publish(name="Tea card")

    unclear = api.post("/receipt-codes", {"receipt_id": "1"})
    named = api.post("/receipt-codes", {"receipt_id": "1", "program_id": public_id("prg", tea.program.id)})

    assert unclear.json["errors"][0]["pointer"] == "/program_id"
    assert named.json["program_id"] == public_id("prg", tea.program.id)


def test_a_batch_lists_its_codes_and_says_how_many_were_claimed(api: ApiClient, offer: Offer) -> None:
    made = batch(api, name="Bags", daily_limit=2)
    first, second, _third = codes_of(api, made)
    with stopped_at(START + timedelta(hours=2)):
        claim_code(offer.shop.merchant, second, offer.card().id)

    told = api.get(f"/receipt-codes/batches/{made['id']}").json
    listed = api.get(f"/receipt-codes/batches/{made['id']}/codes").json["items"]

    assert (made["count"], made["each"], made["claimed"], made["name"]) == (3, 1, 0, "Bags")
    assert (told["claimed"], told["last_claimed_at"][:13]) == (1, "2026-11-23T12")
    assert [one["number"] for one in listed] == [1, 2, 3]
    assert [one["claimed_at"] is None for one in listed] == [True, False, True]
    assert listed[0]["code"] == first


def test_codes_are_listed_in_pages(api: ApiClient, offer: Offer) -> None:
    made = batch(api, count=5)
    path = f"/receipt-codes/batches/{made['id']}/codes"

    pages = [api.get(f"{path}?limit=2").json, api.get(f"{path}?limit=2&after=2").json, api.get(f"{path}?after=4").json]

    assert [[one["number"] for one in page["items"]] for page in pages] == [[1, 2], [3, 4], [5]]
    assert [page["next"] for page in pages] == [2, 4, None]
    assert api.get(f"{path}?after=5").json == {"items": [], "next": None}


def test_a_revoked_batch_gives_nothing(api: ApiClient, offer: Offer) -> None:
    made = batch(api)
    code = codes_of(api, made)[0]

    revoked = api.post(f"/receipt-codes/batches/{made['id']}/revocation")

    assert revoked.status == 201
    assert revoked.json["revoked_at"]
    assert api.post("/scans", {"code": code}).code == "receipt_code_revoked"


def test_a_scanned_receipt_code_needs_a_card(api: ApiClient, offer: Offer) -> None:
    made = api.post("/receipt-codes", {"count": 2, "receipt_id": "1"}).json

    for code in (made["code"], made["url"], made["code"].lower()):
        reply = api.post("/scans", {"code": code})
        assert reply.status == 200
        assert (reply.json["kind"], reply.json["needs"], reply.json["count"]) == ("receipt_code", "card", 2)


def test_a_scan_says_why_a_receipt_code_gives_nothing(
    api: ApiClient, offer: Offer, rival: ApiClient, rossi: Shop
) -> None:
    rossi.publish()
    theirs = rival.post("/receipt-codes", {"receipt_id": "1"}).json
    ours = api.post("/receipt-codes", {"receipt_id": "1"}).json
    claim_code(offer.shop.merchant, ours["code"], offer.card().id)

    assert api.post("/scans", {"code": ours["code"]}).code == "receipt_code_used"
    assert api.post("/scans", {"code": ours["code"][:12]}).code == "receipt_code_incomplete"
    assert api.post("/scans", {"code": theirs["code"]}).code == "unknown_receipt_code"
    assert api.post("/scans", {"code": theirs["url"]}).code == "unknown_code"


def test_codes_are_made_and_seen_by_keys_that_add_stamps_alone(offer: Offer, lume: Shop) -> None:
    may = ApiClient(lume.api_key(Scope.STAMPS_WRITE))
    reads = ApiClient(lume.api_key(*(scope for scope in Scope if scope.endswith(":read"))))
    made = batch(may)

    assert reads.get(f"/receipt-codes/batches/{made['id']}").status == 200
    for reply in (
        reads.post("/receipt-codes", {"receipt_id": "1"}),
        reads.post("/receipt-codes/batches", {"count": 1}),
        reads.get(f"/receipt-codes/batches/{made['id']}/codes"),
        reads.post(f"/receipt-codes/batches/{made['id']}/revocation"),
    ):
        assert (reply.status, reply.code) == (403, "scope_missing")


def test_the_event_of_a_claim_says_which_code_it_was(api: ApiClient, offer: Offer) -> None:
    made = api.post("/receipt-codes", {"count": 2, "receipt_id": "1"}).json
    card = offer.card()
    stamped = claim_code(offer.shop.merchant, made["code"], card.id)

    data = Event.objects.get(type="receipt_code.claimed").data

    assert data["card_id"] == public_id("crd", card.id)
    assert data["stamp_id"] == public_id("stp", stamped.stamp.id)
    assert data["receipt_code"]["batch_id"] == made["batch_id"]
    assert (data["receipt_code"]["count"], data["receipt_code"]["receipt_id"]) == (2, "1")
