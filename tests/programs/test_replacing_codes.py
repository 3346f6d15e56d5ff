"""A code that all customers of a reward are shown gets a successor."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from stampwell.clock import now, stopped_at
from stampwell.counter.own_codes import TillCodeScanned
from stampwell.counter.scanning import recognise
from stampwell.events.desk_changes import read_changes
from stampwell.events.models import Event
from stampwell.events.recording import EventType
from stampwell.ids import public_id
from stampwell.merchants.local_time import start_of_day
from stampwell.merchants.models import Location
from stampwell.programs.code_successors import SuccessorRow, Successors, Turn
from stampwell.programs.limits import LONGEST_COUNTDOWN
from stampwell.programs.models import CodeSuccessor
from stampwell.programs.replacing_codes import (
    MOST_OVERLAP,
    NextCode,
    plan_successor,
    say_removed,
    take_back_successor,
)
from stampwell.programs.successor_refusals import (
    CodeReplaced,
    CodeTaken,
    DayTooFar,
    NoSharedCode,
    OldCodeStillShown,
    SuccessorBegun,
    SuccessorPlanned,
)
from stampwell.redeem_codes.formats import CodeDoesNotFit, find_check_digit
from stampwell.refusal import NotFound
from tests.kept import made_once
from tests.moments import START
from tests.redeem_codes.working import lay_in, pool_of
from tests.vouchers.test_codes_by_location import loc, offer_of, show, tea, voucher_of
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db

TODAY = START.date()
TURN = TODAY + timedelta(days=19)


@pytest.fixture
@made_once
def mill(lume: Shop) -> Location:
    return Location.objects.create(merchant=lume.merchant, name="Mill", time_zone="Europe/Riga")


@pytest.fixture
@made_once
def offer(lume: Shop, mill: Location) -> Offer:
    return offer_of(lume, {loc(mill): "MILL10"})


def reward_of(offer: Offer) -> UUID:
    return offer.terms.rewards[0].id


def plan(
    offer: Offer, code: str = "NEWTEA", day: date = TURN, overlap: int = 7, place: Location | None = None
) -> SuccessorRow:
    wanted = NextCode(code=code, first_day=day, overlap_days=overlap)
    return plan_successor(
        offer.shop.merchant, reward_of(offer), place.id if place else None, wanted, actor=offer.shop.actor
    )


def turn_of(offer: Offer) -> datetime:
    return start_of_day(offer.shop.merchant, TURN)


def shown(offer: Offer, place: Location, at: datetime) -> str:
    with stopped_at(at):
        return show(offer, voucher_of(offer), place).code


def test_it_is_shown_from_the_shops_midnight_on(lume: Shop, offer: Offer) -> None:
    row, turn = plan(offer), turn_of(offer)

    assert (row.starts, row.old_until) == (turn, start_of_day(lume.merchant, TURN + timedelta(days=7)))
    assert turn.astimezone(ZoneInfo("Europe/Riga")).hour == 0
    assert shown(offer, lume.location, turn - timedelta.resolution) == "FREETEA"
    assert shown(offer, lume.location, turn) == "NEWTEA"


def test_what_was_shown_before_stays(lume: Shop, offer: Offer) -> None:
    plan(offer)
    voucher_id, turn = voucher_of(offer), turn_of(offer)
    with stopped_at(turn - timedelta(minutes=1)):
        first = show(offer, voucher_id, lume.location)
    with stopped_at(turn + timedelta(minutes=1)):
        assert show(offer, voucher_id, lume.location) == first


def test_one_location_has_a_successor_of_its_own(lume: Shop, offer: Offer, mill: Location) -> None:
    plan(offer, "MILL11", place=mill)

    assert [shown(offer, place, turn_of(offer)) for place in (mill, lume.location)] == ["MILL11", "FREETEA"]


def test_promises_of_older_terms_show_it_too(lume: Shop, offer: Offer, mill: Location) -> None:
    old = voucher_of(offer)
    newer = Offer(lume, lume.publish(offer.program, goal=1, milestones=[{"stamps": 1, "reward": tea({})}]).program)
    plan(newer)
    with stopped_at(turn_of(offer)):
        assert show(offer, old, lume.location).code == "NEWTEA"


def test_today_means_at_once_and_one_follows_another(lume: Shop, offer: Offer) -> None:
    first = plan(offer, day=TODAY)
    assert first.starts == now()
    assert shown(offer, lume.location, now()) == "NEWTEA"

    plan(offer, "NEWERTEA")

    assert shown(offer, lume.location, now()) == "NEWTEA"
    assert shown(offer, lume.location, turn_of(offer)) == "NEWERTEA"


def test_the_old_one_works_as_long_as_somebody_may_still_be_shown_it(lume: Shop, offer: Offer) -> None:
    late = start_of_day(lume.merchant, TODAY + timedelta(days=1)) - timedelta(minutes=1)
    with stopped_at(late):
        row = plan(offer, day=TODAY, overlap=1)

    assert row.old_until == late + timedelta(minutes=LONGEST_COUNTDOWN)


def test_what_is_planned_is_taken_back(lume: Shop, offer: Offer) -> None:
    row, turn = plan(offer), turn_of(offer)
    with pytest.raises(SuccessorPlanned):
        plan(offer, "OTHER")
    with stopped_at(turn - timedelta(minutes=1, seconds=-1)), pytest.raises(SuccessorBegun):
        take_back_successor(lume.merchant, row.id, actor=lume.actor)
    with stopped_at(turn - timedelta(minutes=1)):
        take_back_successor(lume.merchant, row.id, actor=lume.actor)

    assert shown(offer, lume.location, turn) == "FREETEA"
    plan(offer)
    assert shown(offer, lume.location, turn) == "NEWTEA"


def test_that_the_till_has_the_old_one_no_more_is_said_when_it_is_over(lume: Shop, offer: Offer) -> None:
    row = plan(offer)
    with stopped_at(row.old_until):
        first = say_removed(lume.merchant, row.id, actor=lume.actor)
        assert say_removed(lume.merchant, row.id, actor=lume.actor) == first

    assert CodeSuccessor.objects.get().removed == row.old_until


def test_nobody_says_that_the_till_has_no_more_what_is_still_shown(lume: Shop, offer: Offer) -> None:
    row, turn = plan(offer), turn_of(offer)
    with stopped_at(turn - timedelta.resolution), pytest.raises(OldCodeStillShown) as refused:
        say_removed(lume.merchant, row.id, actor=lume.actor)
    with stopped_at(turn):
        assert say_removed(lume.merchant, row.id, actor=lume.actor).removed == turn

    assert refused.value.facts == {"starts": turn}


def test_it_fits_every_format_that_its_code_is_shown_in(lume: Shop) -> None:
    reward = tea({})
    reward["redeem_code"] |= {"code": "4006381333931", "format": "ean13"}
    offer = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": reward}])

    for code in ("4006381333932", "NEWTEA", "400638133393"):
        with pytest.raises(CodeDoesNotFit):
            plan(offer, code)

    assert plan(offer, "2" * 12 + find_check_digit("2" * 12)).next_code[:3] == "222"


@pytest.mark.parametrize("taken", ["freetea", "MILL10", "LATTE", "NEWTEA", "FALLBACK", "POOLED"])
def test_it_is_no_other_code_of_the_shop(lume: Shop, rossi: Shop, offer: Offer, mill: Location, taken: str) -> None:
    reward = {"name": "Latte", "path": "redeem_code", "redeem_code": {"kind": "static", "code": "LATTE"}}
    lume.publish(goal=1, milestones=[{"stamps": 1, "reward": reward}])
    pool = pool_of(lume, fallback_code="FALLBACK")
    lay_in(lume, pool, ["POOLED"])
    plan(offer, place=mill)

    with pytest.raises(CodeTaken):
        plan(offer, taken)

    theirs = offer_of(rossi, {})
    assert plan(theirs, taken if taken != "freetea" else "LATTE").next_code


def test_days_are_within_bounds(offer: Offer) -> None:
    wrong = [(TODAY - timedelta(days=1), 7), (TODAY + timedelta(days=367), 7), (TURN, 0), (TURN, MOST_OVERLAP + 1)]
    for day, overlap in wrong:
        with pytest.raises(DayTooFar):
            plan(offer, day=day, overlap=overlap)


def test_only_a_code_that_all_are_shown_has_one(lume: Shop, rossi: Shop, offer: Offer) -> None:
    own = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": {"name": "Bun", "path": "staff_scan"}}])
    with pytest.raises(NoSharedCode):
        plan(own)
    with pytest.raises(NoSharedCode):
        plan(offer, place=lume.location)
    wanted = NextCode(code="X1", first_day=TURN)
    with pytest.raises(NotFound):
        plan_successor(rossi.merchant, reward_of(offer), None, wanted, actor=rossi.actor)
    row = plan(offer)
    for step in (take_back_successor, say_removed):
        with pytest.raises(NotFound):
            step(rossi.merchant, row.id, actor=rossi.actor)


def test_terms_with_a_replaced_code_are_not_published(lume: Shop, offer: Offer, mill: Location) -> None:
    plan(offer)
    lume.publish(offer.program, goal=1, milestones=[{"stamps": 1, "reward": tea({})}])
    with stopped_at(turn_of(offer)), pytest.raises(CodeReplaced):
        lume.publish(offer.program, goal=1, milestones=[{"stamps": 1, "reward": tea({})}])


def test_a_scanner_knows_both(lume: Shop, offer: Offer) -> None:
    plan(offer)

    assert [type(recognise(lume.merchant, code).refusal) for code in ("FREETEA", "newtea")] == [TillCodeScanned] * 2


def test_it_is_told_without_the_code(lume: Shop, offer: Offer) -> None:
    row = plan(offer)
    take_back_successor(lume.merchant, row.id, actor=lume.actor)

    types: tuple[EventType, ...] = ("codes.successor_planned", "codes.successor_taken_back")
    events = [Event.objects.get(type=one) for one in types]
    changes = read_changes(lume.merchant.id, most=2)

    assert [event.data["code_successor"]["id"] for event in events] == [public_id("csu", row.id)] * 2
    assert [(one.kind, one.name) for one in changes] == [
        ("codes.successor_taken_back", "Tea"),
        ("codes.successor_planned", "Tea"),
    ]
    assert changes[1].after == {
        "shown_from": TURN.isoformat(),
        "old_last_day": (TURN + timedelta(days=6)).isoformat(),
    }
    assert "NEWTEA" not in str([*(event.data for event in events), *((one.before, one.after) for one in changes)])


def test_a_circle_that_an_archive_brings_ends() -> None:
    at = START
    rows = [
        SuccessorRow(id=UUID(int=n), code=a, next_code=b, planned=at, starts=at, old_until=at, removed=None)
        for n, (a, b) in enumerate([("A", "B"), ("B", "A")])
    ]

    assert Successors(rows).code_at("A", at) == "B"


def test_a_code_in_other_capitals_is_the_same() -> None:
    turns = Successors([Turn("Coffee10", "NEXT", START)])

    assert turns.code_at("COFFEE10", START) == turns.code_at("Coffee10", START) == "NEXT"
    assert list(Successors([Turn("Tea", "TEA", START)]).after("tea")) == []
