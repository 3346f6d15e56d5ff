"""The page of figures: how customers come and go, by period and program."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from stampwell.clock import stopped_at
from stampwell.counter.handing_over import hand_over
from stampwell.counter.scanning import Recognised, note_refusal
from stampwell.ids import public_id
from stampwell.insight.customer_figures import count_refusing_hands
from stampwell.transactions import merchant_reads
from stampwell.vouchers.refusals import VoucherExpired
from stampwell.web.dashboard.figures.customers import CustomerFigures, ShareRow, customer_figures_of
from stampwell.web.dashboard.start.period import Length, period_on
from tests.following import follow_everything
from tests.web.dashboard.desk import DeskClient, words
from tests.web.dashboard.test_cards import stamp
from tests.world import Offer, Shop

THURSDAY = datetime(2026, 11, 26, 12, 20, tzinfo=UTC)
TODAY = THURSDAY.date()
LAST_MONTH = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
AT_ONCE = {"by": "visit", "cooldown_seconds": 0}
pytestmark = pytest.mark.moment(LAST_MONTH)


def live(shop: Shop) -> Offer:
    """An old customer who comes again and uses a reward two days later, a new one, one who was never there."""
    offer = shop.publish(earning=AT_ONCE, goal=10)
    old, _never = offer.card(), offer.card()
    stamp(old, 9)
    with stopped_at(THURSDAY - timedelta(days=2)):
        stamp(old, 1)
        stamp(offer.card(), 2)
    with stopped_at(THURSDAY):
        coffee = max(old.open_vouchers, key=lambda voucher: voucher.issued)
        hand_over(shop.merchant, coffee.id, actor=shop.actor)
        note_refusal(shop.merchant, Recognised(), VoucherExpired(), actor=shop.actor)
        follow_everything()
    return offer


def figures(shop: Shop, length: Length) -> CustomerFigures:
    with stopped_at(THURSDAY):
        return customer_figures_of(shop.merchant, period_on(length, TODAY, TODAY), None)


def sums(rows: list[ShareRow]) -> list[tuple[str, int, str]]:
    return [(row.name, row.times, row.share) for row in rows]


def test_new_and_returning_customers_are_counted_once_each(lume: Shop) -> None:
    live(lume)

    assert [tile.sum for tile in figures(lume, "week").tiles] == [2, 1, 1]
    assert [tile.sum for tile in figures(lume, "month").tiles] == [2, 1, 1]
    assert [tile.sum for tile in figures(lume, "year").tiles] == [2, 2, 0]
    assert figures(lume, "month").tiles[1].change == "As many as before"
    assert figures(lume, "month").tiles[2].change == "+1 compared with 0"


def test_the_steps_are_those_of_the_cards_of_the_period(lume: Shop) -> None:
    live(lume)

    assert sums(figures(lume, "week").steps) == [
        ("New cards", 1, "100%"),
        ("Saved in a wallet", 0, "0%"),
        ("First visit", 1, "100%"),
        ("Second visit", 0, "0%"),
        ("Card full", 0, "0%"),
        ("Reward handed out", 0, "0%"),
    ]
    assert [row.times for row in figures(lume, "year").steps] == [3, 0, 2, 1, 1, 1]


def test_how_full_the_cards_are_and_which_are_nearly_full(lume: Shop) -> None:
    offer = live(lume)
    with stopped_at(THURSDAY):
        stamp(offer.card(), 9)
        follow_everything()

    rows = figures(lume, "week").fullness

    assert {row.to_go: row.cards for row in rows if row.cards} == {10: 2, 8: 1, 1: 1}
    assert [row.to_go for row in rows] == list(range(10, 0, -1))
    assert [row.to_go for row in rows if row.is_nearly_full] == [2, 1]


def test_how_soon_rewards_are_handed_out_and_why_scans_are_refused(lume: Shop) -> None:
    live(lume)

    week = figures(lume, "week")

    assert sums(week.waiting)[2] == ("Within a week", 1, "100%")
    assert sum(row.times for row in week.waiting) == 1
    assert week.half_within == "Half of them were handed out within 2 days."
    assert sums(week.refusals) == [("Voucher expired", 1, "100%")]


def test_who_met_with_refusals_is_told_of_a_year_as_of_its_days(lume: Shop) -> None:
    note_refusal(lume.merchant, Recognised(), VoucherExpired(), actor=lume.actor)
    for ago in (3, 40, 400):
        with stopped_at(THURSDAY - timedelta(days=ago)):
            note_refusal(lume.merchant, Recognised(), VoucherExpired(), actor=lume.actor)
    follow_everything()

    with merchant_reads(lume.merchant.id) as tx:
        year, month = (count_refusing_hands(tx, first, TODAY) for first in (date(2026, 1, 1), date(2026, 11, 1)))

    assert [(hand.name, hand.times) for hand in year if not hand.by_location] == [(lume.ada.name, 3)]
    assert [(hand.name, hand.times) for hand in month if not hand.by_location] == [(lume.ada.name, 1)]


def test_who_still_comes_after_weeks_by_the_month_of_joining(lume: Shop) -> None:
    live(lume)

    november, october = figures(lume, "month").cohorts

    assert [(row.name, row.joined) for row in (november, october)] == [("November 2026", 1), ("October 2026", 2)]
    assert [share for _name, share in october.shares] == ["50%", "50%", "", ""]
    assert [share for _name, share in november.shares] == ["", "", "", ""]


def test_what_customers_may_still_ask_for(lume: Shop) -> None:
    live(lume)

    week = figures(lume, "week")

    assert (week.standing.ready, week.standing.pending, week.stamps) == (1, 0, 2)


def test_a_new_shop_is_told_that_there_is_nothing_yet(lume: Shop, desk: DeskClient) -> None:
    page = words(desk.open("/figures/"))

    assert "No card is in use yet." in page
    assert "No reward was handed out in this time." in page
    assert "No scan was refused in this time." in page


@pytest.mark.moment(THURSDAY)
def test_one_program_is_chosen_and_stays_chosen_in_other_periods(lume: Shop, desk: DeskClient) -> None:
    offer, other = lume.publish(), lume.publish()
    stamp(other.card(), 1)
    follow_everything()
    asked = f"program={public_id('prg', offer.program.id)}"

    page = desk.open(f"/figures/?period=month&{asked}")

    assert "No card is in use yet." in words(page)
    assert f'href="?period=year&amp;on=2026-11-26&amp;{asked}"'.encode() in page.content
    assert "No card is in use yet." not in words(desk.open("/figures/"))


@pytest.mark.moment(THURSDAY)
def test_each_figure_of_a_program_leads_to_the_lines_of_that_program_alone(lume: Shop, desk: DeskClient) -> None:
    offer = lume.publish(earning=AT_ONCE, goal=10)
    card = offer.card()
    stamp(card, 10)
    hand_over(lume.merchant, card.open_vouchers[0].id, actor=lume.actor)
    follow_everything()

    def leads(query: str) -> list[str]:
        page = desk.open(f"/figures/?{query}").content.decode()
        return re.findall(r'href="(/journal/\?[^"]+)"', page.replace("&amp;", "&"))

    chosen = f"program={public_id('prg', offer.program.id)}"
    of_one, of_all = leads(chosen), leads("")
    assert len(of_one) == len(of_all) > 3
    assert [one for one in of_one if chosen not in one] == []
    assert [one.replace(f"&{chosen}", "") for one in of_one] == [one.replace(f"&{chosen}", "") for one in of_all]
    assert desk.open(of_one[0]).status_code == 200


def test_a_figure_leads_to_the_cards_and_lines_that_it_is_made_of(lume: Shop, desk: DeskClient) -> None:
    live(lume)

    with stopped_at(THURSDAY):
        page, start = (desk.open(path).content.decode() for path in ("/figures/", "/"))

    days = "from=2026-11-20&amp;to=2026-11-26"
    for address in (
        f"/journal/?kind=refused&amp;reason=voucher_expired&amp;{days}",
        f"/journal/?kind=handed_out&amp;{days}",
        "/journal/?kind=new_cards&amp;from=2026-11-01&amp;to=2026-11-30",
        "/cards/?show=to-go&amp;to_go=8",
        "/cards/?show=later",
        "/cards/?sort=fullest",
    ):
        assert address in page, address
    for address in ("weekday=3", "hour=14"):  # by the shop's clock
        assert f"/journal/?kind=stamps&amp;{address}&amp;{days}" in start


@pytest.mark.moment(THURSDAY)
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("period=century", "There is no such period."),
        ("on=2226-01-01", "This day has not come yet."),
        ("period=year&on=1826-01-01", "There are no figures from so long ago."),
        ("on=%00", "There is no such day."),
        ("program=nonsense", "There is no such program."),
        ("program=%00", "There is no such program."),
        ("program=prg_00000000000000000000000000000000", "There is no such program."),
    ],
)
def test_nonsense_in_the_address_is_said(desk: DeskClient, query: str, said: str) -> None:
    answer = desk.open(f"/figures/?{query}")

    assert answer.status_code == 400
    assert said in words(answer)
    assert "20–26 Nov 2026" in words(answer)


def test_another_shop_sees_none_of_it(lume: Shop, rossi: Shop) -> None:
    offer = live(lume)

    page = DeskClient(rossi.owner).open(f"/figures/?program={public_id('prg', offer.program.id)}")

    assert page.status_code == 400
    assert [tile.sum for tile in figures(rossi, "year").tiles] == [0, 0, 0]


@pytest.mark.moment(THURSDAY)
def test_the_page_asks_as_many_questions_however_much_happened(
    lume: Shop, desk: DeskClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    stamp(lume.publish().card(), 1)
    follow_everything()
    desk.open("/figures/")
    with django_assert_max_num_queries(40) as few:
        desk.open("/figures/")
    for _program in range(3):
        stamp(lume.publish().card(), 12)
        note_refusal(lume.merchant, Recognised(), VoucherExpired(), actor=lume.actor)
    follow_everything()
    desk.open("/figures/")  # the names of the programs are in memory again
    with django_assert_max_num_queries(40) as many:
        desk.open("/figures/")

    assert len(few) == len(many)
