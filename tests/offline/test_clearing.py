"""Settled scans are forgotten after ninety days; what waits is not."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from stampwell.clock import now, stopped_at
from stampwell.offline.clearing import KEPT, forget_settled_scans
from stampwell.offline.deciding import decide
from stampwell.offline.models import KeptScan
from stampwell.offline.waiting_rewards import clear_stale_marks
from stampwell.vouchers.models import Voucher
from tests.moments import START
from tests.offline.handed_out import ready_voucher
from tests.offline.waiting import waiting_scan
from tests.web.customer import AT_ONCE
from tests.world import Shop

LATER = timedelta(seconds=1)


@pytest.mark.django_db(transaction=True)
def test_settled_scans_are_forgotten_after_ninety_days_and_what_waits_is_not(lume: Shop) -> None:
    card = lume.publish().card()
    waiting, decided = waiting_scan(lume, card), waiting_scan(lume, card)
    counted = waiting_scan(lume, card)
    KeptScan.objects.filter(id=counted).update(state="counted")
    with stopped_at(START + timedelta(days=30)):
        decide(lume.merchant, decided, "leave", actor=lume.actor)

    def left() -> set[object]:
        return set(KeptScan.objects.values_list("id", flat=True))

    with stopped_at(START + KEPT - LATER):
        forget_settled_scans()
    assert left() == {waiting, decided, counted}
    with stopped_at(START + KEPT + LATER):
        forget_settled_scans()
    assert left() == {waiting, decided}, "decided later, it is forgotten later"
    with stopped_at(START + timedelta(days=30) + KEPT + LATER):
        forget_settled_scans()
    assert left() == {waiting}


@pytest.mark.django_db(transaction=True)
def test_a_mark_is_cleared_where_the_release_before_decided_all_scans_of_its_voucher(lume: Shop) -> None:
    card = lume.publish(earning=AT_ONCE).card()
    decided, half = ready_voucher(card), ready_voucher(card)
    scans = [waiting_scan(lume, card, voucher_id=voucher.id) for voucher in (decided, half)]
    waiting_scan(lume, card, voucher_id=half.id)
    KeptScan.objects.filter(id__in=scans).update(state="refused", decided_at=now())  # by whom no marks are known

    clear_stale_marks()

    marked = Voucher.objects.filter(id__in=[decided.id, half.id], handed_out__isnull=False)
    assert list(marked.values_list("id", flat=True)) == [half.id]


@pytest.mark.parametrize("year", [1969, 2200])
def test_no_scan_has_a_moment_that_no_clock_can_say(lume: Shop, year: int) -> None:
    card = lume.publish().card()

    with pytest.raises(IntegrityError, match="a_kept_scan_has_a_moment"):
        waiting_scan(lume, card, at=now().replace(year=year))
