"""What a customer sees, corrects, takes along, withdraws and deletes on their own phone."""

import json

import pytest
from django.test import Client

from stampwell.cards.issuing import issue_card
from stampwell.customers.joining import ConsentGiven, ContactDetails
from stampwell.customers.models import Consent, Customer
from stampwell.events.actors import CUSTOMER
from stampwell.events.models import Event
from stampwell.merchants.changing import change_messages
from stampwell.web.card.my_data import MOST_CHANGES
from tests.kept import made_once
from tests.web.customer import AT_ONCE, NOBODY, give_stamps, path_of, write
from tests.world import HeldCard, Shop

AGREED = "Café Lume may send me news and offers. I can stop this at any time."


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    """With a biscuit that was earned; the customer agreed to news."""
    issued = issue_card(
        lume.merchant,
        lume.publish(earning=AT_ONCE).terms,
        locale="en",
        actor=CUSTOMER,
        details=ContactDetails(name="Cy", email="cy@lume.example"),
        consent=ConsentGiven(wording=AGREED, source="join page"),
    )
    card = HeldCard(lume, issued.card.id)
    give_stamps(card, 6)
    return card


@pytest.fixture
def phone() -> Client:
    return Client(headers={"accept-language": "en"})


def data_of(card: HeldCard) -> str:
    return f"{path_of(card)}/my-data"


def test_the_card_leads_to_it_and_it_shows_what_is_known(phone: Client, card: HeldCard) -> None:
    page = phone.get(data_of(card))

    assert data_of(card) in phone.get(path_of(card)).text
    assert 'value="Cy"' in page.text
    assert 'value="cy@lume.example"' in page.text
    assert "You agreed to news and offers on" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"


def test_what_is_corrected_is_kept_and_the_journal_says_by_whom(phone: Client, card: HeldCard) -> None:
    answer = phone.post(data_of(card), {"name": "Cyril", "email": "", "phone": "+371 2000", "birthday": "1990-04-30"})

    customer = Customer.objects.get()
    event = Event.objects.get(type="customer.updated")
    assert answer.headers["Location"] == data_of(card)
    assert (customer.name, customer.email, customer.phone) == ("Cyril", "", "+371 2000")
    assert (event.source, event.data["changed"]) == ("card", ["name", "email", "phone", "birthday"])


def test_what_cannot_be_is_refused_at_its_field(phone: Client, card: HeldCard) -> None:
    answer = phone.post(data_of(card), {"name": "Cyril", "email": "cy@", "phone": "no", "birthday": "2999-01-01"})

    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 3
    assert Customer.objects.get().name == "Cy"


def test_consent_is_withdrawn_once_and_the_ledger_keeps_the_words(phone: Client, card: HeldCard) -> None:
    for _tap in range(2):
        phone.post(f"{data_of(card)}/messages", headers={"accept-language": "lv"})

    assert words_of_ledger() == [(True, AGREED, "en", "join page"), (False, "Es vairs nevēlos ziņas", "lv", "my data")]
    told = [event.data["granted"] for event in Event.objects.filter(type="consent.changed")]
    assert sorted(told) == [False, True]  # of the same moment, and nothing has put them in order yet
    assert 'id="messages"' not in phone.get(data_of(card)).text, "nothing is sent to anybody"
    change_messages(card.shop.merchant, writes_to_customers=True, actor=card.shop.actor)
    assert "You have not agreed to any messages." in phone.get(data_of(card)).text


def test_whoever_agrees_does_so_once_to_the_words_that_stood_there(phone: Client, card: HeldCard) -> None:
    change_messages(card.shop.merchant, writes_to_customers=True, actor=card.shop.actor)
    phone.post(f"{data_of(card)}/messages")
    page, agreement = phone.get(data_of(card)).text, f"{data_of(card)}/agreement"
    assert f'name="wording" value="{AGREED}"' in page

    phone.post(agreement, {"wording": AGREED}, headers={"accept-language": "lv"})  # reads other words by now
    assert len(words_of_ledger()) == 2
    for _tap in range(2):
        phone.post(agreement, {"wording": AGREED})

    assert words_of_ledger()[2:] == [(True, AGREED, "en", "my data")]
    assert "You agreed to news and offers on" in phone.get(data_of(card)).text


