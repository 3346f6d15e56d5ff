"""Where the owner says an age, nothing is drawn for whoever is younger, whichever way the stamp comes."""

from datetime import date, timedelta
from typing import Any

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.rows import ask_to_lock_card
from stampwell.cards.stamping_late import stamp_later
from stampwell.clock import now
from stampwell.counter.scanning import recognise, take_scan
from stampwell.draws.models import Draw
from stampwell.ids import public_id
from stampwell.job_kinds import KINDS
from stampwell.jobs.worker import JobWorker
from stampwell.programs.terms import terms_of
from stampwell.receipts.claiming import claim_code
from stampwell.receipts.making import Wanted, code_of, make_receipt_code
from stampwell.transactions import merchant_transaction
from tests.cards.test_drawing import draw_of, of_one
from tests.cards.test_new_terms import change, draft
from tests.cards.test_stamping import NO_COOLDOWN, stamp
from tests.jobs.conftest import queue as queue
from tests.web.api.client import ApiClient
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db

LAST = {"stamps": 9, "reward": {"name": "A dinner"}}


def with_draw_at(stamps: int) -> dict[str, Any]:
    drawn = draw_of(*of_one("stock", 9), minimum_age=18)
    return {"goal": 9, "milestones": [drawn | {"stamps": stamps}, LAST]}


def by_api(offer: Offer, card: HeldCard) -> None:
    answer = ApiClient(offer.shop.api_key()).post(f"/cards/{public_id('crd', card.id)}/stamps", {})
    assert answer.status == 201


def by_scan(offer: Offer, card: HeldCard) -> None:
    """As scanner, kiosk and autopilot do it."""
    take_scan(offer.shop.merchant, recognise(offer.shop.merchant, card.code), Purchase(), actor=offer.shop.actor)


def by_scan_that_was_kept(offer: Offer, card: HeldCard) -> None:
    with merchant_transaction(offer.shop.merchant.id) as tx:
        asked, happened = ask_to_lock_card(tx, card.id), now() - timedelta(minutes=5)
        stamp_later(tx, offer.shop.merchant, asked, Purchase(), actor=offer.shop.actor, happened=happened)


def by_receipt(offer: Offer, card: HeldCard) -> None:
    made = make_receipt_code(offer.shop.merchant, Wanted(program_id=offer.program.id), "R-1", actor=offer.shop.actor)
    claim_code(offer.shop.merchant, code_of(made.batch), card.id)


def by_new_terms(offer: Offer, card: HeldCard) -> None:
    stamp(card, count=2)
    change(offer, draft(**with_draw_at(1)), "everybody")
    JobWorker(KINDS).empty_the_queue()


@pytest.mark.parametrize(
    ("way", "draw_at"),
    [(by_api, 1), (by_scan, 1), (by_scan_that_was_kept, 1), (by_receipt, 1), (by_new_terms, 3)],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_whichever_way_a_stamp_comes_a_child_draws_nothing(queue: None, lume: Shop, way: Any, draw_at: int) -> None:
    offer = lume.publish(earning=NO_COOLDOWN, **with_draw_at(draw_at))
    child = offer.card(name="Cy", birthday=now().date() - timedelta(days=17 * 365))
    grown = offer.card(name="Di", birthday=date(1990, 1, 1))

    way(offer, child)

    assert not Draw.objects.filter(merchant=lume.merchant).exists()
    assert names(child) == ["A napkin"]
    stamp(grown, count=draw_at)
    assert names(grown) == ["A cake"]


def test_the_stamps_that_a_card_begins_with_draw_nothing_for_a_child(lume: Shop) -> None:
    offer = lume.publish(earning=NO_COOLDOWN | {"welcome_stamps": 1}, **with_draw_at(1))

    child = offer.card(name="Cy", birthday=now().date() - timedelta(days=17 * 365))

    assert names(child) == ["A napkin"]


def names(card: HeldCard) -> list[str]:
    return [
        terms_of(card.shop.merchant.id, one.version_id).reward(one.reward_id).name["en"] for one in card.open_vouchers
    ]
