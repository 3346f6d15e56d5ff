"""One card, many scans: every stamp counts once, and a goal is reached once."""

from threading import Barrier

import pytest
from django.db import connection

from stampwell.cards.earning import Purchase
from stampwell.cards.links import rotating_secret
from stampwell.cards.models import Card, ReachedMilestone, Stamp, StampedReceipt
from stampwell.cards.rotating import code_at_step, rotating_text
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import now
from stampwell.counter.scanning import recognise, take_scan
from stampwell.ids import public_id
from stampwell.refusal import Refusal
from stampwell.vouchers.models import Voucher
from tests.races.callers import Call, call_all, count_statuses, run_together
from tests.serving import Product
from tests.world import open_lume

pytestmark = pytest.mark.django_db(transaction=True)

SCANS = 50
NO_COOLDOWN = {"by": "visit", "cooldown_seconds": 0}


def test_fifty_scans_within_the_cooldown_count_once(product: Product) -> None:
    shop = open_lume()
    card = shop.publish().card()
    path = f"/cards/{public_id('crd', card.id)}/stamps"

    answers = call_all(product.url, shop.api_key(), [Call(path, {}) for _scan in range(SCANS)])

    assert count_statuses(answers) == {201: 1, 409: SCANS - 1}
    assert {answer.json().get("code") for answer in answers} == {None, "cooldown"}
    assert card.row.stamps == 1


def test_fifty_scans_without_a_cooldown_count_fifty_times(product: Product) -> None:
    shop = open_lume()
    card = shop.publish(goal=60, milestones=[{"stamps": 60, "reward": {"name": "Tea"}}], earning=NO_COOLDOWN).card()
    path = f"/cards/{public_id('crd', card.id)}/stamps"

    answers = call_all(product.url, shop.api_key(), [Call(path, {}) for _scan in range(SCANS)])

    assert count_statuses(answers) == {201: SCANS}
    assert sorted(answer.json()["card"]["stamps"] for answer in answers) == list(range(1, SCANS + 1))
    assert card.row.stamps == Stamp.objects.filter(merchant=shop.merchant).count() == SCANS


def test_the_last_stamp_sent_twenty_times_gives_one_voucher(product: Product) -> None:
    shop = open_lume()
    card = shop.publish(earning=NO_COOLDOWN, milestones=[{"stamps": 10, "reward": {"name": "Tea"}}]).card()
    add_stamp(shop.merchant, card.id, Purchase(count=9), actor=shop.actor)
    path = f"/cards/{public_id('crd', card.id)}/stamps"

    answers = call_all(product.url, shop.api_key(), [Call(path, {}, key="the-last-one")] * 20)

    settled = [answer for answer in answers if answer.json().get("code") != "request_in_progress"]
    assert {(answer.status_code, answer.content) for answer in settled} == {(201, settled[0].content)}
    assert Voucher.objects.filter(merchant=shop.merchant).count() == 1
    assert ReachedMilestone.objects.filter(merchant=shop.merchant).count() == 1
    assert (card.row.round, card.row.stamps) == (2, 0)


def test_a_receipt_on_two_cards_at_once_earns_on_one() -> None:
    shop = open_lume()
    offer = shop.publish(earning=NO_COOLDOWN)
    cards = [offer.card() for _card in range(8)]

    ends = run_together(
        *[
            lambda card=card: add_stamp(shop.merchant, card.id, Purchase(receipt_id="R-1"), actor=shop.actor)
            for card in cards
        ]
    )

    assert sum(end is None for end in ends) == 1
    assert all(isinstance(end, Refusal) for end in ends if end)
    assert sum(card.row.stamps for card in cards) == StampedReceipt.objects.filter(merchant=shop.merchant).count() == 1


def test_a_rotating_code_scanned_by_many_at_once_counts_once() -> None:
    shop = open_lume()
    card = shop.publish(earning=NO_COOLDOWN).card()
    code = code_at_step(rotating_secret(card.id, 0), int(now().timestamp() // 30))
    text = rotating_text(card.row.short_number, code)

    ends = run_together(
        *[lambda: take_scan(shop.merchant, recognise(shop.merchant, text), Purchase(), actor=shop.actor)] * 12
    )

    assert sum(end is None for end in ends) == 1
    assert card.row.stamps == 1


def test_a_stamp_is_undone_once_by_many_hands() -> None:
    shop = open_lume()
    card = shop.publish(earning=NO_COOLDOWN).card()
    add_stamp(shop.merchant, card.id, Purchase(count=3), actor=shop.actor)
    stamp_id = Stamp.objects.get(merchant=shop.merchant).id

    ends = run_together(
        *[lambda: undo_stamp(shop.merchant, stamp_id, reason="", actor=shop.actor)] * 8,
        *[lambda: add_stamp(shop.merchant, card.id, Purchase(), actor=shop.actor)] * 8,
    )

    assert sum(end is None for end in ends[:8]) == 1
    assert ends[8:] == [None] * 8
    assert card.row.stamps == 8


def test_the_race_exists_without_the_lock() -> None:
    """Read, add one, write back: what stamping would be without the card's lock."""
    shop = open_lume()
    card, everybody_has_read = shop.publish(earning=NO_COOLDOWN).card(), Barrier(8, timeout=60)

    def stamp_carelessly() -> None:
        with connection.cursor() as cursor:
            where = [shop.merchant.id, card.id]
            cursor.execute("SELECT stamps FROM card WHERE merchant_id = %s AND id = %s", where)
            stamps = cursor.fetchone()[0]
            everybody_has_read.wait()
            cursor.execute("UPDATE card SET stamps = %s WHERE merchant_id = %s AND id = %s", [stamps + 1, *where])

    run_together(*[stamp_carelessly] * 8)

    assert Card.objects.get(merchant=shop.merchant).stamps < 8
