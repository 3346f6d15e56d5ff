"""The figures that an owner sees, as files: what stands in them is what stands on the pages."""

from collections import Counter
from datetime import timedelta

import pytest

from stampwell.clock import stopped_at
from stampwell.counter.scanning import Recognised, note_refusal
from stampwell.exports.rows import Subject
from stampwell.insight.customer_figures import (
    count_refusals,
    count_refusing_hands,
    count_standing,
    count_waiting,
)
from stampwell.insight.figures import Counts, ask_visits, count_by_hand
from stampwell.merchants.names import names_of
from stampwell.transactions import merchant_reads
from stampwell.vouchers.refusals import VoucherExpired, VoucherVoid
from tests.exports.working import cells_of, made, rows_of, table_of
from tests.following import follow_everything
from tests.insight.test_daily_totals import AT_ONCE, MORNING, live
from tests.kept import made_once
from tests.world import Shop

FIRST, LAST = MORNING.date(), MORNING.date() + timedelta(days=90)
FIGURES = ("New cards", "Stamps", "Rewards earned", "Rewards handed out")
pytestmark = [pytest.mark.django_db, pytest.mark.moment(MORNING)]


@pytest.fixture
@made_once
def busy(lume: Shop) -> Shop:
    """Two months with many hands, and scans that were refused."""
    live(lume, 7)
    with stopped_at(MORNING + timedelta(days=40)):
        for refusal in (VoucherExpired(), VoucherExpired(), VoucherVoid()):
            note_refusal(lume.merchant, Recognised(), refusal, actor=lume.actor)
        follow_everything()
    return lume


def file_of(shop: Shop, subject: Subject) -> list[dict[str, str]]:
    with stopped_at(MORNING + timedelta(days=50)):
        return rows_of(made(shop, subject))


def summed(rows: list[dict[str, str]], by: str, column: str) -> Counter[str]:
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row[by]] += int(row[column])
    return sums


def told(counts: Counts) -> tuple[int, ...]:
    return counts.cards, counts.stamps, counts.earned, counts.handed_out


def test_hands_places_and_programs_sum_up_to_the_tables_of_the_start_page(busy: Shop) -> None:
    rows = file_of(busy, "hands")

    with merchant_reads(busy.merchant.id) as tx:
        hands = count_by_hand(tx, FIRST, LAST, unit="day")
        refused = count_refusing_hands(tx, FIRST, LAST)
        names = names_of(tx, [*hands.people, *hands.locations])
    sums = [summed(rows, "Person", figure) for figure in FIGURES]
    people = {names[id] if id else "": told(one) for id, one in hands.people.items() if any(told(one))}
    assert people == {name: tuple(one[name] for one in sums) for name in sums[1] if any(one[name] for one in sums)}
    stamps = summed(rows, "Location", "Stamps").values()
    assert sorted(filter(None, stamps)) == sorted(one.stamps for one in hands.locations.values() if one.stamps)
    # Both programs have one name.
    assert summed(rows, "Program", "Stamps")["Coffee card"] == sum(one.stamps for one in hands.programs.values())
    scans = summed(rows, "Person", "Scans that were refused")
    assert {name: times for name, times in scans.items() if times} == {
        one.name or "": one.times for one in refused if not one.by_location
    }
    assert len({row["Month"] for row in rows}) > 1


def test_the_hours_sum_up_to_the_busy_hours_of_the_start_page(busy: Shop) -> None:
    rows = file_of(busy, "hours")

    with merchant_reads(busy.merchant.id) as tx:
        visits = ask_visits(tx, FIRST, LAST)()
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    sums: Counter[tuple[int, int]] = Counter()
    for row in rows:
        sums[days.index(row["Weekday"]), int(row["Hour"])] += int(row["Times stamped"])
    assert {cell: times for cell, times in sums.items() if times} == visits
    places = [(row["Day"], int(row["Hour"])) for row in rows]
    assert places == sorted(set(places))


def test_refusals_waiting_and_fullness_are_those_of_the_page_of_figures(busy: Shop) -> None:
    refused, waited, full = (file_of(busy, subject) for subject in ("refusals", "waiting", "fullness"))

    with merchant_reads(busy.merchant.id) as tx:
        reasons = count_refusals(tx, FIRST, LAST)
        waiting = count_waiting(tx, FIRST, LAST)
        standing = count_standing(tx)
    titles = {str(one.title): reasons[one.code] for one in (VoucherExpired, VoucherVoid)}
    scans = summed(refused, "Reason", "Scans")
    assert {title: scans[title] for title in titles} == titles
    assert scans.total() == sum(reasons.values())
    days = summed(waited, "Days from ready to handed out", "Rewards")
    assert {int(number): times for number, times in days.items()} == waiting
    assert {int(to_go): cards for to_go, cards in summed(full, "Stamps to go", "Cards").items()} == standing.to_go
    assert waiting
    assert standing.to_go


@pytest.mark.parametrize("subject", ["hands", "hours", "refusals", "waiting", "fullness"])
def test_figures_of_another_shop_are_in_no_file(busy: Shop, rossi: Shop, subject: Subject) -> None:
    rossi.publish(earning=AT_ONCE)
    follow_everything()

    with stopped_at(MORNING + timedelta(days=50)):
        _headings, *rows = table_of(made(rossi, subject))

    assert not any(int(row[-1]) for row in rows)


def test_no_name_in_figures_becomes_a_formula(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE, name="=1+1")
    offer.card()
    follow_everything()

    assert {row["Program"] for row in rows_of(made(lume, "hands"))} >= {"'=1+1"}
    assert {row["Program"] for row in rows_of(made(lume, "fullness"))} == {"'=1+1"}


@pytest.mark.parametrize(
    ("subject", "first", "second"),
    [
        ("hands", "月", "店舗"),
        ("hours", "日付", "曜日"),
        ("refusals", "月", "プログラム"),
        ("waiting", "月", "プログラム"),
        ("fullness", "プログラム", "残りのスタンプ"),
    ],
)
def test_figures_in_another_language_have_its_headings(lume: Shop, subject: Subject, first: str, second: str) -> None:
    assert cells_of(made(lume, subject, "xlsx", locale="ja"))[:2] == [first, second]
