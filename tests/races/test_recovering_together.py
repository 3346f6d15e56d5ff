"""A card is recovered while somebody scans its old code, stamps it, uses its voucher, or recovers it too."""

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.links import card_code
from stampwell.cards.recounting import recount
from stampwell.cards.recovering import recover_card
from stampwell.cards.refusals import CardMoved
from stampwell.counter.handing_over import hand_over
from stampwell.counter.scanning import recognise, take_scan
from stampwell.events.models import Event
from stampwell.vouchers.models import Redemption
from tests.races.callers import run_together
from tests.web.customer import AT_ONCE, give_stamps
from tests.world import HeldCard, open_lume

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def card() -> HeldCard:
    card = open_lume().publish(earning=AT_ONCE).card()
    give_stamps(card, 5)
    return card


def recover(card: HeldCard) -> None:
    recover_card(card.shop.merchant, card.id, actor=card.shop.actor)


def test_a_code_that_was_read_before_the_card_was_moved_stamps_nothing_after(card: HeldCard) -> None:
    found = recognise(card.shop.merchant, card.code)
    recover(card)

    with pytest.raises(CardMoved):
        take_scan(card.shop.merchant, found, Purchase(), actor=card.shop.actor)

    assert card.row.stamps == 5


def test_the_old_code_stamps_before_the_card_is_moved_or_not_at_all(card: HeldCard) -> None:
    found = recognise(card.shop.merchant, card.code)

    moved, scanned = run_together(
        lambda: recover(card), lambda: take_scan(card.shop.merchant, found, Purchase(), actor=card.shop.actor)
    )

    types = list(Event.objects.order_by("at", "id").values_list("type", flat=True))
    assert moved is None
    if scanned is None:
        assert types[-2:] == ["stamp.added", "card.recovered"]
    assert (type(scanned), card.row.stamps) in [(type(None), 6), (CardMoved, 5)]
    assert recount(card.shop.merchant.id) == []


def test_of_several_who_recover_it_the_last_code_opens_it(card: HeldCard) -> None:
    ends = run_together(*[lambda: recover(card)] * 4)

    assert ends == [None] * 4
    assert card.row.issue == 4
    refusals = [recognise(card.shop.merchant, card_code(card.id, issue)).refusal for issue in range(5)]
    assert [type(refusal) for refusal in refusals] == [CardMoved] * 4 + [type(None)]


def test_a_stamp_that_earns_a_voucher_meanwhile_gives_it_the_cards_own_links(card: HeldCard) -> None:
    ends = run_together(lambda: give_stamps(card, 5), lambda: recover(card))

    assert ends == [None] * 2
    assert {voucher.issue for voucher in card.open_vouchers} == {card.row.issue} == {1}


def test_a_voucher_that_is_used_meanwhile_is_used_once_and_whole(card: HeldCard) -> None:
    (biscuit,) = card.open_vouchers

    ends = run_together(lambda: hand_over(card.shop.merchant, biscuit.id, actor=card.shop.actor), lambda: recover(card))

    assert ends == [None] * 2
    assert Redemption.objects.count() == 1
    assert (card.open_vouchers, recount(card.shop.merchant.id)) == ([], [])
