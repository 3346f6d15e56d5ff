"""Codes that one location's till knows."""

import pytest

from stampwell.clock import now, stopped_at
from stampwell.ids import public_id
from stampwell.merchants.models import Location
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Redemption
from tests.moments import COUNTDOWN
from tests.reconciling.working import compare, line_of, report_of
from tests.vouchers.test_codes_by_location import offer_of, show, voucher_of
from tests.world import Shop

pytestmark = pytest.mark.django_db


def test_a_tills_report_is_held_against_the_codes_of_locations(lume: Shop) -> None:
    mill = Location.objects.create(merchant=lume.merchant, name="Mill", time_zone="Europe/Riga")
    offer = offer_of(lume, {public_id("loc", mill.id): "MILL10"})
    used: list[Redemption] = []
    for place in (mill, mill, lume.location):
        voucher_id = voucher_of(offer)
        show(offer, voucher_id, place)
        with stopped_at(now() + COUNTDOWN):
            let_vouchers_age(lume.merchant.id)
        used.append(Redemption.objects.get(voucher_id=voucher_id))

    found = compare(
        lume,
        report_of(
            line_of("MILL10", used[0].at, "Mill"),
            line_of("MILL10", used[1].at, lume.location.name),
            line_of("Tea", used[2].at, lume.location.name),
        ),
    )

    assert found.counts == {"confirmed": 2, "wrong_branch": 1}
