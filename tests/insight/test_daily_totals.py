"""The kept totals are what the ledger says, whatever happened and wherever the counting was stopped."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card, Stamp
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.events.actors import Actor
from stampwell.events.draining import put_in_order
from stampwell.events.models import Event
from stampwell.events.reader import Follower, follow
from stampwell.events.rows import EventRow
from stampwell.insight.daily_totals import add_to_totals
from stampwell.insight.models import DailyTotal, MonthlyTotal
from stampwell.merchants.local_time import local_day
from stampwell.reactions import find_follower
from stampwell.refusal import Refusal
from stampwell.transactions import Statements
from stampwell.vouchers.models import Redemption, Reversal
from tests.following import follow_everything
from tests.world import HeldCard, Shop

AT_ONCE = {"by": "visit", "cooldown_seconds": 0}
MORNING = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
pytestmark = pytest.mark.moment(MORNING)
STEPS = 200

type Kind = tuple[date, UUID | None, UUID | None, UUID]


class Died(Exception):
    """The power went."""


def live(shop: Shop, seed: int) -> None:
    """Days of stamps, undos, rewards handed out and given back, by several hands on cards of two programs."""
    dice = random.Random(seed)
    moment = MORNING
    with stopped_at(moment):
        bo = shop.hire("Bo")
        station, _credential = shop.scanner()
        hands = [
            shop.actor,
            Actor(source="scanner", location_id=shop.location.id, station_id=station.id, staff_member_id=bo.id),
            Actor(source="api"),
        ]
        tea = [{"stamps": 3, "reward": {"name": "Tea", "path": "staff_scan"}}]
        cards = [shop.publish(earning=AT_ONCE, goal=3, milestones=tea).card() for _program in range(2)]
    for _step in range(STEPS):
        moment += timedelta(minutes=dice.randint(1, 200))  # over many midnights, which are not those of UTC
        with stopped_at(moment):
            act(dice, dice.choice(cards), dice.choice(hands))


def act(dice: random.Random, card: HeldCard, actor: Actor) -> None:
    merchant = card.shop.merchant
    try:
        match dice.choice(["stamp", "stamp", "undo", "redeem", "give back"]):
            case "stamp":
                add_stamp(merchant, card.id, Purchase(count=dice.randint(1, 4)), actor=actor)
            case "undo":
                stamps = Stamp.objects.filter(card_id=card.id, reverses_id__isnull=True)
                undo_stamp(merchant, dice.choice(stamps.order_by("at")).id, reason="Wrong card", actor=actor)
            case "redeem":
                hand_over(merchant, dice.choice(card.open_vouchers).id, actor=actor)
            case "give back":
                used = Redemption.objects.filter(voucher__card_id=card.id).order_by("at")
                give_back(merchant, dice.choice(used).id, reason="Wrong tea", actor=actor)
    except (Refusal, IndexError):
        pass  # a no, or nothing there to choose from, is a part of life too


def ledger_of(shop: Shop) -> dict[str, Counter[Kind]]:
    """What the append-only rows of cards and vouchers say happened, without a look at any event."""
    programs = dict(Card.objects.values_list("id", "program_id"))
    told: dict[str, Counter[Kind]] = {
        name: Counter() for name in ("stamps", "stamp.added", "stamp.reversed", "voucher.redeemed", "voucher.reversed")
    }

    def kind(row: Stamp | Redemption, card_id: UUID) -> Kind:
        return (local_day(shop.merchant, row.at), row.location_id, row.staff_member_id, programs[card_id])

    for stamp in Stamp.objects.filter(merchant=shop.merchant):
        told["stamps"][kind(stamp, stamp.card_id)] += stamp.count
        told["stamp.reversed" if stamp.reverses_id else "stamp.added"][kind(stamp, stamp.card_id)] += 1
    for used in Redemption.objects.filter(merchant=shop.merchant).select_related("voucher"):
        told["voucher.redeemed"][kind(used, used.voucher.card_id)] += 1
    for back in Reversal.objects.filter(merchant=shop.merchant).select_related("redemption__voucher"):
        card_id = back.redemption.voucher.card_id
        place = shop.location.id if back.station_id else None
        told["voucher.reversed"][
            (local_day(shop.merchant, back.at), place, back.staff_member_id, programs[card_id])
        ] += 1
    return told


def totals_of(shop: Shop) -> dict[str, Counter[Kind]]:
    told: dict[str, Counter[Kind]] = {name: Counter() for name in ledger_of(shop)}
    for row in DailyTotal.objects.filter(merchant=shop.merchant, type__in=told):
        assert row.program_id is not None
        kind = (row.day, row.location_id, row.staff_member_id, row.program_id)
        told[row.type][kind] += row.times
        if row.type.startswith("stamp."):
            told["stamps"][kind] += row.stamps
    return told


def rows_of(shop: Shop) -> list[tuple[object, ...]]:
    columns = ("day", "type", "location_id", "staff_member_id", "program_id", "times", "stamps")
    return sorted(DailyTotal.objects.filter(merchant=shop.merchant).values_list(*columns), key=repr)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_totals_are_what_the_ledger_says(lume: Shop, seed: int) -> None:
    live(lume, seed)
    follow_everything()

    assert totals_of(lume) == ledger_of(lume)
    assert all(kinds for kinds in ledger_of(lume).values()), "everything really happened"
    assert sum(row.times for row in DailyTotal.objects.filter(merchant=lume.merchant)) == Event.objects.count()


def test_counted_anew_they_are_exactly_the_same(lume: Shop, rossi: Shop) -> None:
    live(lume, 4)
    live(rossi, 5)
    follow_everything()
    before = rows_of(lume), rows_of(rossi)
    DailyTotal.objects.filter(merchant=lume.merchant, type="stamp.added").update(times=1_000_000)

    call_command("followers", "--rewind", "daily_totals", "--shop", "cafe-lume", stdout=StringIO())

    assert (rows_of(lume), rows_of(rossi)) == before


def test_the_months_are_the_sums_of_their_days_also_counted_anew(lume: Shop) -> None:
    live(lume, 7)
    follow_everything()
    call_command("followers", "--rewind", "monthly_totals", "--shop", "cafe-lume", stdout=StringIO())

    months: Counter[tuple[object, ...]] = Counter()
    for row in DailyTotal.objects.filter(merchant=lume.merchant):
        hand = (row.day.replace(day=1), row.type, row.location_id, row.staff_member_id, row.program_id)
        months[*hand, "times"] += row.times
        months[*hand, "stamps"] += row.stamps
    kept: Counter[tuple[object, ...]] = Counter()
    for month in MonthlyTotal.objects.filter(merchant=lume.merchant):
        hand = (month.day, month.type, month.location_id, month.staff_member_id, month.program_id)
        kept[*hand, "times"] += month.times
        kept[*hand, "stamps"] += month.stamps

    assert kept == months


def test_counting_that_is_killed_again_and_again_neither_loses_nor_doubles(lume: Shop) -> None:
    live(lume, 6)
    put_in_order(lume.merchant.id)
    dice = random.Random(6)

    for _try in range(1_000):
        try:
            if not follow(lume.merchant.id, dying(dice), batch=7):
                break
        except Died:
            continue

    assert totals_of(lume) == ledger_of(lume)


def dying(dice: random.Random) -> Follower:
    """Counts as the real one does, and dies now and then: before it counted, or after, before the COMMIT."""

    def count(tx: Statements, events: list[EventRow]) -> None:
        if dice.random() < 0.2:
            raise Died
        add_to_totals(tx, events)
        tx.send()
        if dice.random() < 0.2:
            raise Died

    return Follower(name="daily_totals", follow=count)


def test_an_event_of_before_midnight_of_the_shop_is_of_that_day(lume: Shop) -> None:
    with stopped_at(datetime(2026, 3, 3, 21, 59, tzinfo=UTC)):  # a minute to midnight in Riga
        card = lume.publish(earning=AT_ONCE).card()
        add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)
    with stopped_at(datetime(2026, 3, 3, 22, 0, tzinfo=UTC)):
        add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)
    follow_everything()

    days = DailyTotal.objects.filter(type="stamp.added").order_by("day").values_list("day", "times")
    assert list(days) == [(date(2026, 3, 3), 1), (date(2026, 3, 4), 1)]


def test_the_real_follower_is_in_the_list() -> None:
    follower = find_follower("daily_totals")

    assert follower is not None
    assert follower.follow is add_to_totals