def test_nobody_agrees_to_what_never_comes(phone: Client, card: HeldCard) -> None:
    phone.post(f"{data_of(card)}/messages")

    phone.post(f"{data_of(card)}/agreement", {"wording": AGREED})  # the shop writes to nobody
    change_messages(card.shop.merchant, writes_to_customers=True, actor=card.shop.actor)
    phone.post(data_of(card), {"name": "Cy", "email": ""})
    phone.post(f"{data_of(card)}/agreement", {"wording": AGREED})

    assert [granted for granted, *_rest in words_of_ledger()] == [True, False]
    assert "To get news and offers, enter your email above." in phone.get(data_of(card)).text


def test_it_lists_what_was_written_to_the_customer_and_the_file_holds_it(phone: Client, card: HeldCard) -> None:
    assert "Emails to you" not in phone.get(data_of(card)).text
    write(card, "new_terms")

    page, told = phone.get(data_of(card)).text, phone.get(f"{data_of(card)}/file").json()

    assert "Emails to you" in page
    assert "New terms of the card" in page
    (message,) = told["messages"]
    assert {name: message[name] for name in ("kind", "channel", "outcome")} == {
        "kind": "new_terms",
        "channel": "email",
        "outcome": "waiting",
    }


def words_of_ledger() -> list[tuple[bool, str, str, str]]:
    return list(Consent.objects.order_by("at", "id").values_list("granted", "wording", "locale", "source"))


def test_the_file_holds_everything_in_the_words_that_stood_there(phone: Client, card: HeldCard) -> None:
    answer = phone.get(f"{data_of(card)}/file")

    told = json.loads(answer.content)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert (told["customer"]["name"], told["consents"][0]["wording"]) == ("Cy", AGREED)
    assert [stamp["count"] for stamp in told["cards"][0]["stamps"]] == [6]


def test_before_deleting_it_says_what_is_lost_and_afterwards_that_all_is_gone(phone: Client, card: HeldCard) -> None:
    page = f"{data_of(card)}/deletion"
    asked = phone.get(page).text
    assert "1 card with its stamps" in asked
    assert "1 reward that is ready to use." in asked
    assert Customer.objects.get().name == "Cy"

    done = phone.post(page)

    gone = phone.get(done.headers["Location"])
    assert card.row.state == "erased"
    assert (gone.status_code, Customer.objects.get().name) == (410, "")
    assert "This card was deleted, together with your data." in gone.text
    assert Event.objects.get(type="customer.erased").source == "card"
    assert [phone.get(data_of(card) + part).status_code for part in ("", "/file", "/deletion")] == [410] * 3
    assert phone.post(page).status_code == 410


def test_a_link_that_opens_no_card_tells_and_deletes_nothing(phone: Client, card: HeldCard, rossi: Shop) -> None:
    token = path_of(card).rpartition("/")[2]
    for where in (f"/c/{card.shop.merchant.slug}/{NOBODY}", f"/c/{rossi.merchant.slug}/{token}"):
        for part in ("", "/file", "/deletion"):
            assert phone.get(f"{where}/my-data{part}").status_code == 404
        assert phone.post(f"{where}/my-data/deletion").status_code == 404
    assert Customer.objects.get().name == "Cy"


def test_whoever_changes_it_again_and_again_has_to_wait(phone: Client, card: HeldCard) -> None:
    answers = [phone.post(f"{data_of(card)}/messages").status_code for _time in range(MOST_CHANGES + 1)]

    assert answers[-2:] == [302, 429]
