"""A connected till asks about the code of a voucher: found, held, used; and who only tries has to wait."""

from datetime import timedelta

import pytest

from stampwell.cards.recovering import recover_card
from stampwell.clock import now
from stampwell.events.models import Event
from stampwell.merchants.access import Scope
from stampwell.merchants.models import ApiKey
from stampwell.requests.models import Attempt
from stampwell.vouchers.api_codes import draw_api_code
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.models import Voucher
from tests.kept import made_once
from tests.vouchers.test_api_codes import LETTERS, card_with_code, code_of
from tests.web.api.client import ApiClient, Reply
from tests.web.api.test_answers import coffee, redeem, refused
from tests.world import HeldCard, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    return card_with_code(lume)


def named(card: HeldCard) -> str:
    return code_of(Voucher.objects.get(card_id=card.id).id)


def scan(api: ApiClient, code: str) -> Reply:
    return api.post("/scans", {"code": code})


def guesses() -> int:
    return sum(Attempt.objects.filter(name__startswith="guess:").values_list("count", flat=True))


def mistyped(code: str) -> str:
    return code[:-1] + LETTERS[(LETTERS.index(code[-1]) + 1) % 32]


def test_a_till_finds_holds_and_uses_a_voucher_by_its_code(api: ApiClient, card: HeldCard) -> None:
    code = named(card)

    (found,) = api.get(f"/vouchers?code={code[:4]}-{code[4:8].lower()}-{code[8:]}").json["items"]
    scanned = scan(api, f" {code.lower()} ")
    held = api.post(f"/vouchers/{found['id']}/reservation").json["reservation"]["id"]
    used = redeem(api, found["id"], reservation=held)

    assert found["redeem_code"] == {"kind": "api", "format": "qr", "code": code, "code_by_location": {}}
    assert (scanned.status, scanned.json["kind"], scanned.json["voucher"]["id"]) == (200, "voucher", found["id"])
    assert (used.status, used.json["redemption"]["path"], used.json["voucher"]["state"]) == (
        201,
        "redeem_code",
        "redeemed",
    )
    (after,) = api.get(f"/vouchers?code={code}").json["items"]
    assert (after["state"], after["redeem_code"]["code"]) == ("redeemed", None)
    refused(redeem(api, found["id"]), "voucher_already_redeemed")


def test_a_program_says_that_the_till_asks_about_its_codes(api: ApiClient) -> None:
    for given, shown in (({}, "qr"), ({"format": "code39"}, "code39")):
        body = coffee(path="redeem_code", redeem_code={"kind": "api", **given})

        program = api.post("/programs", {"name": "Tea", **body})

        assert program.status == 201
        assert program.json["milestones"][0]["reward"]["redeem_code"] == {
            "code_by_location": {},
            "kind": "api",
            "format": shown,
            "code": None,
            "barcode_template": "{code}",
            "pool_id": None,
            "countdown_minutes": None,
        }
    for wrong in ({"format": "ean13"}, {"code": "TEA"}, {"countdown_minutes": 3}):
        body = coffee(path="redeem_code", redeem_code={"kind": "api", **wrong})
        assert api.post("/programs", {"name": "Tea", **body}).status == 422


def test_events_and_keys_that_only_read_show_no_code(api: ApiClient, card: HeldCard, lume: Shop) -> None:
    reads = ApiClient(lume.api_key(Scope.VOUCHERS_READ, Scope.EVENTS_READ))

    (found,) = reads.get(f"/vouchers?card_id=crd_{card.id.hex}").json["items"]

    assert found["redeem_code"] == {"kind": "api", "format": "qr", "code": None, "code_by_location": {}}
    code = named(card)
    assert not [event for event in Event.objects.all() if code in str(event.data)]


def test_a_mistyped_code_is_told_as_such_and_is_no_guess(api: ApiClient, card: HeldCard) -> None:
    wrong = mistyped(named(card))

    refused(scan(api, wrong), "voucher_code_mistyped", 404)
    refused(api.get(f"/vouchers?code={wrong}"), "voucher_code_mistyped", 404)

    assert guesses() == 0


def test_where_no_reward_has_such_codes_nothing_is_told_of_them(rival: ApiClient, card: HeldCard) -> None:
    wrong = mistyped(named(card))

    refused(scan(rival, wrong), "unknown_code", 404)
    assert rival.get(f"/vouchers?code={wrong}").json["items"] == []


def test_a_rival_finds_nothing_by_the_code(rival: ApiClient, card: HeldCard) -> None:
    refused(scan(rival, named(card)), "unknown_code", 404)
    assert rival.get(f"/vouchers?code={named(card)}").json["items"] == []


def test_the_code_of_a_lost_phone_is_nobodys(api: ApiClient, card: HeldCard, lume: Shop) -> None:
    before = named(card)

    recover_card(lume.merchant, card.id, actor=lume.actor)

    refused(scan(api, before), "unknown_code", 404)
    assert scan(api, named(card)).status == 200


def test_who_tried_many_codes_waits_and_finds_out_nothing(api: ApiClient, card: HeldCard) -> None:
    refused(scan(api, draw_api_code()), "unknown_code", 404)
    assert api.get(f"/vouchers?code={draw_api_code()}").json["items"] == []
    assert guesses() == 2

    ApiKey.objects.update(no_guesses_until=now() + timedelta(seconds=30))  # as after the sixtieth
    for code in (named(card), draw_api_code()):
        refused(scan(api, code), "too_many_attempts", 429)
        refused(api.get(f"/vouchers?code={code}"), "too_many_attempts", 429)
    by_phone = voucher_code(Voucher.objects.get(card_id=card.id).id, 0)
    assert scan(api, by_phone).json["kind"] == "voucher"
    assert api.get(f"/vouchers?code={by_phone}").json["items"]
