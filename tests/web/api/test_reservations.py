"""Asking for a voucher, holding it, giving it back and using it, by programs."""

from datetime import timedelta

import pytest

from stampwell.clock import now, stopped_at
from stampwell.events.models import Event
from stampwell.merchants.access import Scope
from stampwell.merchants.models import Location, Merchant
from stampwell.redeem_codes.models import PoolCode
from stampwell.requests.models import StoredAnswer
from stampwell.vouchers.models import Redemption, Voucher
from tests.redeem_codes.working import lay_in, pool_of
from tests.vouchers.test_till_codes import offer_from
from tests.web.api.client import ApiClient
from tests.web.api.test_answers import coffee, redeem, refused, voucher_of
from tests.world import Shop

pytestmark = pytest.mark.django_db

READS = [scope for scope in Scope if scope.endswith(":read")]


def test_a_voucher_is_asked_for_held_and_used(api: ApiClient, lume: Shop) -> None:
    voucher = voucher_of(api, lume.publish(**coffee()).card())
    here = f"loc_{lume.location.id.hex}"

    asked = api.post(f"/vouchers/{voucher}/validation", key=None).json
    held = api.post(f"/vouchers/{voucher}/reservation", {"seconds": 90, "location_id": here})
    elsewhere = redeem(api, voucher)
    reservation = held.json["reservation"]
    used = redeem(api, voucher, reservation=reservation["id"])

    assert (asked["valid"], asked["code"], asked["problem"], asked["voucher"]["state"]) == (True, None, None, "ready")
    assert (held.status, held.json["voucher"]["state"]) == (201, "reserved")
    assert (reservation["voucher_id"], reservation["location_id"]) == (voucher, here)
    assert held.json["voucher"]["reserved_until"] == reservation["ends_at"]
    refused(elsewhere, "voucher_reserved")
    assert (elsewhere.json["retryable"], elsewhere.json["facts"]) == (True, {"until": reservation["ends_at"]})
    assert (used.status, used.json["voucher"]["state"], used.json["voucher"]["reserved_until"]) == (
        201,
        "redeemed",
        None,
    )
    told = api.get("/events?type=voucher.reserved").json["items"]
    assert [event["data"]["reservation"] for event in told] == [reservation]


def test_the_same_reservation_again_gets_the_same_answer(api: ApiClient, lume: Shop) -> None:
    voucher = voucher_of(api, lume.publish(**coffee()).card())

    first = api.post(f"/vouchers/{voucher}/reservation", {}, key="till-1")
    again = api.post(f"/vouchers/{voucher}/reservation", {}, key="till-1")

    assert (again.status, again.body) == (201, first.body)
    assert Event.objects.filter(type="voucher.reserved").count() == 1


def test_what_is_not_bought_is_given_back(api: ApiClient, lume: Shop) -> None:
    voucher = voucher_of(api, lume.publish(**coffee()).card())
    by_it = {"reservation": api.post(f"/vouchers/{voucher}/reservation").json["reservation"]["id"]}

    released = api.post(f"/vouchers/{voucher}/release", by_it)
    again = api.post(f"/vouchers/{voucher}/release", by_it)

    assert (released.status, again.status) == (201, 201)
    assert (released.json["voucher"]["state"], released.json["reservation_id"]) == ("ready", by_it["reservation"])
    assert again.json == released.json
    refused(redeem(api, voucher, **by_it), "reservation_over")
    assert redeem(api, voucher).status == 201
    refused(api.post(f"/vouchers/{voucher}/release", by_it), "voucher_already_redeemed")


def test_the_voucher_reads_as_ready_once_the_time_is_over(api: ApiClient, lume: Shop) -> None:
    voucher = voucher_of(api, lume.publish(**coffee()).card())
    ends = api.post(f"/vouchers/{voucher}/reservation", {"seconds": 60}).json["reservation"]["ends_at"]

    during = api.get(f"/vouchers/{voucher}").json
    with stopped_at(now() + timedelta(seconds=60)):
        after = api.get(f"/vouchers/{voucher}").json

    assert (during["state"], during["reserved_until"]) == ("reserved", ends)
    assert (after["state"], after["reserved_until"]) == ("ready", None)


@pytest.mark.parametrize("seconds", [0, -1, 3601, "60", 1.5])
def test_a_reservation_lasts_from_a_second_to_an_hour(api: ApiClient, lume: Shop, seconds: object) -> None:
    reply = api.post("/vouchers/vch_1/reservation", {"seconds": seconds})

    assert (reply.status, reply.code, reply.json["errors"][0]["pointer"]) == (422, "invalid_request", "/seconds")


