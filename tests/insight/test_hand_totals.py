"""What is kept of each person's hands is what the ledger says. docs/rules/oddities.md"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from stampwell.cards.earning import Purchase
from stampwell.cards.honouring import honour_paper
from stampwell.cards.issuing import issue_card
from stampwell.cards.merging import merge_customers
from stampwell.cards.models import Card, Stamp
from stampwell.cards.own_cards import name_own_card
from stampwell.cards.paper_rules import change_paper_rules
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.counter.handing_over import CameBy, hand_over
from stampwell.counter.scanning import recognise, take_scan
from stampwell.events.actors import Actor, Entered
from stampwell.events.models import Event
from stampwell.insight.models import HandOnCard, HandTotal
from stampwell.insight.odd_months import read_odd_month
from stampwell.merchants.local_time import local_day, local_time
from stampwell.merchants.models import Location, StaffMember
from stampwell.offline.deciding import decide
from stampwell.vouchers.models import Redemption
from tests.following import follow_everything
from tests.insight.test_daily_totals import AT_ONCE, MORNING, live
from tests.offline.waiting import waiting_scan
from tests.world import HeldCard, Shop

pytestmark = pytest.mark.moment(MORNING)
MONTH = MORNING.date().replace(day=1)
COLUMNS = (
    "times",
    "stamps",
    "overrides",
    "outside_hours",
    "by_hand",
    "several",
    "without_receipt",
    "rewards",
    "quick_rewards",
    "found_rewards",
    "undone",
)
EIGHT_TO_SIX = {str(day): [["08:00", "18:00"]] for day in range(1, 8)}

type Figures = Counter[tuple[object, ...]]


def is_far_from_eight_to_six(shop: Shop, at: datetime) -> bool:
    local = local_time(shop.merchant, at)
    return not 7 * 60 + 30 <= local.hour * 60 + local.minute < 18 * 60 + 30


def ledger_of(shop: Shop) -> Figures:
    told: Figures = Counter()
    goals = dict(Card.objects.values_list("id", "goal"))
    given = list(Stamp.objects.filter(merchant=shop.merchant, staff_member_id__isnull=False).order_by("at"))
    for stamp in given:
        hand = (local_day(shop.merchant, stamp.at), stamp.location_id, stamp.staff_member_id)
        if stamp.reverses_id:
            told[(*hand, "undone")] += 1
            continue
        told[(*hand, "times")] += 1
        told[(*hand, "stamps")] += stamp.count
        told[(*hand, "several")] += stamp.count > 1
        told[(*hand, "without_receipt")] += stamp.receipt_id is None and stamp.amount is None
        told[(*hand, "overrides")] += stamp.overrode
        told[(*hand, "by_hand")] += stamp.source == "owner"
        told[(*hand, "outside_hours")] += bool(stamp.location_id) and is_far_from_eight_to_six(shop, stamp.at)
    for used in Redemption.objects.filter(merchant=shop.merchant, staff_member_id__isnull=False):
        hand = (local_day(shop.merchant, used.at), used.location_id, used.staff_member_id)
        fed = sum(
            stamp.count
            for stamp in given
            if stamp.card_id == used.voucher.card_id
            and stamp.staff_member_id == used.staff_member_id
            and stamp.count > 0
            and used.at - timedelta(days=1) < stamp.at <= used.at
        )
        told[(*hand, "rewards")] += 1
        told[(*hand, "found_rewards")] += used.source == "owner"
        told[(*hand, "quick_rewards")] += 2 * fed >= max(goals[used.voucher.card_id], 6)
    return +told


def kept_of(shop: Shop) -> Figures:
    told: Figures = Counter()
    for row in HandTotal.objects.filter(merchant=shop.merchant):
        for column in COLUMNS:
            told[row.day, row.location_id, row.staff_member_id, column] += getattr(row, column)
    return +told


def on_cards_of_ledger(shop: Shop) -> dict[tuple[object, ...], tuple[int, set[int]]]:
    told: dict[tuple[object, ...], tuple[int, set[int]]] = {}
    for stamp in Stamp.objects.filter(merchant=shop.merchant, staff_member_id__isnull=False, reverses_id=None):
        day = local_day(shop.merchant, stamp.at)
        hand = (day.replace(day=1), stamp.staff_member_id, stamp.card_id)
        times, days = told.get(hand, (0, set()))
        told[hand] = (times + 1, days | {day.day})
    return told


def on_cards_kept(shop: Shop) -> dict[tuple[object, ...], tuple[int, set[int]]]:
    return {
        (row.month, row.staff_member_id, row.card_id): (
            row.times,
            {day for day in range(1, 32) if row.days >> (day - 1) & 1},
        )
        for row in HandOnCard.objects.filter(merchant=shop.merchant)
    }


def give(
    card: HeldCard, person: StaffMember, purchase: Purchase | None = None, *, days: int = 0, hours: int = 0
) -> None:
    shop = card.shop
    actor = Actor(source="scanner", location_id=shop.location.id, staff_member_id=person.id)
    with stopped_at(MORNING + timedelta(days=days, hours=hours)):
        add_stamp(shop.merchant, card.id, purchase or Purchase(), actor=actor)


def only_row(person: StaffMember) -> HandTotal:
    follow_everything()
    return HandTotal.objects.get(staff_member_id=person.id)


@pytest.mark.parametrize("seed", [61, 62])
def test_what_each_hand_did_is_what_the_ledger_says_also_read_anew(lume: Shop, rossi: Shop, seed: int) -> None:
    Location.objects.filter(merchant=lume.merchant).update(opening_hours=EIGHT_TO_SIX)
    live(lume, seed)
    live(rossi, seed + 10)
    follow_everything()

    assert kept_of(lume) == ledger_of(lume)
    assert on_cards_kept(lume) == on_cards_of_ledger(lume)
    assert {key[-1] for key in kept_of(lume)} == set(COLUMNS) - {"overrides"}
    before = kept_of(lume), on_cards_kept(lume), kept_of(rossi)
    HandTotal.objects.filter(merchant=lume.merchant).update(times=1_000_000)
    call_command("followers", "--rewind", "hand_totals", "--shop", "cafe-lume", stdout=StringIO())
    assert (kept_of(lume), on_cards_kept(lume), kept_of(rossi)) == before


def test_each_unusual_thing_is_counted_as_what_it_is(lume: Shop) -> None:
    bo = lume.hire("Bo")
    card = lume.publish(earning={"by": "visit", "cooldown_seconds": 3600}).card()
    actor = Actor(source="scanner", location_id=lume.location.id, staff_member_id=bo.id)

    give(card, bo, Purchase(receipt_id="1001"))
    with stopped_at(MORNING + timedelta(minutes=5)):
        add_stamp(lume.merchant, card.id, Purchase(count=2, override=True), actor=actor)
    with stopped_at(MORNING + timedelta(hours=3)):
        take_scan(lume.merchant, recognise(lume.merchant, card.row.short_number), Purchase(), actor=actor)

    row = only_row(bo)
    assert {column: getattr(row, column) for column in COLUMNS} == {
        "times": 3,
        "stamps": 4,
        "overrides": 1,
        "outside_hours": 0,
        "by_hand": 1,
        "several": 1,
        "without_receipt": 2,
        "rewards": 0,
        "quick_rewards": 0,
        "found_rewards": 0,
        "undone": 0,
    }


@pytest.mark.parametrize(
    ("local", "is_outside"), [("07:29", True), ("07:31", False), ("12:00", False), ("18:29", False), ("18:31", True)]
)
def test_half_an_hour_before_opening_and_after_closing_is_no_oddity(lume: Shop, local: str, is_outside: bool) -> None:
    Location.objects.filter(merchant=lume.merchant).update(opening_hours=EIGHT_TO_SIX)
    bo, card = lume.hire("Bo"), lume.publish(earning=AT_ONCE).card()
    hour, minute = map(int, local.split(":"))

    with stopped_at(datetime(2026, 3, 3, hour - 2, minute, tzinfo=UTC)):  # Riga is two hours ahead
        add_stamp(
            lume.merchant,
            card.id,
            Purchase(),
            actor=Actor(source="scanner", location_id=lume.location.id, staff_member_id=bo.id),
        )

    assert only_row(bo).outside_hours == is_outside


@pytest.mark.parametrize(("fed", "is_quick"), [(5, True), (4, False)])
def test_a_reward_is_quick_where_its_hand_had_put_half_of_the_card_there_within_a_day(
    lume: Shop, fed: int, is_quick: bool
) -> None:
    bo, ci = lume.hire("Bo"), lume.hire("Ci")
    coffee = [{"stamps": 10, "reward": {"name": "Coffee", "path": "staff_scan"}}]
    card = lume.publish(earning=AT_ONCE, milestones=coffee).card()
    give(card, ci, Purchase(count=10 - fed))
    give(card, bo, Purchase(count=fed), hours=1)

    with stopped_at(MORNING + timedelta(hours=2)):
        actor = Actor(source="scanner", location_id=lume.location.id, staff_member_id=bo.id)
        hand_over(lume.merchant, card.open_vouchers[0].id, actor=actor)

    row = only_row(bo)
    assert (row.rewards, row.quick_rewards) == (1, is_quick)


@pytest.mark.parametrize(("entered", "is_found"), [(None, False), ("found", True), ("typed", True)])
def test_a_reward_of_a_card_that_nobody_showed_is_counted(lume: Shop, entered: Entered | None, is_found: bool) -> None:
    bo = lume.hire("Bo")
    card = lume.publish(earning=AT_ONCE).card()
    give(card, lume.hire("Ci"), Purchase(count=5))

    actor = Actor(source="scanner", location_id=lume.location.id, staff_member_id=bo.id)
    hand_over(lume.merchant, card.open_vouchers[0].id, actor=actor, how_named=lambda _card_id: CameBy(entered))

    row = only_row(bo)
    assert (row.rewards, row.found_rewards) == (1, is_found)


def test_what_is_no_visit_is_nothing_that_a_hand_did_too_often(lume: Shop) -> None:
    """The stamps that a card begins with, those of an old one on paper, and what was decided at the desk."""
    bo = lume.hire("Bo")
    actor = Actor(source="scanner", location_id=lume.location.id, staff_member_id=bo.id)
    offer = lume.publish(earning=AT_ONCE | {"welcome_stamps": 2})
    issued = issue_card(lume.merchant, offer.terms, locale="en", actor=actor)
    change_paper_rules(lume.merchant, most_stamps=9, most_a_day=20, actor=lume.actor)
    honour_paper(lume.merchant, issued.card.id, 4, reason="A green one", actor=actor)
    with stopped_at(MORNING + timedelta(hours=2)):
        kept = waiting_scan(lume, HeldCard(lume, issued.card.id), reason="cooldown", at=MORNING + timedelta(hours=1))
        decide(lume.merchant, kept, "count", actor=lume.actor)
    follow_everything()

    assert Stamp.objects.count() == 3
    assert not HandTotal.objects.exists()
    assert not HandOnCard.objects.exists()


def test_a_reward_that_was_decided_at_the_desk_is_nothing_that_the_decider_handed_out(lume: Shop) -> None:
    card = lume.publish(earning=AT_ONCE).card()
    give(card, lume.hire("Ci"), Purchase(count=5))
    follow_everything()
    HandTotal.objects.all().delete()
    voucher, then = card.open_vouchers[0], MORNING + timedelta(hours=1)
    with stopped_at(MORNING + timedelta(hours=2)):
        kept = waiting_scan(lume, card, at=then, voucher_id=voucher.id, reward_id=voucher.reward_id)
        decide(lume.merchant, kept, "count", actor=lume.actor)
    follow_everything()

    used, told = Redemption.objects.get(), Event.objects.get(type="voucher.redeemed")
    assert (used.at, told.at) == (then, MORNING + timedelta(hours=2))
    assert not HandTotal.objects.exists()


def test_what_no_person_did_is_nobodys(lume: Shop) -> None:
    card = lume.publish(earning=AT_ONCE).card()
    for source in ("api", "kiosk", "autopilot"):
        add_stamp(lume.merchant, card.id, Purchase(), actor=Actor(source=source, location_id=lume.location.id))
    follow_everything()

    assert not HandTotal.objects.exists()
    assert not HandOnCard.objects.exists()


def test_the_card_with_the_address_of_the_account_is_the_own_one(lume: Shop, rossi: Shop) -> None:
    """Also where only few stamps were put on it; not that of a colleague, and not the rival's with the same address."""
    offer = lume.publish(earning=AT_ONCE)
    own, other = offer.card(email="ADA@lume.example"), offer.card(email="cy@example.com")
    bo = lume.hire("Bo")
    for day in range(24):
        give(own, lume.ada, days=day)
        give(other, lume.ada, days=day)
        give(own, bo, days=day, hours=1)
    give(other, bo, hours=1)  # else it would be a card that nobody else stamps
    follow_everything()

    month = read_odd_month(lume.merchant, MONTH)
    assert [(one.reason, one.person, one.card, one.found, one.of) for one in month.odd] == [
        ("own_card", lume.ada.id, own.id, 24, 24)
    ]


