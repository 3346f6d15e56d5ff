"""The list of cards, narrowed and sorted as an owner looks for people."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.customers.consenting import give_consent, withdraw_consent
from stampwell.customers.joining import ConsentGiven
from stampwell.customers.models import Customer, Tag
from stampwell.customers.tagging import tag_customer
from stampwell.events.actors import CUSTOMER
from stampwell.ids import public_id
from stampwell.insight import card_list
from stampwell.merchants.changing import change_messages
from stampwell.web.dashboard.cards import search
from tests.following import follow_everything
from tests.web.dashboard.desk import DeskClient, words
from tests.world import HeldCard, Offer, Shop

FIRST = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TODAY = FIRST + timedelta(days=100)
pytestmark = pytest.mark.moment(FIRST)


def stamp(card: HeldCard, count: int) -> None:
    add_stamp(card.shop.merchant, card.id, Purchase(count=count, override=True), actor=card.shop.actor)


@pytest.fixture
def guests(lume: Shop, offer: Offer) -> dict[str, HeldCard]:
    """A milestone of the offer is at five stamps, its goal at ten."""
    days = {"Ann": 0, "Bea": 5, "Cy": 20, "Dan": 45, "Eve": 80, "Flo": 99}
    stamps = {"Ann": 0, "Bea": 8, "Cy": 9, "Dan": 3, "Eve": 5, "Flo": 0}
    cards: dict[str, HeldCard] = {}
    for name, day in days.items():
        with stopped_at(FIRST + timedelta(days=day)):
            cards[name] = offer.card(name=name, birthday=date(1990, 6 if name in "Bea Dan" else 5, 10 + len(cards)))
            if stamps[name]:
                stamp(cards[name], stamps[name])
    with stopped_at(FIRST + timedelta(days=72)):
        stamp(cards["Ann"], 1)
    follow_everything()
    return cards


def shown(desk: DeskClient, query: str = "") -> list[str]:
    with stopped_at(TODAY):
        page = desk.open(f"/cards/{query}").content.decode()
    return [
        part.split("</bdi>")[0] for part in page.split('<a class="whole-row"')[1:] for part in [part.split("<bdi>")[1]]
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Flo", "Eve", "Dan", "Cy", "Bea", "Ann"]),
        ("?show=ready", ["Eve", "Cy", "Bea"]),
        ("?show=nearly", ["Cy", "Bea"]),
        ("?show=new", ["Flo", "Eve"]),
        ("?show=away-30", ["Dan", "Cy", "Bea"]),
        ("?show=away-60", ["Cy", "Bea"]),
        ("?show=away-90", ["Bea"]),
        ("?show=birthday", ["Bea", "Dan"]),
        ("?sort=seen", ["Flo", "Eve", "Ann", "Dan", "Cy", "Bea"]),
        ("?sort=away", ["Bea", "Cy", "Dan", "Ann", "Eve", "Flo"]),
        ("?show=ready&sort=newest", ["Eve", "Cy", "Bea"]),
        ("?show=ready&sort=fullest", ["Cy", "Bea", "Eve"]),
        ("?show=birthday&sort=newest", ["Bea", "Dan"]),
        ("?show=nonsense&sort=nonsense", ["Flo", "Eve", "Dan", "Cy", "Bea", "Ann"]),
        ("?show=ready&q=Dan", ["Dan"]),
        ("?show=to-go&to_go=10", ["Flo"]),
        ("?show=to-go&to_go=1&sort=newest", ["Cy"]),
        ("?show=to-go&to_go=-1", ["Flo", "Eve", "Dan", "Cy", "Bea", "Ann"]),
        ("?show=later", []),
        ("?show=wants", []),
    ],
)
def test_the_list_shows_those_who_fit_in_the_order_that_was_chosen(
    desk: DeskClient, guests: dict[str, HeldCard], query: str, names: list[str]
) -> None:
    assert shown(desk, query) == names


@pytest.mark.parametrize("order", ["newest", "seen", "away", "fullest"])
@pytest.mark.parametrize("show", ["all", "nearly", "birthday"])
def test_pages_follow_each_other_in_every_order(
    desk: DeskClient, guests: dict[str, HeldCard], monkeypatch: pytest.MonkeyPatch, show: str, order: str
) -> None:
    everybody = shown(desk, f"?show={show}&sort={order}")
    monkeypatch.setattr(search, "PAGE", 1)
    query, names = f"?show={show}&sort={order}", []

    while query:
        names += shown(desk, query)
        with stopped_at(TODAY):
            page = desk.open(f"/cards/{query}").content.decode()
        query = next((part.split('"')[0] for part in page.split('class="button push" href="')[1:]), "")
        query = query.replace("&amp;", "&")

    assert names == everybody


def test_the_total_is_counted_no_further_than_a_limit(
    desk: DeskClient, guests: dict[str, HeldCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    with stopped_at(TODAY):
        assert "6 cards" in words(desk.open("/cards/"))
        assert "1 card" in words(desk.open("/cards/?show=away-90"))
        monkeypatch.setattr(card_list, "MOST_COUNTED", 4)
        assert "More than 4 cards" in words(desk.open("/cards/"))
        assert "2 cards" in words(desk.open("/cards/?show=birthday"))
        monkeypatch.setattr(card_list, "MOST_OF_CUSTOMERS", 1)
        assert "More than 1 cards" in words(desk.open("/cards/?show=birthday"))


def test_a_rivals_cards_are_not_in_the_list(desk: DeskClient, guests: dict[str, HeldCard], rossi: Shop) -> None:
    theirs = rossi.publish().card(name="Theirs", birthday=date(1990, 6, 1))
    stamp(theirs, 8)
    follow_everything()

    for show in ("all", "ready", "nearly", "new", "away-30", "birthday", "to-go&to_go=2"):
        assert "Theirs" not in shown(desk, f"?show={show}&sort=seen")


@pytest.mark.parametrize("after", ["x", "1.2", "-1." + "0" * 32, "9" * 17 + "." + "f" * 32, "٣." + "0" * 32])
def test_a_page_that_begins_nowhere_breaks_nothing(desk: DeskClient, guests: dict[str, HeldCard], after: str) -> None:
    for query in ("show=ready", "sort=fullest", "show=birthday", "sort=away", "show=wants", "show=later"):
        with stopped_at(TODAY):
            assert desk.open(f"/cards/?{query}&after={after}").status_code == 200


def names_on(page: str) -> list[str]:
    return [part.split("</bdi>")[0].split("<bdi>")[1] for part in page.split('<a class="whole-row"')[1:]]


def test_birthdays_and_tags_are_turned_over_page_by_page_without_losing_anybody(
    desk: DeskClient, guests: dict[str, HeldCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Ann", "Cy", "Eve"):
        tag_customer(guests[name].shop.merchant, guests[name].row.customer_id, "Regular")
    tag = public_id("tag", Tag.objects.get().id)
    monkeypatch.setattr(search, "PAGE", 1)

    for query, names in ((f"?show=tag&tag={tag}", ["Eve", "Cy", "Ann"]), ("?show=birthday", ["Bea", "Dan"])):
        found, after = list[str](), query
        while after:
            with stopped_at(TODAY):
                page = desk.open(f"/cards/{after}").content.decode()
            found += names_on(page)
            next_page = re.search(r'class="button push" href="([^"]*)"', page)
            after = next_page[1].replace("&amp;", "&") if next_page else ""
        assert found == names


def test_a_tag_is_counted_and_one_that_nobody_has_asks_for_nothing(
    desk: DeskClient, guests: dict[str, HeldCard]
) -> None:
    ann = guests["Ann"]
    tag_customer(ann.shop.merchant, ann.row.customer_id, "Regular")
    tag = public_id("tag", Tag.objects.get().id)
    tagged = words(desk.open(f"/cards/?show=tag&tag={tag}"))
    tag_customer(ann.shop.merchant, ann.row.customer_id, "")

    assert "1 card" in tagged
    assert "Regular" in tagged
    assert "6 cards" in words(desk.open(f"/cards/?show=tag&tag={tag}"))
    assert "Regular" not in words(desk.open("/cards/"))


def test_who_wants_messages_now_is_listed_page_by_page(
    desk: DeskClient, lume: Shop, guests: dict[str, HeldCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    change_messages(lume.merchant, writes_to_customers=True, actor=lume.actor)
    agreed = ConsentGiven(wording="I want news", source="my data")
    for day, (name, says) in enumerate([("Ann", True), ("Bea", True), ("Cy", True), ("Bea", False), ("Cy", False)]):
        with stopped_at(TODAY + timedelta(days=day - 9)):
            customer = guests[name].row.customer_id
            Customer.objects.filter(id=customer).update(email=f"{name}@x.example")
            say = give_consent if says else withdraw_consent
            assert say(lume.merchant, customer, agreed, locale="en", actor=CUSTOMER)
    with stopped_at(TODAY - timedelta(days=1)):
        assert give_consent(lume.merchant, guests["Cy"].row.customer_id, agreed, locale="en", actor=CUSTOMER)

    assert shown(desk, "?show=wants") == ["Cy", "Ann"]
    assert "2 cards" in words(desk.open("/cards/?show=wants"))
    monkeypatch.setattr(search, "PAGE", 1)
    page = desk.open("/cards/?show=wants").content.decode()
    assert names_on(page) == ["Cy"]
    following = re.search(r'class="button push" href="([^"]*)"', page)
    assert following
    assert shown(desk, following[1].replace("&amp;", "&")) == ["Ann"]


def test_rewards_for_later_lead_to_their_cards(desk: DeskClient, lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    reward = {"name": "Tea", "path": "staff_scan", "active_after_seconds": 86400}
    later = lume.publish(goal=2, milestones=[{"stamps": 2, "reward": reward}])
    for name in ("Gil", "Hal", "Ida"):
        stamp(later.card(name=name), 2)
    later.card(name="Jo")
    follow_everything()

    assert "3 cards" in words(desk.open("/cards/?show=later"))
    monkeypatch.setattr(search, "PAGE", 2)
    page = desk.open("/cards/?show=later").content.decode()
    assert names_on(page) == ["Ida", "Hal"]
    following = re.search(r'class="button push" href="([^"]*)"', page)
    assert following
    assert names_on(desk.open(f"/cards/{following[1].replace('&amp;', '&')}").content.decode()) == ["Gil"]


def test_a_filter_costs_the_same_for_one_card_and_for_many(
    desk: DeskClient, offer: Offer, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    stamp(offer.card(name="One"), 8)
    follow_everything()
    with django_assert_max_num_queries(20) as one:
        desk.open("/cards/?show=ready")
    for place in range(5):
        stamp(offer.card(name=f"Guest {place}"), 8)
    follow_everything()
    with django_assert_max_num_queries(20) as many:
        desk.open("/cards/?show=ready")

    assert len(one) == len(many)


def test_each_stamp_is_a_mark_and_many_are_a_bar(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    stamp(offer.card(), 3)
    small = desk.open("/cards/").content.decode()
    lume.publish(goal=40, milestones=[{"stamps": 40, "reward": {"name": "Tea", "path": "staff_scan"}}]).card()
    large = desk.open("/cards/").content.decode()

    assert (small.count('<i class="there"></i>'), small.count("<i></i>")) == (3, 7)
    assert '<progress value="0" max="40"' in large
    assert "3 of 10" in words(desk.open("/cards/"))
