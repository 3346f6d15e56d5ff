"""The comparisons of some weeks together: what two reports tell counts once."""

from datetime import timedelta

import pytest

from stampwell.clock import now, stopped_at
from stampwell.reconciling import adding_up, reconcile
from stampwell.reconciling.adding_up import add_up
from stampwell.transactions import merchant_reads
from tests.reconciling.test_pools import hand_out
from tests.reconciling.test_taken_off import off
from tests.reconciling.working import coffee_shop, compare, line_of, report_of, rows_kept, show_one
from tests.redeem_codes.working import lay_in, pool_of
from tests.world import Shop

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def added_up(shop: Shop, days: int = 90) -> tuple[int, dict[str, int]]:
    with merchant_reads(shop.merchant.id) as tx:
        found = add_up(tx, since=now() - timedelta(days=days))
    return found.compared, dict(found.wrong)


def test_without_a_comparison_nothing_was_compared(lume: Shop) -> None:
    assert added_up(lume) == (0, {})


def test_reports_that_overlap_count_each_voucher_and_each_leak_once(lume: Shop) -> None:
    offer = coffee_shop(lume)
    begins = now()
    used = [show_one(offer, begins + number * HOUR) for number in range(4)]
    seen = [line_of("FREECOFFEE", one.at, receipt=f"R{number}") for number, one in enumerate(used)]
    leak = line_of("FREECOFFEE", used[1].at + timedelta(minutes=30), receipt="L1")
    other = line_of("freecoffee", used[2].at + timedelta(minutes=30), receipt="L2")

    with stopped_at(begins + 5 * HOUR):
        compare(lume, report_of(seen[0], leak, seen[3]))  # 1 and 2 are missing
        assert added_up(lume) == (5, {"leaked": 1, "not_used": 2})

        compare(lume, report_of(seen[0], seen[1], leak, other, seen[3]))  # 2 is missing again
        assert added_up(lume) == (6, {"leaked": 2, "not_used": 1})

        compare(lume, report_of(*seen))
        assert added_up(lume) == (6, {"leaked": 2})
    with stopped_at(now() + timedelta(days=2)):
        assert added_up(lume, days=1) == (0, {})


def test_what_was_confirmed_and_then_refunded_is_one(lume: Shop) -> None:
    used = show_one(coffee_shop(lume))
    lay_in(lume, pool_of(lume), ["KAFE-1"])
    hand_out("KAFE-1", used)
    sale = line_of("KAFE-1", used.at, receipt="17")
    compare(lume, report_of(sale))
    headings, line, _end = report_of(sale).split("\n")
    compare(lume, f"{headings},Type\n{line},Sale\n{line},Refund\n")

    assert added_up(lume) == (1, {"refunded": 1})


def test_what_the_till_has_not_seen_is_told_with_the_moment_at_which_it_was_shown(lume: Shop) -> None:
    offer, begins = coffee_shop(lume), now()
    first, unseen, last = (show_one(offer, begins + number * HOUR) for number in range(3))
    compare(lume, report_of(line_of("FREECOFFEE", first.at), line_of("FREECOFFEE", last.at)))

    assert rows_kept(lume, "verdict", "at", "voucher_id") == [("not_used", begins + HOUR, unseen.voucher_id)]


def test_of_more_than_a_report_keeps_the_largest_report_counts(lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (reconcile, adding_up):
        monkeypatch.setattr(module, "MOST_KEPT", 2)
    used = show_one(coffee_shop(lume))
    seen = line_of("FREECOFFEE", used.at, receipt="R")
    leaks = [line_of("FREECOFFEE", used.at + timedelta(minutes=30 + n), receipt=f"L{n}") for n in range(5)]
    for told in (leaks, leaks[:4]):
        compare(lume, report_of(seen, *told))

    assert added_up(lume) == (6, {"leaked": 5})


def test_what_was_confirmed_and_then_found_to_take_off_too_much_is_one(lume: Shop) -> None:
    offer = off(lume, "THREE", 300)
    used = [show_one(offer, now() + number * HOUR) for number in range(2)]

    with stopped_at(used[1].at):
        compare(lume, report_of(*(line_of("THREE", one.at, discount="") for one in used)))
        assert added_up(lume) == (2, {})
        for _again in range(2):
            amounts = zip(used, ("3.00", "30.00"), strict=True)
            compare(lume, report_of(*(line_of("THREE", one.at, discount=amount) for one, amount in amounts)))
            assert added_up(lume) == (2, {"took_more": 1})
