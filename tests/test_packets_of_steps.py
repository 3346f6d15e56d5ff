"""How often the steps of the till wait for the database: what they cost everybody, whatever the machine."""

from typing import Any

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.links import rotating_secret
from stampwell.cards.rotating import STEP_SECONDS, code_at_step, rotating_text
from stampwell.cards.stamping import Stamped, add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.counter.handing_over import HandedOver, give_back, hand_over
from stampwell.events.actors import Actor
from stampwell.ids import public_id
from stampwell.merchants.changing import change_staff_limits
from stampwell.merchants.models import Merchant
from stampwell.merchants.protection import Protection
from stampwell.vouchers.links import voucher_code
from tests.moments import START
from tests.packets import packets_of
from tests.web.api.client import ApiClient
from tests.web.scanner.phone import Phone
from tests.world import HeldCard, Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)
ONE = Purchase()


@pytest.fixture
def shop() -> Shop:
    return open_lume()


@pytest.fixture
def api(shop: Shop) -> ApiClient:
    api = ApiClient(shop.api_key())
    assert api.get("/api/v1/me").status == 200
    assert api.post("/api/v1/scans", {"code": "12345678"}).status == 404
    return api


@pytest.fixture
def phone(shop: Shop) -> Phone:
    phone = Phone(shop).enrol()
    phone.sign_in(shop.hire("Bo"))
    assert phone.scan("12345678").outcome == "refused"
    return phone


@pytest.fixture
def card(shop: Shop) -> HeldCard:
    """Three stamps before its coffee, with a biscuit to hand over; everything is prepared by an hour before noon."""
    earning = {"by": "visit", "cooldown_seconds": 0}
    card = shop.publish(earning=earning).card()
    add_stamp(shop.merchant, card.id, Purchase(count=7), actor=shop.actor)
    return card


def rotating(card: HeldCard, *, steps_away: int = 0) -> str:
    step = int(START.timestamp()) // STEP_SECONDS + steps_away
    return rotating_text(card.row.short_number, code_at_step(rotating_secret(card.id, 0), step))


def test_steps_of_the_ledger(shop: Shop, card: HeldCard) -> None:
    merchant, actor, biscuit = shop.merchant, shop.actor, card.open_vouchers[0].id
    stamped: list[Stamped] = []
    handed: list[HandedOver] = []

    waits = {
        "stamp": packets_of(lambda: stamped.append(add_stamp(merchant, card.id, ONE, actor=actor))),
        "stamp that fills the round": packets_of(lambda: add_stamp(merchant, card.id, Purchase(count=2), actor=actor)),
        "undo": packets_of(lambda: undo_stamp(merchant, stamped[0].stamp.id, reason="x", actor=actor)),
        "hand over": packets_of(lambda: handed.append(hand_over(merchant, biscuit, actor=actor))),
        "give back": packets_of(lambda: give_back(merchant, handed[0].redemption.id, reason="x", actor=actor)),
    }

    assert waits == {"stamp": 2, "stamp that fills the round": 3, "undo": 7, "hand over": 2, "give back": 4}


def test_calls_of_the_api(api: ApiClient, card: HeldCard) -> None:
    biscuit = card.open_vouchers[0].id
    code, stale, typed = rotating(card), rotating(card, steps_away=-9), card.row.short_number

    def stamp() -> None:
        assert api.post(f"/api/v1/cards/{public_id('crd', card.id)}/stamps").status == 201

    def redeem() -> None:
        assert api.post(f"/api/v1/vouchers/{public_id('vch', biscuit)}/redemption").status == 201

    def scan(what: str, status: int) -> None:
        assert api.post("/api/v1/scans", {"code": what}).status == status

    waits = {
        "read": packets_of(lambda: api.get(f"/api/v1/cards/{public_id('crd', card.id)}")),
        "stamp": packets_of(stamp),
        "redemption": packets_of(redeem),
        "scan of a rotating code": packets_of(lambda: scan(code, 201)),
        "scan of a number that fills the round": packets_of(lambda: scan(typed, 201)),
        "scan of an old picture": packets_of(lambda: scan(stale, 409)),
        "scan of another shop's code": packets_of(lambda: scan("C" + "B" * 32, 404)),
    }

    assert waits == {
        "read": 1,
        "stamp": 2,
        "redemption": 2,
        "scan of a rotating code": 3,
        "scan of a number that fills the round": 4,
        "scan of an old picture": 4,  # the fast lane looks, and leaves it to the long way
        "scan of another shop's code": 5,  # it may be another code of this shop, such as a reward's for the till
    }


def test_taps_at_the_scanner(phone: Phone, card: HeldCard) -> None:
    biscuit = card.open_vouchers[0].id
    code, stale = rotating(card), rotating(card, steps_away=-9)

    waits = {
        "scan of a card": packets_of(lambda: phone.scan(code)),
        "scan of a card that fills its round": packets_of(lambda: phone.scan(card.code, count=2)),
        "scan of a voucher": packets_of(lambda: phone.scan(voucher_code(biscuit, 0))),
        "scan of an old picture": packets_of(lambda: phone.scan(stale)),
        "scan of another shop's code": packets_of(lambda: phone.scan("C" + "B" * 32)),
        "hand over": packets_of(lambda: phone.tap(f"/scanner/vouchers/{public_id('vch', biscuit)}/redemption")),
        "hand over again": packets_of(lambda: phone.tap(f"/scanner/vouchers/{public_id('vch', biscuit)}/redemption")),
    }

    assert waits == {
        "scan of a card": 8,  # one of them asks what is in its days of grace
        "scan of a card that fills its round": 9,
        "scan of a voucher": 8,
        "scan of an old picture": 7,
        "scan of another shop's code": 7,
        "hand over": 7,
        "hand over again": 9,
    }


def test_a_limit_of_the_day_costs_one_wait_where_the_shop_has_it(shop: Shop, card: HeldCard) -> None:
    bo, phone = shop.hire("Bo"), shop.scanner()[0]
    actor = Actor(source="scanner", location_id=shop.location.id, station_id=phone.id, staff_member_id=bo.id)

    def waits(**limits: Any) -> int:
        protection = Protection(**limits)
        change_staff_limits(
            shop.merchant, most_stamps_at_once=10, most_stamps_with_override=5, protection=protection, actor=shop.actor
        )
        merchant = Merchant.objects.get(id=shop.merchant.id)
        return packets_of(lambda: add_stamp(merchant, card.id, ONE, actor=actor))

    assert waits(most_stamps_on_card_a_day=100) == 2
    assert waits(most_stamps_by_person_a_day=100, most_stamps_by_device_a_day=100) == 3
