from uuid import UUID

import pytest

from stampwell.cards.giving import give_voucher
from stampwell.cards.models import Card
from stampwell.cards.refusals import CardVoid
from stampwell.refusal import NotFound
from stampwell.vouchers.models import Voucher
from tests.world import Offer, Shop


def coffee_of(offer: Offer) -> UUID:
    return offer.terms.milestones[-1].reward.id


def test_a_reward_given_by_hand_is_a_voucher_of_the_card(lume: Shop) -> None:
    offer = lume.publish()
    card = offer.card()

    give_voucher(lume.merchant, card.id, coffee_of(offer), actor=lume.actor)

    given = Voucher.objects.get(merchant=lume.merchant)
    assert (given.card_id, given.source, given.state, card.row.stamps) == (card.id, "hand", "ready", 0)


def test_a_void_card_gets_no_reward_by_hand(lume: Shop) -> None:
    offer = lume.publish()
    card = offer.card()
    Card.objects.filter(merchant=lume.merchant, id=card.id).update(state="void")

    with pytest.raises(CardVoid):
        give_voucher(lume.merchant, card.id, coffee_of(offer), actor=lume.actor)

    assert not Voucher.objects.filter(merchant=lume.merchant).exists()


def test_a_reward_of_another_program_is_not_given(lume: Shop) -> None:
    card, other = lume.publish().card(), lume.publish(name="Tea card")

    with pytest.raises(NotFound):
        give_voucher(lume.merchant, card.id, coffee_of(other), actor=lume.actor)

    assert not Voucher.objects.filter(merchant=lume.merchant).exists()


def test_a_rival_gives_nothing_to_the_card(lume: Shop, rossi: Shop) -> None:
    offer = lume.publish()
    card = offer.card()

    with pytest.raises(NotFound):
        give_voucher(rossi.merchant, card.id, coffee_of(offer), actor=rossi.actor)

    assert not Voucher.objects.filter(merchant=lume.merchant).exists()
