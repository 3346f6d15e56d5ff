"""What must not reach Google, and what must not keep others from reaching it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from stampwell.cards.models import Card
from stampwell.clock import new_id, now, stopped_at
from stampwell.programs.models import ProgramVersion
from stampwell.transactions import merchant_transaction
from stampwell.wallet.google.dispatch import UNMADE_PAUSE, send_due_cards
from stampwell.wallet.google.models import GoogleObject
from stampwell.wallet.google.queue import note_changed_cards
from stampwell.wallet.google.save_button import save_link
from stampwell.wallet.google.table import remember
from tests.doubles.google import ISSUER, Google
from tests.web.customer import give_stamps, path_of
from tests.world import HeldCard, Offer

pytestmark = pytest.mark.django_db


def test_who_only_looks_at_the_link_saves_nothing(google: Google, card: HeldCard, client: Client) -> None:
    assert client.head(f"{path_of(card)}/google").status_code == 405

    assert (google.asked, GoogleObject.objects.exists()) == ([], False)


def _lose_a_voucher(card: HeldCard) -> None:
    """An offer stands at Google whose voucher is not there."""
    remember(card.shop.merchant.id, "voucher", new_id(), f"{ISSUER}.vch_lost", card_id=card.id)
    GoogleObject.objects.filter(kind="voucher").update(state="whole", digest=b"something")


def _spoil(card: HeldCard) -> None:
    """It shows a version whose name cannot be read."""
    version = ProgramVersion.objects.get(id=card.row.version_id)
    version.id, version.number, version.name = new_id(), 1000, 7
    version.save(force_insert=True)
    Card.objects.filter(id=card.id).update(version_id=version.id)


@pytest.mark.parametrize(("break_card", "again"), [(_lose_a_voucher, None), (_spoil, UNMADE_PAUSE)])
def test_a_card_that_cannot_be_made_keeps_no_other_waiting(
    google: Google, offer: Offer, break_card: Callable[[HeldCard], None], again: timedelta | None
) -> None:
    first, second = offer.card(), offer.card()
    for card in (first, second):
        save_link(offer.shop.merchant, card.id)
    send_due_cards()
    for card in (first, second):
        give_stamps(card, 1)
    break_card(first)
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
