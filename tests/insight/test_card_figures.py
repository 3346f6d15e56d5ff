"""How customers come and go is what the stamps and vouchers themselves say, whatever happened to them."""

from collections import Counter
from datetime import date, timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command

from stampwell.cards.earning import Purchase
from stampwell.cards.erasing import erase_customer
from stampwell.cards.issuing import issue_card
from stampwell.cards.merging import merge_customers
from stampwell.cards.models import Card, CompletedRound, Stamp
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.counter.scanning import Recognised, note_refusal
from stampwell.insight.card_figures import LONGEST, STEPS, WEEKS, Life, count_life
from stampwell.insight.customer_figures import (
    Visitors,
    count_refusals,
    count_standing,
    count_steps,
    count_visitors,
    count_waiting,
)
from stampwell.insight.models import CardFigure, CardLife
from stampwell.merchants.local_time import local_day
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.models import Redemption, Voucher
from stampwell.vouchers.refusals import VoucherExpired, VoucherVoid
from stampwell.wallet.saved_events import record_saved
from tests.following import follow_everything
from tests.insight.test_daily_totals import MORNING, live
from tests.world import Shop

pytestmark = pytest.mark.moment(MORNING)
FIRST = date(2026, 1, 1)
LATER = MORNING + timedelta(days=60)


def visits_of(shop: Shop) -> dict[UUID, list[date]]:
    """The days on which a stamp was given that still stands, by card."""
    stamps = Stamp.objects.filter(merchant=shop.merchant)
    undone = {stamp.reverses_id for stamp in stamps}
    days: dict[UUID, set[date]] = {card.id: set() for card in Card.objects.filter(merchant=shop.merchant)}
    for stamp in stamps:
        if stamp.reverses_id is None and stamp.id not in undone:
            days[stamp.card_id].add(local_day(shop.merchant, stamp.at))
    return {card: sorted(found) for card, found in days.items()}


def waits_of(shop: Shop, first: date, last: date) -> Counter[int]:
    """Days from ready to handed out, of the redemptions that were not taken back."""
    used = Redemption.objects.filter(merchant=shop.merchant, voucher__state="redeemed").order_by("reversal_no")
    latest = {redemption.voucher_id: redemption for redemption in used.select_related("voucher")}
    return Counter(
        (local_day(shop.merchant, one.at) - local_day(shop.merchant, one.voucher.ready)).days
        for one in latest.values()
        if first <= local_day(shop.merchant, one.at) <= last
    )


def visitors_of(shop: Shop, first: date, last: date) -> Visitors:
    came = [days for days in visits_of(shop).values() if any(first <= day <= last for day in days)]
    return Visitors(first=sum(days[0] >= first for days in came), all=len(came))


def kept() -> tuple[set[tuple[object, ...]], set[tuple[object, ...]]]:
    figures = ("merchant_id", "figure", "program_id", "day", "number", "times")
    lives = ("id", "joined", "is_saved", "is_filled", "stamps", "goal", "ready", "pending")
    return (
        set(CardFigure.objects.exclude(times=0).values_list(*figures)),
        {*CardLife.objects.values_list(*lives)},
    )


@pytest.mark.parametrize("seed", [31, 32])
def test_the_figures_of_customers_are_what_the_ledger_says(lume: Shop, seed: int) -> None:
    live(lume, seed)
    with stopped_at(LATER):
        live_again = lume.publish()
        live_again.card()
        follow_everything()

    cards = Card.objects.filter(merchant=lume.merchant)
    visits = visits_of(lume)
    with merchant_transaction(lume.merchant.id) as tx:
        for last in (date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 31), date(2026, 4, 2), date(2026, 12, 31)):
            assert count_visitors(tx, FIRST, last) == visitors_of(lume, FIRST, last)
        for first in (date(2026, 3, day) for day in range(1, 20)):
            last = first + timedelta(days=6)
            assert count_visitors(tx, first, last) == visitors_of(lume, first, last)
            assert count_waiting(tx, first, last) == waits_of(lume, first, last)
        steps, standing = count_steps(tx, FIRST, date(2026, 12, 31)), count_standing(tx)

    assert steps == {
        "joined": len(cards),
        "saved": 0,
        "came": sum(bool(days) for days in visits.values()),
        "came_again": sum(len(days) > 1 for days in visits.values()),
        "filled": CompletedRound.objects.filter(reopened=None).values("card").distinct().count(),
        "rewarded": Voucher.objects.filter(state="redeemed").values("card_id").distinct().count(),
    }
    assert Counter(standing.to_go) == Counter(card.goal - card.stamps for card in cards)
    assert sum(standing.collected.values()) == sum(card.stamps for card in cards)
    assert standing.ready == Voucher.objects.filter(state="ready").count()


