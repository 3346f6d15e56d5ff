"""Whoever has claimed a card is alone with it, as long as it takes; nothing else moves what waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection

from stampwell.clock import new_id, now, stopped_at
from stampwell.wallet.google.account import google_account
from stampwell.wallet.google.dispatch import send_due_cards
from stampwell.wallet.google.models import GoogleObject
from stampwell.wallet.google.notices import take_notice
from stampwell.wallet.google.queue import LEASE, claim_card, wait_after_failure
from stampwell.wallet.google.rest import GoogleCalls
from stampwell.wallet.google.save_button import save_link
from stampwell.wallet.google.sync import bring_up_to_date
from stampwell.wallet.google.table import ObjectRow
from tests.doubles.google import Google
from tests.wallet.google.following import follow, note, row_of, save
from tests.web.customer import give_stamps, one_reward
from tests.world import HeldCard, Shop


@pytest.fixture
def begun() -> Iterator[datetime]:
    """A moment at which time stands still."""
    with stopped_at(now()):
        yield now()


def claim(card: HeldCard) -> ObjectRow:
    note(card)
    claimed = claim_card(card.shop.merchant.id)
    assert claimed is not None
    return claimed


def test_a_tap_leaves_a_claimed_card_alone(google: Google, card: HeldCard, begun: datetime) -> None:
    save(card)
    claim(card)

    save_link(card.shop.merchant, card.id)

    assert row_of(card).leased_until == begun + LEASE
    assert claim_card(card.shop.merchant.id) is None


def test_a_tap_does_not_hurry_a_busy_google(google: Google, card: HeldCard) -> None:
    save(card)
    give_stamps(card, 2)
    note(card)
    google.trouble = [503]
    send_due_cards()
    pause = row_of(card).due

    save_link(card.shop.merchant, card.id)

    assert row_of(card).due == pause  # Google asked for it


def test_a_tap_sends_at_once_what_was_refused(google: Google, card: HeldCard) -> None:
    save(card)
    give_stamps(card, 2)
    google.trouble = [400]
    follow(card)

    save_link(card.shop.merchant, card.id)
    send_due_cards()

    assert google.card()["loyaltyPoints"]["balance"] == {"string": "2/10"}


def test_a_claim_lasts_as_long_as_its_requests(google: Google, lume: Shop, begun: datetime) -> None:
    card = lume.publish(**one_reward("staff_scan")).card()
    save(card)
    give_stamps(card, 2)
    claimed = claim(card)

    with stopped_at(begun + timedelta(seconds=50)):  # seven answers of seven seconds later
        bring_up_to_date(GoogleCalls(google_account()), lume.merchant, claimed)

    with stopped_at(begun + timedelta(seconds=100)):
        assert claim_card(lume.merchant.id) is None
    with stopped_at(begun + timedelta(seconds=110)):
        assert claim_card(lume.merchant.id) is not None


def test_two_who_send_the_same_card_count_every_notice(google: Google, card: HeldCard) -> None:
    save(card)
    claimed, merchant_id = claim(card), card.shop.merchant.id  # both know the row as it was then

    taken = [take_notice(merchant_id, claimed, [ready]) for ready in (new_id(), new_id(), new_id(), new_id())]

    assert taken == [True, True, True, False]
    assert len(row_of(card).notified) == 3


def test_a_card_that_was_removed_while_a_try_failed_is_not_sent(google: Google, card: HeldCard) -> None:
    save(card)
    give_stamps(card, 2)
    claimed = claim(card)
    GoogleObject.objects.filter(kind="card").update(removed=now())
    wait_after_failure(card.shop.merchant.id, claimed, "503 trouble", status=503, again=now() + timedelta(seconds=4))
    google.asked.clear()

    with stopped_at(now() + timedelta(minutes=1)):
        send_due_cards()

    assert google.asked == []
    assert (row_of(card).due, row_of(card).tries) == (None, 0)


@contextmanager
def broken(shop: Shop) -> Iterator[None]:
    """The shop's cards cannot be leased: the database refuses their rows."""
    refuse = f"CHECK (merchant_id <> '{shop.merchant.id}' OR leased_until IS NULL) NOT VALID"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE google_object ADD CONSTRAINT broken {refuse}")
        yield
        cursor.execute("ALTER TABLE google_object DROP CONSTRAINT broken")


@pytest.mark.django_db(transaction=True)
def test_a_shop_whose_rows_cannot_be_written_holds_up_no_other(google: Google, lume: Shop, rossi: Shop) -> None:
    ours, theirs = lume.publish().card(), rossi.publish().card()
    save(ours)
    save(theirs)
    note(ours, theirs)

    with broken(lume):
        sent = send_due_cards()

    assert sent == 1
    assert (row_of(ours).due is None, row_of(theirs).due is None) == (False, True)
