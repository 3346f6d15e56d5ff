"""The links that end messages go along for everybody who may have been written to, whatever became of them since."""

from datetime import timedelta
from pathlib import Path

from django.test import Client
from pytest_django import Settings

from stampwell.cards.correcting import change_customer
from stampwell.cards.erasing import erase_customer
from stampwell.cards.issuing import issue_card
from stampwell.cards.merging import merge_customers
from stampwell.clock import now, stopped_at
from stampwell.customers.changing import CustomerChange
from stampwell.customers.describing import read_consent
from stampwell.customers.forgetting_merged import forget_merged_people
from stampwell.customers.joining import ConsentGiven, ContactDetails
from stampwell.customers.messages_link import no_messages_url
from stampwell.events.actors import CUSTOMER
from stampwell.jobs.models import Job
from stampwell.moving.arriving import show
from stampwell.transactions import merchant_transaction
from tests.moving.elsewhere import OTHER_KEY, arrive, forget_shop, write
from tests.world import HeldCard, Offer, Shop

WANTS = ConsentGiven(wording="Café Lume may write.", source="join page")
THIRD_KEY = b"the key of a third installation!"


def joined(offer: Offer, name: str) -> HeldCard:
    details = ContactDetails(name=name, email=f"{name.lower()}@lume.example")
    issued = issue_card(offer.shop.merchant, offer.terms, locale="en", actor=CUSTOMER, details=details, consent=WANTS)
    return HeldCard(offer.shop, issued.card.id)


def link_of(card: HeldCard) -> str:
    return no_messages_url(card.shop.merchant.slug, card.row.customer_id)


def move(shop: Shop, folder: Path, settings: Settings, key: bytes) -> None:
    archive = write(shop.merchant, folder / key.decode().split()[2])
    forget_shop(shop.merchant)
    settings.TOKEN_KEY = key
    arrive(archive)
    show(shop.merchant.id, stays_closed=False)


def click(link: str) -> int:
    """As a mail program does, by itself."""
    return Client().post(link[link.index("/u/") :], {"List-Unsubscribe": "One-Click"}).status_code


def wants(card: HeldCard) -> bool:
    with merchant_transaction(card.shop.merchant.id) as tx:
        consent = read_consent(tx, card.row.customer_id)
    return consent is not None and consent.granted


def test_they_work_for_merged_and_changed_and_erased_customers(lume: Shop, tmp_path: Path, settings: Settings) -> None:
    offer = lume.publish()
    kept, merged, changed, erased = (joined(offer, name) for name in ("Ann", "Ben", "Cy", "Eve"))
    links = [link_of(one) for one in (merged, changed, erased)]
    merge_customers(lume.merchant, kept.row.customer_id, merged.row.customer_id, actor=lume.actor)
    with stopped_at(now() + timedelta(days=31)):
        forget_merged_people()
    without = CustomerChange(email="")
    change_customer(lume.merchant, changed.row.customer_id, without, seen="", actor=lume.actor)
    erase_customer(lume.merchant, erased.row.customer_id, actor=lume.actor)
    Job.objects.update(state="done", ended=now())  # a shop does not leave before what was asked for has ended
    assert (wants(kept), wants(changed)) == (True, True)

    move(lume, tmp_path, settings, OTHER_KEY)

    assert [click(link) for link in links] == [200, 200, 200]
    assert (wants(kept), wants(changed)) == (False, False)


def test_those_of_every_installation_work_after_the_second_move(lume: Shop, tmp_path: Path, settings: Settings) -> None:
    """One that was written in between too."""
    offer = lume.publish()
    first, second, third = (joined(offer, name) for name in ("Ann", "Ben", "Cy"))
    old = link_of(first)
    move(lume, tmp_path, settings, OTHER_KEY)
    between, new = link_of(second), joined(offer, "Eve")
    links = [old, between, link_of(new)]
    move(lume, tmp_path, settings, THIRD_KEY)

    assert [click(link) for link in [*links, link_of(third)]] == [200] * 4
    assert [wants(one) for one in (first, second, third, new)] == [False] * 4
