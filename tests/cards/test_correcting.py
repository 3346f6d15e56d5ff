"""Correcting what is known of a customer."""

from datetime import date

import msgspec
import pytest

from stampwell.cards.correcting import change_customer
from stampwell.cards.searching import find_newest
from stampwell.customers.changing import CustomerChange, CustomerChangedMeanwhile, state_of
from stampwell.customers.describing import KnownCustomer, read_customer
from stampwell.events.models import Event
from stampwell.events.rows import EventRow
from stampwell.refusal import NotFound
from stampwell.transactions import columns_of, merchant_transaction
from stampwell.wallet.apple.changes import EVERY_PASS
from stampwell.wallet.changed_cards import note_changes
from tests.kept import made_once
from tests.world import HeldCard, Shop


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    return lume.publish().card(name="Cy", email="cy@lume.example", birthday=date(1990, 4, 30))


def known(card: HeldCard) -> KnownCustomer:
    with merchant_transaction(card.shop.merchant.id) as tx:
        return read_customer(tx, card.row.customer_id)


def change(card: HeldCard, *, seen: str = "", **fields: object) -> list[str]:
    wanted = CustomerChange(**fields)  # type: ignore[arg-type]
    return change_customer(card.shop.merchant, card.row.customer_id, wanted, actor=card.shop.actor, seen=seen).changed


def test_only_what_is_sent_changes(card: HeldCard) -> None:
    before = known(card)

    changed = change(card, name="Cyrus", email="cy@lume.example", birthday=None)

    assert changed == ["name", "birthday"]
    assert known(card) == msgspec.structs.replace(before, name="Cyrus", birthday=None)


def test_whoever_was_renamed_is_found_by_the_new_name_alone(card: HeldCard) -> None:
    change(card, name="Žanna", phone="+371 2000 1234")

    with merchant_transaction(card.shop.merchant.id) as tx:
        found = {words: len(find_newest(tx, words, after=None, limit=5)) for words in ("zanna", "20001234", "cy ")}
    assert found == {"zanna": 1, "20001234": 1, "cy ": 1}  # the email still begins with cy


def test_the_event_names_the_fields_and_holds_nothing_of_the_person(card: HeldCard) -> None:
    change(card, name="Cyrus", email="cyrus@lume.example", phone="+371 2000 1234", birthday=date(1991, 1, 2))

    event = Event.objects.get(type="customer.updated")
    assert event.data == {
        "customer_id": f"cus_{card.row.customer_id.hex}",
        "changed": ["name", "email", "phone", "birthday"],
    }
    assert (event.card_id, event.staff_member_id) == (card.id, card.shop.ada.id)


def test_what_stays_as_it_was_is_no_event(card: HeldCard) -> None:
    assert change(card, name="Cy") == []
    assert not Event.objects.filter(type="customer.updated").exists()


def test_the_cards_speak_the_new_language_and_all_their_passes_are_made_anew(card: HeldCard) -> None:
    other = card.shop.publish(name="Tea card").card()
    revision, noted = card.row.revision, list[object]()

    change(card, locale="lv")

    assert (card.row.locale, card.row.revision) == ("lv", revision + 1)
    assert other.row.locale == "en"
    with merchant_transaction(card.shop.merchant.id) as tx:
        sql = f"SELECT {columns_of(EventRow)} FROM event WHERE merchant_id = %s AND type = 'customer.updated'"
        events = [msgspec.structs.replace(event, card_id=None) for event in tx.rows(EventRow, sql, (tx.merchant_id,))]
        note_changes(tx, events, note_cards=lambda _tx, cards: noted.extend(cards), everything=EVERY_PASS)
    assert noted == [card.id]


def test_whoever_saw_an_older_state_is_refused_and_writes_nothing(card: HeldCard) -> None:
    seen = state_of(known(card))
    change(card, phone="+371 2000 1234", seen=seen)

    with pytest.raises(CustomerChangedMeanwhile):
        change(card, name="Cyrus", seen=seen)

    assert known(card).name == "Cy"
    assert change(card, phone="+371 2000 1234", seen=seen) == [], "the same form sent twice is no conflict"


def test_a_rivals_customer_is_not_there(card: HeldCard, rossi: Shop) -> None:
    with pytest.raises(NotFound):
        change_customer(rossi.merchant, card.row.customer_id, CustomerChange(name="x"), actor=rossi.actor)