def test_read_anew_they_are_exactly_the_same_and_each_shop_has_its_own(lume: Shop, rossi: Shop) -> None:
    live(lume, 33)
    live(rossi, 34)
    card = Card.objects.filter(merchant=lume.merchant).earliest("id")
    with merchant_transaction(lume.merchant.id) as tx:
        record_saved(tx, card.id, "apple", at=MORNING)
    with stopped_at(LATER):
        follow_everything()
        before = kept()
        CardFigure.objects.update(times=1_000_000)

        for shop in ("cafe-lume", "rossi"):
            call_command("followers", "--rewind", "card_lives", "--shop", shop, stdout=StringIO())
        follow_everything()

    assert kept() == before
    assert CardFigure.objects.get(merchant=lume.merchant, figure="saved").times == 1


def test_an_erased_customer_stays_in_the_sums_and_has_no_card_that_stands_anywhere(lume: Shop) -> None:
    live(lume, 35)
    follow_everything()
    with merchant_transaction(lume.merchant.id) as tx:
        steps, visitors = count_steps(tx, FIRST, date(2027, 1, 1)), count_visitors(tx, FIRST, date(2026, 12, 31))

    for customer in set(Card.objects.values_list("customer_id", flat=True)):
        erase_customer(lume.merchant, customer, actor=lume.actor)
    with stopped_at(LATER):
        follow_everything()
    with merchant_transaction(lume.merchant.id) as tx:
        assert count_steps(tx, FIRST, date(2027, 1, 1)) == steps
        assert count_visitors(tx, FIRST, date(2026, 12, 31)) == visitors
        standing = count_standing(tx)

    assert (standing.to_go, standing.collected, standing.ready, standing.pending) == ({}, {}, 0, 0)


def test_the_stamps_that_a_new_card_begins_with_are_no_visit_whoever_gives_the_card(lume: Shop) -> None:
    offer = lume.publish(earning={"welcome_stamps": 2})
    card = issue_card(lume.merchant, offer.terms, locale="en", actor=lume.actor).card
    follow_everything()

    with merchant_transaction(lume.merchant.id) as tx:
        assert count_steps(tx, FIRST, LATER.date())["came"] == 0
    add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)
    follow_everything()
    with merchant_transaction(lume.merchant.id) as tx:
        assert count_steps(tx, FIRST, LATER.date())["came"] == 1


def test_stamps_that_come_from_another_card_are_no_visit(lume: Shop) -> None:
    offer = lume.publish()
    kept, other = offer.card(), offer.card()
    for card in (kept, other):
        add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)
    tomorrow = MORNING + timedelta(days=1)
    with stopped_at(tomorrow):
        merge_customers(lume.merchant, kept.row.customer_id, other.row.customer_id, actor=lume.actor)
        follow_everything()

    with merchant_transaction(lume.merchant.id) as tx:
        assert count_visitors(tx, tomorrow.date(), tomorrow.date()) == Visitors(first=0, all=0)
        assert count_steps(tx, FIRST, tomorrow.date())["came_again"] == 0
        standing = count_standing(tx)

    assert (standing.to_go, standing.collected) == ({8: 1}, {10: 2})


def test_refusals_are_counted_by_reason_and_program(lume: Shop) -> None:
    card = lume.publish().card()
    nobody = Recognised()
    for refusal in (VoucherExpired(), VoucherExpired(), VoucherVoid()):
        note_refusal(lume.merchant, nobody, refusal, actor=lume.actor)
    with stopped_at(MORNING + timedelta(days=1)):
        note_refusal(lume.merchant, nobody, VoucherVoid(), actor=lume.actor)
    follow_everything()
    call_command("followers", "--rewind", "refusal_totals", "--shop", "cafe-lume", stdout=StringIO())
    follow_everything()

    with merchant_transaction(lume.merchant.id) as tx:
        today = local_day(lume.merchant, MORNING)
        assert count_refusals(tx, today, today) == {"voucher_expired": 2, "voucher_void": 1}
        assert count_refusals(tx, today, today + timedelta(days=1)) == {"voucher_expired": 2, "voucher_void": 2}
        assert count_refusals(tx, today, today, program=card.row.program_id) == {}


def test_who_came_weeks_later_and_how_long_ago_the_visit_before_was() -> None:
    life = Life(
        id=UUID(int=1),
        program_id=UUID(int=2),
        joined=date(2026, 3, 2),
        is_active=False,
        is_saved=True,
        is_filled=False,
        visits=[date(2026, 3, 2), date(2026, 3, 30), date(2027, 12, 31)],
        handed_out=[],
        waited=[],
        stamps=0,
        goal=10,
        ready=0,
        pending=0,
    )

    counted = {(row.figure, row.day, row.number): times for row, times in count_life(life).items()}

    assert {number for figure, _day, number in counted if figure == "still_came"} == set(WEEKS)
    assert [key[1:] for key in counted if key[0] == "visit"] == [
        (date(2026, 3, 2), 0),
        (date(2026, 3, 30), 28),
        (date(2027, 12, 31), LONGEST),
    ]
    assert [key[1:] for key in counted if key[0] == "month"] == [(date(2026, 3, 1), 0), (date(2027, 12, 1), 21)]
    assert {figure for figure, _day, _number in counted} & set(STEPS) == {"joined", "saved", "came", "came_again"}