def test_the_card_with_the_name_of_a_person_is_the_own_one(lume: Shop) -> None:
    """Folded, in any order. A name of one word says nothing."""
    offer = lume.publish(earning=AT_ONCE)
    bo, jo = lume.hire("Bō Kalniņš"), lume.hire("Jo")
    own, namesake = offer.card(name="KALNINS Bo"), offer.card(name="Jo")
    for day in range(10):
        for card in (own, namesake):
            give(card, bo, days=day)
            give(card, jo, days=day, hours=1)
    follow_everything()

    assert [(one.reason, one.person, one.card) for one in read_odd_month(lume.merchant, MONTH).odd] == [
        ("own_card", bo.id, own.id)
    ]


def test_a_card_that_was_named_is_the_own_one_also_where_it_was_merged(lume: Shop) -> None:
    """Told as own cards are, above their limits; a colleague's hand counts for nothing."""
    offer = lume.publish(earning=AT_ONCE)
    bo, jo = lume.hire("Bo"), lume.hire("Jo")
    own, into = offer.card(), offer.card()
    name_own_card(lume.merchant, bo.id, own.id, actor=lume.actor)
    for day in range(10):
        give(own if day < 2 else into, bo, days=day)
        give(own if day < 2 else into, jo, days=day, hours=1)
        if day == 1:
            with stopped_at(MORNING + timedelta(days=day, hours=2)):
                merge_customers(lume.merchant, into.row.customer_id, own.row.customer_id, actor=lume.actor)
    follow_everything()

    assert [
        (one.reason, one.person, one.card, one.found, one.of) for one in read_odd_month(lume.merchant, MONTH).odd
    ] == [("own_card", bo.id, into.id, 8, 10)]


