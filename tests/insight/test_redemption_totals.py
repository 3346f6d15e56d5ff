"""In which ways rewards were used is what the ledger says, whatever was taken back, also counted anew."""

from collections import Counter
from datetime import date, timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.insight.redemption_figures import Redemptions, count_redemptions
from stampwell.insight.redemption_models import RedemptionTotal
from stampwell.insight.redemption_totals import Way, way_of
from stampwell.insight.spread import most_of
from stampwell.insight.till_question import LEAST, TillAnswer, answer
from stampwell.merchants.local_time import local_day
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.models import Redemption, Reversal
from tests.following import follow_everything
from tests.insight.test_daily_totals import MORNING, live
from tests.world import Shop

pytestmark = pytest.mark.moment(MORNING)
TEA = {"stamps": 1, "reward": {"name": "Tea", "path": "staff_scan"}}
FIRST, LAST = date(2026, 3, 1), date(2026, 12, 31)

type Kind = tuple[date, UUID, str]


def ledger_of(shop: Shop) -> Counter[Kind]:
    """Less those that were taken back, on the day of their use."""
    programs, told = dict(Card.objects.values_list("id", "program_id")), Counter[Kind]()
    for used in Redemption.objects.filter(merchant=shop.merchant).select_related("voucher"):
        told[local_day(shop.merchant, used.at), programs[used.voucher.card_id], way_of(used.path, used.source)] += 1
    for back in Reversal.objects.filter(merchant=shop.merchant).select_related("redemption__voucher"):
        used = back.redemption
        told[local_day(shop.merchant, used.at), programs[used.voucher.card_id], way_of(used.path, used.source)] -= 1
    return Counter({kind: times for kind, times in told.items() if times})


def totals_of(shop: Shop) -> Counter[Kind]:
    rows = RedemptionTotal.objects.filter(merchant=shop.merchant).exclude(times=0)
    return Counter({(row.day, row.program_id or UUID(int=0), row.way): row.times for row in rows})


def read(shop: Shop, first: date = FIRST, last: date = LAST) -> Redemptions:
    with merchant_transaction(shop.merchant.id) as tx:
        return count_redemptions(tx, first, last)


def test_the_ways_of_each_day_and_program_are_what_the_ledger_says(lume: Shop, rossi: Shop) -> None:
    live(lume, 41)
    live(rossi, 42)
    with stopped_at(MORNING + timedelta(days=60)):
        follow_everything()
        counted = {shop.merchant.id: totals_of(shop) for shop in (lume, rossi)}
        call_command("followers", "--rewind", "redemption_totals", stdout=StringIO())
        follow_everything()

    for shop in (lume, rossi):
        assert counted[shop.merchant.id] == totals_of(shop) == ledger_of(shop)
    by_way = Counter[str]()
    for (_day, _program, way), times in ledger_of(lume).items():
        by_way[way] += times
    assert +Counter(read(lume).ways) == +by_way
    assert read(lume).all == sum(by_way.values())
    assert {"api", "staff_scan"} <= by_way.keys()


def test_only_the_days_that_are_asked_for_are_counted(lume: Shop) -> None:
    live(lume, 43)
    with stopped_at(MORNING + timedelta(days=60)):
        follow_everything()
    days = [day for day, _program, _way in ledger_of(lume)]

    assert read(lume, FIRST, min(days) - timedelta(days=1)).all == 0
    assert read(lume, min(days), min(days)).all == sum(
        times for (day, _program, _way), times in ledger_of(lume).items() if day == min(days)
    )


def test_what_is_taken_back_is_taken_off_the_day_of_its_use(lume: Shop) -> None:
    card = lume.publish(goal=1, milestones=[TEA]).card()
    add_stamp(lume.merchant, card.id, Purchase(count=1), actor=lume.actor)
    used = hand_over(lume.merchant, card.open_vouchers[0].id, actor=lume.actor).redemption
    follow_everything()
    with stopped_at(MORNING + timedelta(days=20)):
        give_back(lume.merchant, used.id, reason="Wrong tea", actor=lume.actor)
        follow_everything()
    day = local_day(lume.merchant, MORNING)

    assert list(RedemptionTotal.objects.values_list("day", "times")) == [(day, 0)]
    for first in (FIRST, day + timedelta(days=1)):
        assert read(lume, first, LAST) == Redemptions(Counter(), {})


def test_what_was_used_elsewhere_and_taken_back_here_takes_nothing_off(lume: Shop) -> None:
    program = lume.publish().program
    for days, times in ((1, -2), (2, 3)):
        RedemptionTotal.objects.create(
            merchant=lume.merchant, day=FIRST + timedelta(days=days), program_id=program.id, way="desk", times=times
        )

    ways = Counter[Way]({"desk": 3})
    assert read(lume) == Redemptions(ways, {program.id: ways})
    assert read(lume, FIRST, FIRST + timedelta(days=1)) == Redemptions(Counter(), {})


@pytest.mark.parametrize(
    ("path", "source", "way"),
    [
        ("self_redeem", "card", "self_redeem"),
        ("redeem_code", "card", "redeem_code"),
        ("staff_scan", "scanner", "staff_scan"),
        ("staff_scan", "autopilot", "staff_scan"),
        ("redeem_code", "owner", "desk"),
        ("redeem_code", "api", "api"),
    ],
)
def test_what_a_program_or_somebody_at_the_desk_did_is_a_way_of_its_own(path: str, source: str, way: str) -> None:
    assert way_of(path, source) == way


@pytest.mark.parametrize(
    ("counted", "half", "most"),
    [
        ({}, None, None),
        ({5: 0}, None, None),
        ({5: 1}, 5, 5),
        ({0: 5, 9: 5}, 0, 9),
        ({1: 9, 30: 1}, 1, 1),
        ({30: 2, 1: 8}, 1, 30),
    ],
)
def test_half_of_them_and_nine_of_ten(counted: dict[int, int], half: int | None, most: int | None) -> None:
    assert (most_of(counted, 0.5), most_of(counted, 0.9)) == (half, most)


@pytest.mark.parametrize(
    ("used", "by_code", "compared", "wrong", "said"),
    [
        (LEAST - 1, LEAST - 1, 100, 50, "too_few"),
        (LEAST, 0, 100, 50, "no_codes"),
        (LEAST, 1, LEAST - 1, LEAST - 1, "not_compared"),
        (LEAST, 1, 100, 4, "enough"),
        (LEAST, 1, 100, 5, "connect"),
    ],
)
def test_few_figures_say_nothing_and_one_code_of_twenty_is_too_many(
    used: int, by_code: int, compared: int, wrong: int, said: TillAnswer
) -> None:
    assert answer(used=used, by_code=by_code, compared=compared, wrong=wrong) == said
