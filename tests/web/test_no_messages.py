"""A message can be ended by the link in it: one click, no sign-in, and once."""

import pytest
from django.test import Client

from stampwell.cards.erasing import erase_customer
from stampwell.cards.issuing import issue_card
from stampwell.customers.joining import ConsentGiven, ContactDetails
from stampwell.customers.messages_link import no_messages_url
from stampwell.customers.models import Consent, Customer
from stampwell.events.actors import CUSTOMER
from stampwell.events.models import Event
from tests.world import Shop

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def customer(lume: Shop) -> Customer:
    issue_card(
        lume.merchant,
        lume.publish().terms,
        locale="en",
        actor=CUSTOMER,
        details=ContactDetails(name="Cy", email="cy@lume.example"),
        consent=ConsentGiven(wording="News, please", source="join page"),
    )
    return Customer.objects.get()


@pytest.fixture
def link(lume: Shop, customer: Customer) -> str:
    return no_messages_url(lume.merchant.slug, customer.id)


@pytest.fixture
def stranger() -> Client:
    """As a mail program is: with no cookie, and no page before it."""
    return Client(enforce_csrf_checks=True)


def words_about_messages() -> list[bool]:
    return list(Consent.objects.order_by("at", "id").values_list("granted", flat=True))


def test_one_click_ends_them_once_and_says_so_each_time(stranger: Client, link: str) -> None:
    answers = [stranger.post(link, ONE_CLICK) for _time in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert all("You get no more messages." in answer.text for answer in answers)
    assert words_about_messages() == [True, False]
    assert Consent.objects.get(granted=False).source == "link in a message"
    assert Event.objects.filter(type="consent.changed").count() == 2  # the other is of joining


def test_opening_the_link_changes_nothing_and_shows_the_button(stranger: Client, link: str) -> None:
    page = stranger.get(link, headers={"accept-language": "lv"})

    assert page.status_code == 200
    assert "<button" in page.text
    assert 'lang="lv"' in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert words_about_messages() == [True]
    stranger.post(link)
    assert "<button" not in stranger.get(link).text.partition("<main")[2].partition("</main")[0]


def test_a_link_that_we_did_not_write_ends_nothing(stranger: Client, link: str, rossi: Shop, lume: Shop) -> None:
    path, token = link.rsplit("/", 1)
    wrong = [f"{path}/{token[:-1]}{'0' if token[-1] != '0' else '1'}", f"{path}/{token[:32]}", f"{path}/x", f"{path}/ü"]

    assert [stranger.post(each).status_code for each in wrong] == [404, 404, 404, 404]
    assert stranger.post(link.replace(lume.merchant.slug, rossi.merchant.slug)).status_code == 200
    assert words_about_messages() == [True]


def test_who_was_erased_is_told_the_same(stranger: Client, link: str, lume: Shop, customer: Customer) -> None:
    erase_customer(lume.merchant, customer.id, actor=CUSTOMER)

    assert "You get no more messages." in stranger.post(link, ONE_CLICK).text
    assert "You get no more messages." in stranger.get(link).text