def test_where_the_own_card_is_known_a_card_that_nobody_else_stamps_is_told_when_it_begins(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE)
    bo, jo = lume.hire("Bo"), lume.hire("Jo")
    regular, shared = offer.card(), offer.card()
    for day in (*range(-56, -46), *range(-28, -18), *range(10)):
        if day > -46:
            give(regular, bo, days=day)
        give(shared, jo, days=day)
        give(shared, bo, days=day, hours=1)
    follow_everything()
    earlier = local_day(lume.merchant, MORNING - timedelta(days=28)).replace(day=1)

    def told() -> list[list[str]]:
        return [[one.reason for one in read_odd_month(lume.merchant, month).odd] for month in (earlier, MONTH)]

    assert told() == [["one_hand"], ["one_hand"]]
    name_own_card(lume.merchant, bo.id, offer.card().id, actor=lume.actor)
    assert told() == [["one_hand"], []]


def test_a_card_that_one_person_alone_stamps_whenever_they_work_is_told(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE)
    bo, jo = lume.hire("Bo"), lume.hire("Jo")
    fed, shared = offer.card(), offer.card()
    for day in range(10):
        give(fed, bo, days=day)
        give(shared, bo, days=day, hours=1)
        give(shared, jo, days=day, hours=2)
    follow_everything()

    assert [(one.reason, one.person, one.card, one.found) for one in read_odd_month(lume.merchant, MONTH).odd] == [
        ("one_hand", bo.id, fed.id, 10)
    ]


def test_one_month_is_read_and_those_before_tell_what_is_usual_for_a_person(lume: Shop, rossi: Shop) -> None:
    card, rivals = lume.publish(earning=AT_ONCE).card(), rossi.publish(earning=AT_ONCE).card()
    give(card, lume.ada, days=-40)
    give(card, lume.ada)
    give(card, lume.ada, days=1)
    give(rivals, rossi.ada)
    follow_everything()

    (done,) = read_odd_month(lume.merchant, MONTH).done

    assert (done.person, done.days, done.times) == (lume.ada.id, 2, 2)
    assert (done.hits["without_receipt"].all, done.hits["without_receipt"].most, done.hits["without_receipt"].next) == (
        2,
        1,
        1,
    )
