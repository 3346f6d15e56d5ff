"""Three notices in 24 hours, counted from each of them and not by the day."""

from datetime import timedelta

from stampwell.clock import now, stopped_at
from stampwell.transactions import merchant_transaction
from stampwell.wallet.google.dispatch import send_due_cards
from stampwell.wallet.google.models import GoogleObject
from stampwell.wallet.google.queue import note_changed_cards
from stampwell.wallet.google.save_button import save_link
from tests.doubles.google import Google
from tests.web.customer import give_stamps, one_reward
from tests.world import HeldCard, Shop


def earn_reward(card: HeldCard) -> None:
    give_stamps(card, 2)
    with merchant_transaction(card.shop.merchant.id) as tx:
        note_changed_cards(tx, [card.id])
    send_due_cards()


def test_a_notice_is_free_again_24_hours_after_one_was_sent(google: Google, lume: Shop) -> None:
    card, begun = lume.publish(**one_reward("self_redeem")).card(), now()
    save_link(lume.merchant, card.id)
    send_due_cards()

    rung = []
    for hours in (0, 10, 20, 23.9, 24.1, 24.2, 33.9, 34.1):
        moment = begun + timedelta(hours=hours)
        with stopped_at(moment):
            earn_reward(card)
        if moment in GoogleObject.objects.get(kind="card", card_id=card.id).notified:
            rung.append(hours)

    assert rung == [0, 10, 20, 24.1, 34.1]
