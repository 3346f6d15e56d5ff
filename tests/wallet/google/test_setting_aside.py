"""What must not reach Google, and what must not keep others from reaching it."""

from datetime import timedelta

import pytest
from django.test import Client

from stampwell.clock import now, stopped_at
from stampwell.transactions import merchant_transaction
from stampwell.wallet.google.linking import save_link
from stampwell.wallet.google.models import GoogleObject
from stampwell.wallet.google.sending import UNMADE_PAUSE, send_due_cards
from stampwell.wallet.google.storing import note_changed_cards
from tests.doubles.google import Google
from tests.web.customer import give_stamps, path_of
from tests.world import HeldCard, Offer

pytestmark = pytest.mark.django_db


def test_who_only_looks_at_the_link_saves_nothing(google: Google, card: HeldCard, client: Client) -> None:
    assert client.head(f"{path_of(card)}/google").status_code == 405

    assert (google.asked, GoogleObject.objects.exists()) == ([], False)


@pytest.mark.parametrize(
    ("broken", "again"),
    [
        ({"linked": ["0" * 32]}, None),  # a voucher that is not there
        ({"linked": ["no id"]}, UNMADE_PAUSE),
    ],
)
def test_a_card_that_cannot_be_made_keeps_no_other_waiting(
    google: Google, offer: Offer, broken: dict[str, list[str]], again: timedelta | None
) -> None:
    first, second = offer.card(), offer.card()
    for card in (first, second):
        save_link(offer.shop.merchant, card.id)
    send_due_cards()
    GoogleObject.objects.filter(card_id=first.id, kind="card").update(shown=broken)
    for card in (first, second):
        give_stamps(card, 1)
    at = now()
    with stopped_at(at):
        with merchant_transaction(offer.shop.merchant.id) as tx:
            note_changed_cards(tx, [first.id, second.id])
        send_due_cards()

    due = dict(GoogleObject.objects.filter(kind="card").values_list("card_id", "due"))
    assert due == {first.id: at + again if again else None, second.id: None}
    assert [one["loyaltyPoints"]["balance"]["string"] for one in google.objects["loyaltyObject"].values()] == [
        "0/10",
        "1/10",
    ]
