"""What a customer said about messages, at the desk: in the words that stood there, and taken back there."""

import re
from datetime import timedelta

import pytest

from stampwell.cards.erasing import erase_customer
from stampwell.cards.exporting import export_customer
from stampwell.cards.merging import merge_customers
from stampwell.clock import now, stopped_at
from stampwell.customers.joining import ConsentGiven, add_consent
from stampwell.customers.messages import settle_messages
from stampwell.customers.models import Consent, Customer, SentMessage
from stampwell.events.actors import CUSTOMER
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.mail.clearing import forget_old_mail
from stampwell.mail.models import Mail
from stampwell.merchants.models import StaffMember
from stampwell.transactions import merchant_transaction
from stampwell.web.dashboard.customers.profile import MOST_MAILS
from tests.web.customer import write
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.web.dashboard.test_customers import profile_of
from tests.world import HeldCard

AGREED = "Café Lume drīkst man sūtīt ziņas un piedāvājumus."
BUTTON = "/consent/withdrawal/"


@pytest.fixture
def agreed(card: HeldCard) -> HeldCard:
    with merchant_transaction(card.shop.merchant.id) as tx:
        said = ConsentGiven(wording=AGREED, source="join page")
        add_consent(tx, card.row.customer_id, said, granted=True, locale="lv", at=now(), actor=CUSTOMER)
    return card


def withdraw(desk: DeskClient, card: HeldCard, reason: str = "", once: str = "") -> int:
    path = f"{profile_of(card)}consent/withdrawal/"
    return (desk.send(path, once=once, reason=reason) if once else desk.send(path, reason=reason)).status_code


def test_the_ledger_shows_the_words_that_stood_there_and_where(desk: DeskClient, agreed: HeldCard) -> None:
    page = desk.open(profile_of(agreed))

    assert f'<q lang="lv"><bdi>{AGREED}</bdi></q>' in page.content.decode()
    text = words(page)
    assert text.index("The customer agreed to messages") < text.index(f"{AGREED} On the join page")


def test_what_the_customer_tells_the_shop_is_written_down_once_with_who_and_why(
    desk: DeskClient, agreed: HeldCard
) -> None:
    for _tap in range(2):
        assert withdraw(desk, agreed, " told  at the counter ", once="tap") == 302
    assert withdraw(desk, agreed, "again") == 302

    page = desk.open(profile_of(agreed))
    text = words(page)
    assert "Wants no more messages The customer told the shop · ada Reason: told at the counter" in text
    assert "Reason: again" not in text
    assert BUTTON not in page.content.decode()
    row = Consent.objects.get(granted=False)
    assert (row.source, row.staff_member_id) == ("desk", agreed.shop.ada.id)
    assert "The customer wants no more messages" in words(desk.open("/journal/"))
    event = Event.objects.get(type="consent.changed", source="owner")
    assert event.staff_member_id == agreed.shop.ada.id
    assert not any("counter" in str(one.data) for one in Event.objects.all())


def test_nobody_agrees_for_the_customer(desk: DeskClient, card: HeldCard) -> None:
    page = desk.open(profile_of(card))

    assert "Customers agree on their own phone" in words(page)
    assert BUTTON not in page.content.decode()
    assert withdraw(desk, card, "x") == 302
    assert not Consent.objects.exists()


def test_the_reason_is_told_to_who_asks_for_everything_and_goes_with_the_person(
    desk: DeskClient, agreed: HeldCard
) -> None:
    withdraw(desk, agreed, "told at the counter")

    told = export_customer(agreed.shop.merchant, agreed.row.customer_id)
    assert [said.reason for said in told.consents] == ["", "told at the counter"]

    erase_customer(agreed.shop.merchant, agreed.row.customer_id, actor=agreed.shop.actor)
    assert not Consent.objects.exists()


def test_a_cashier_sees_neither_the_ledger_nor_the_button(desk: DeskClient, agreed: HeldCard) -> None:
    bo = sign_up_staff(agreed.shop, StaffMember.Role.CASHIER)

    assert AGREED not in words(bo.open(profile_of(agreed)))
    assert withdraw(bo, agreed) == 403


def test_what_was_said_by_who_was_merged_into_them_stands_there_too(desk: DeskClient, agreed: HeldCard) -> None:
    other = agreed.shop.publish(name="Tea card").card(name="Cy too")
    merge_customers(agreed.shop.merchant, other.row.customer_id, agreed.row.customer_id, actor=agreed.shop.actor)

    assert AGREED in words(desk.open(profile_of(other)))


def test_emails_are_listed_with_what_became_of_them_as_long_as_the_customer_is_known(
    desk: DeskClient, card: HeldCard
) -> None:
    for kind in ("card_link", "new_terms", "lost_card", "of another release"):
        write(card, kind)
    Mail.objects.filter(kind="new_terms").update(state="failed", ended=now(), problem="No such address.")
    Mail.objects.filter(kind="card_link").update(state="sent", ended=now(), content=None)
    told = ("The link to a lost card", "Not sent yet", "New terms", "Could not be sent", "The link to the card", "Sent")

    text = words(desk.open(profile_of(card)))
    places = [text.index(one) for one in told]
    assert places == sorted(places)
    assert "of another release" not in text

    with stopped_at(now() + timedelta(days=8)):
        settle_messages()
        forget_old_mail()
        settle_messages()
        assert not Mail.objects.filter(kind="card_link").exists()
        text = words(desk.open(profile_of(card)))
    told = (
        "The link to a lost card",
        "Not sent in time",
        "New terms",
        "Could not be sent",
        "The link to the card",
        "Sent",
    )
    assert [one for one in told if one not in text] == []
    erase_customer(card.shop.merchant, card.row.customer_id, actor=card.shop.actor)
    assert not Mail.objects.exists()
    assert not SentMessage.objects.exists()


def test_earlier_emails_are_on_further_pages(desk: DeskClient, card: HeldCard) -> None:
    for kind in ("card_link", *["new_terms"] * (2 * MOST_MAILS)):
        write(card, kind)
    url, seen = profile_of(card), 0
    for _page in range(3):
        page = desk.open(url).content.decode()
        seen += page.count("New terms of the card")
        further = re.search(r'href="(\?emails=mai_[0-9a-f]+)#emails"', page)
        url = profile_of(card) + further[1] if further else ""

    assert (seen, url) == (2 * MOST_MAILS, "")
    assert "The link to the card" in page
    assert desk.open(f"{profile_of(card)}?emails=nonsense").status_code == 404


def test_somebody_without_a_name_is_called_by_the_number_of_their_card(desk: DeskClient, card: HeldCard) -> None:
    Customer.objects.update(name="", email="", phone="")

    page = desk.open(f"/customers/{public_id('cus', card.row.customer_id)}/").content.decode()

    assert f"<title>Customer with card {card.row.short_number[:4]} {card.row.short_number[4:]}" in page
