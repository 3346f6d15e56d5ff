"""A report of a till that is about the days in which a code was replaced."""

from datetime import timedelta

import pytest

from stampwell.clock import now, stopped_at
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Redemption
from tests.moments import COUNTDOWN
from tests.programs.test_replacing_codes import mill, offer, plan, turn_of
from tests.reconciling.working import compare, line_of, report_of
from tests.vouchers.test_codes_by_location import show, voucher_of
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db
__all__ = ["mill", "offer"]  # fixtures


def test_both_codes_are_known_and_each_is_held_against_what_was_shown(lume: Shop, offer: Offer) -> None:
    plan(offer)
    turn, used = turn_of(offer), list[Redemption]()
    for at in (turn - timedelta(hours=2), turn + timedelta(hours=8), turn + timedelta(hours=9)):
        with stopped_at(at):
            voucher_id = voucher_of(offer)
            show(offer, voucher_id, lume.location)
        with stopped_at(at + COUNTDOWN):
            let_vouchers_age(lume.merchant.id)
        used.append(Redemption.objects.get(voucher_id=voucher_id))

    place = lume.location.name
    with stopped_at(turn + timedelta(days=1)):
        found = compare(
            lume,
            report_of(
                line_of("NEWTEA", turn - timedelta(hours=9), place),  # before anybody was shown it
                line_of("FREETEA", used[0].at, place),
                line_of("NEWTEA", used[1].at, place),
                line_of("Tea", used[2].at, place),  # a button that is called as the reward
                line_of("FREETEA", turn + timedelta(hours=10), place),  # somebody still knows it
            ),
        )

    assert found.counts == {"confirmed": 3, "leaked": 2}
    assert now() < turn
