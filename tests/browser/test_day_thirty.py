"""The eight questions of an owner on day 30: each is answered from the start page by four presses at most."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.customers.search_index import prepare_search_index
from stampwell.events.actors import Actor
from stampwell.merchants.changing import add_location
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import Location, Station
from stampwell.programs.models import Program
from tests.browser.chromium import Phone
from tests.browser.hand import LAPTOP, PHONE, Hand
from tests.browser.tour import sign_in
from tests.following import follow_everything
from tests.jobs.conftest import queue as queue
from tests.jobs.waiting import work_on_what_waits
from tests.tiers import first_of
from tests.web.scanner.phone import Phone as Counter
from tests.world import HeldCard, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST = 4  # presses


class Month:
    """A shop that has been open for a month, with two locations and a phone at the counter."""

    def __init__(self) -> None:
        begun = now() - timedelta(days=30)
        with stopped_at(begun):
            self.shop = open_lume()
            self.bo = self.shop.hire("Bo")
            self.offer = self.shop.publish()
            prepare_search_index()
            self.anna, self.di, self.lost = (self.offer.card(name=name) for name in ("Anna", "Di", "Ilze Liepa"))
            draft = LocationDraft(name="Harbour", time_zone="Europe/Riga")
            self.harbour = add_location(self.shop.merchant, draft, actor=self.shop.actor)
        self._stamp(self.anna, 8, days_ago=9)
        self._stamp(self.lost, 3, days_ago=8)
        self._stamp(self.di, 2, days_ago=2)
        with stopped_at(now() - timedelta(hours=3)):
            counter = Counter(self.shop).enrol()
            counter.sign_in(self.bo)
            assert [counter.scan(self.di.code).outcome for _scan in range(2)] == ["stamped", "refused"]
        follow_everything()

    def _stamp(self, card: HeldCard, count: int, *, days_ago: int) -> None:
        actor = Actor(source="scanner", staff_member_id=self.bo.id, location_id=self.shop.location.id)
        with stopped_at(now() - timedelta(days=days_ago)):
            add_stamp(self.shop.merchant, card.id, Purchase(count=count), actor=actor)


def who_gave_what_last_week(hand: Hand, month: Month) -> None:
    hand.press("link", "Earlier")
    hand.press_on(hand.page.get_by_role("table", name=hand.words("By person")).get_by_role("link", name="Bo"))
    lines = hand.page.locator(".entries > li")
    expect(lines).to_have_count(3)  # his stamps on two cards, and the biscuit that they brought
    expect(lines.filter(has_text="Ilze Liepa")).to_have_count(1)
    expect(lines.filter(has_text="Anna")).to_have_count(2)


def undo(hand: Hand, month: Month) -> None:
    before = month.di.row.stamps
    hand.press("link", "Show the journal")
    line = hand.page.locator(".entries > li").filter(has=hand.page.locator("details.take-back")).first
    hand.press_on(line.locator("summary"))
    hand.type("textbox", "Reason", "Wrong card", line)
    hand.press("button", "Undo", line)
    hand.see("The stamp has been undone.")
    assert month.di.row.stamps == before - 1


def pause(hand: Hand, month: Month) -> None:
    hand.go_to("Programs")
    hand.press("link", "Pause or end")
    hand.press_on(hand.page.get_by_text(hand.words("Pause new cards and stamps"), exact=True).first)
    hand.press("button", "Save")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Coffee card")
    assert Program.objects.get().stamping_paused


def better_goal_for_everybody(hand: Hand, month: Month) -> None:
    hand.go_to("Programs")
    hand.press("link", "Change")
    hand.page.locator("[name=goal]").fill("8")
    hand.press("button", "Publish the new version")
    hand.press("button", "Give it to everybody now")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Coffee card")
    work_on_what_waits()
    assert (month.anna.row.goal, len(month.anna.open_vouchers)) == (8, 2)


def close_a_location(hand: Hand, month: Month) -> None:
    hand.go_to("Settings")
    hand.press_on(hand.named("link", "Café Lume", hand.page.get_by_role("region", name=hand.words("Locations"))))
    hand.press("button", "Close this location")
    hand.see("The location is closed. Its history stays.")
    assert Location.objects.get(closed__isnull=False).id == month.shop.location.id
    assert {station.location_id for station in Station.objects.filter(revoked=None)} <= {month.harbour.id}


def customers_lost_phone(hand: Hand, month: Month) -> None:
    hand.go_to("Cards")
    hand.type("searchbox", "Find a card by number, name, email or phone", "liepa")
    hand.enter()
    hand.press("link", "Recover a lost card")
    hand.press("button", "Move the card to a new link")
    hand.see("The card has been moved. The old link and codes no longer work.")
    assert (month.lost.row.issue, month.lost.row.stamps) == (1, 3)


def lost_phone_of_the_counter(hand: Hand, month: Month) -> None:
    hand.go_to("Team")
    hand.press("link", "Switch off", context="a device")
    hand.press("button", "Switch it off", context="a device")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text(hand.words("Team"))
    assert not Station.objects.filter(revoked=None).exists()


def how_does_it_do(hand: Hand, month: Month) -> None:
    tile = hand.page.get_by_role("region").locator(".tile", has_text=hand.words("Stamps")).last
    expect(tile.locator(".figure")).to_have_text("3")  # of these seven days
    hand.press("link", "How customers come and go")
    expect(hand.page.get_by_role("heading", level=1)).to_be_visible()


def my_stamp_is_missing(hand: Hand, month: Month) -> None:
    """It was refused because it came too soon; she gives it by hand."""
    hand.press("link", "Show the journal")
    hand.type("searchbox", "Find in the journal by card number, name, receipt or voucher", "Di")
    hand.enter()
    refused = hand.page.locator(".entries > li.bad").first
    hand.press_on(refused.get_by_role("link", name="Di"))
    hand.press("button", "Stamp by hand")
    expect(hand.page.locator(".history > li").first).to_contain_text("Ada", ignore_case=True)
    assert month.di.row.stamps == 4


QUESTIONS = (
    how_does_it_do,
    who_gave_what_last_week,
    my_stamp_is_missing,
    undo,
    customers_lost_phone,
    better_goal_for_everybody,
    pause,
    close_a_location,
    lost_phone_of_the_counter,
)


@pytest.mark.parametrize(("locale", "size"), first_of([("en", LAPTOP), ("lv", PHONE)]), ids=["en-1280", "lv-390"])
def test_each_question_of_day_thirty_takes_four_presses_at_most(
    queue: None,
    live_server: LiveServer,
    new_phone: Callable[..., Phone],
    settings: Settings,
    tmp_path: Path,
    locale: str,
    size: dict[str, int],
) -> None:
    settings.DATA_DIR, settings.BASE_URL = tmp_path, live_server.url
    month = Month()
    phone = new_phone(base_url=live_server.url, locale=locale, timezone_id="Europe/Riga", **size)
    sign_in(phone, live_server, month.shop)
    hand = Hand(phone.page, locale)
    took: dict[str, int] = {}
    for question in QUESTIONS:
        hand.begin()
        question(hand, month)
        took[question.__name__] = hand.presses
    assert {name for name, presses in took.items() if presses > MOST} == set(), took
