"""Two workers never take the same card, and neither waits for the other."""

import psycopg
import pytest

from stampwell.transactions import merchant_transaction
from stampwell.wallet.google.dispatch import send_due_cards
from stampwell.wallet.google.models import GoogleObject
from stampwell.wallet.google.queue import claim_card, note_changed_cards
from stampwell.wallet.google.save_button import save_link
from tests.doubles.google import Google
from tests.serving import database_url
from tests.world import Offer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two_due(google: Google, offer: Offer) -> Offer:
    cards = [offer.card(), offer.card()]
    for card in cards:
        save_link(offer.shop.merchant, card.id)
    send_due_cards()
    with merchant_transaction(offer.shop.merchant.id) as tx:
        note_changed_cards(tx, [card.id for card in cards])
    return offer


def test_a_card_that_another_worker_holds_is_passed_over(two_due: Offer) -> None:
    merchant_id = two_due.shop.merchant.id
    with psycopg.connect(database_url()) as other:
        (held,) = other.execute(
            "SELECT id FROM google_object WHERE merchant_id = %s AND due IS NOT NULL ORDER BY due LIMIT 1 FOR UPDATE",
            [merchant_id],
        ).fetchone() or (None,)

        claimed = [claim_card(merchant_id), claim_card(merchant_id)]

    assert [row.id for row in claimed if row] == [
        row.id for row in GoogleObject.objects.filter(kind="card") if row.id != held
    ]


def test_a_claimed_card_is_not_claimed_again(two_due: Offer) -> None:
    claimed = [claim_card(two_due.shop.merchant.id) for _ in range(3)]

    assert len({row.id for row in claimed if row}) == 2
    assert claimed[2] is None