def test_a_voucher_for_the_next_visit_says_that_it_waits(api: ApiClient, lume: Shop) -> None:
    waits = voucher_of(api, lume.publish(**coffee(from_next_visit=True)).card())
    ready = voucher_of(api, lume.publish(**coffee()).card())

    told = api.get(f"/vouchers/{waits}").json

    assert (told["state"], told["awaits_visit"]) == ("pending", True)
    assert "ready" not in redeem(api, waits).json["facts"]
    assert api.get(f"/vouchers/{ready}").json["awaits_visit"] is False


@pytest.mark.parametrize("call", ["redemption", "release", "validation"])
def test_what_is_no_reservation_is_a_mistake(api: ApiClient, lume: Shop, call: str) -> None:
    voucher = voucher_of(api, lume.publish(**coffee()).card())

    for text in ("", "till 4", f"rsv_{'0' * 31}", f"vch_{'0' * 32}"):
        reply = api.post(f"/vouchers/{voucher}/{call}", {"reservation": text})

        assert (reply.status, reply.code, reply.json["errors"][0]["pointer"]) == (
            422,
            "invalid_request",
            "/reservation",
        )


def test_a_validation_answers_as_a_redemption_would(api: ApiClient, lume: Shop) -> None:
    other = Location.objects.create(merchant=lume.merchant, name="Harbour", time_zone="Europe/Riga")
    later = voucher_of(api, lume.publish(**coffee(active_after_seconds=3600)).card())
    elsewhere = voucher_of(api, lume.publish(**coffee(location_ids=[f"loc_{other.id.hex}"])).card())
    held, used, free = (voucher_of(api, lume.publish(**coffee()).card()) for _one in range(3))
    api.post(f"/vouchers/{held}/reservation")
    redeem(api, used)

    for voucher, code in (
        (later, "voucher_not_ready"),
        (elsewhere, "wrong_location"),
        (held, "voucher_reserved"),
        (used, "voucher_already_redeemed"),
    ):
        asked = api.post(f"/vouchers/{voucher}/validation", {}).json
        assert (asked["valid"], asked["code"]) == (False, code)
        assert {**asked["problem"], "instance": ""} == {**redeem(api, voucher).json, "instance": ""}
    there = api.post(f"/vouchers/{elsewhere}/validation", {"location_id": f"loc_{other.id.hex}"}).json
    assert there["valid"]
    unknown = {"reservation": f"rsv_{'0' * 32}"}
    assert api.post(f"/vouchers/{free}/validation", unknown).json["code"] == "reservation_over"
    refused(redeem(api, free, **unknown), "reservation_over")


def test_a_closed_shop_says_so_when_it_is_asked(api: ApiClient, lume: Shop) -> None:
    voucher = voucher_of(api, lume.publish(**coffee()).card())
    Merchant.objects.filter(id=lume.merchant.id).update(closed=now())

    asked = api.post(f"/vouchers/{voucher}/validation").json

    assert (asked["valid"], asked["code"]) == (False, "shop_closed")


def test_a_validation_writes_nothing(api: ApiClient, lume: Shop) -> None:
    voucher = voucher_of(api, lume.publish(**coffee()).card())
    before = [list(table.objects.order_by("pk").values()) for table in (Voucher, Event, StoredAnswer, Redemption)]

    for _time in range(2):
        assert api.post(f"/vouchers/{voucher}/validation", {}).status == 200

    after = [list(table.objects.order_by("pk").values()) for table in (Voucher, Event, StoredAnswer, Redemption)]
    assert after == before


def test_a_key_that_may_only_read_asks_and_holds_nothing(api: ApiClient, lume: Shop) -> None:
    voucher = voucher_of(api, lume.publish(**coffee(path="redeem_code", redeem_code=REDEEM_CODE)).card())
    reader = ApiClient(lume.api_key(*READS))

    asked = reader.post(f"/vouchers/{voucher}/validation")
    tried = [reader.post(f"/vouchers/{voucher}/{act}", {}) for act in ("reservation", "release", "redemption")]

    assert (asked.status, asked.json["valid"]) == (200, True)
    assert (asked.json["voucher"]["code"], asked.json["voucher"]["web_url"]) == (None, None)
    assert asked.json["voucher"]["redeem_code"]["code"] is None
    assert b"FREECOFFEE" not in asked.body
    assert [(reply.status, reply.code) for reply in tried] == [(403, "scope_missing")] * 3


def test_a_till_that_holds_a_voucher_does_not_see_its_own_code(api: ApiClient, lume: Shop) -> None:
    """Nobody has shown it, so another voucher may get it."""
    pool = pool_of(lume, handed_out="issue")
    lay_in(lume, pool)
    voucher = voucher_of(api, offer_from(lume, pool).card())

    held = api.post(f"/vouchers/{voucher}/reservation")

    assert (held.status, held.json["voucher"]["redeem_code"]["code"]) == (201, None)
    assert PoolCode.objects.filter(voucher_id__isnull=False).count() == 1


REDEEM_CODE = {"kind": "static", "code": "FREECOFFEE"}
