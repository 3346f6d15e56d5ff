"""Settled scans are forgotten after ninety days; what waits is not."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from stampwell.clock import now, stopped_at
from stampwell.offline.clearing import KEPT, forget_settled_scans
from stampwell.offline.deciding import decide
from stampwell.offline.models import KeptScan
from tests.moments import START
from tests.offline.waiting import waiting_scan
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


@pytest.mark.parametrize("year", [1969, 2200])
def test_no_scan_has_a_moment_that_no_clock_can_say(lume: Shop, year: int) -> None:
    card = lume.publish().card()

    with pytest.raises(IntegrityError, match="a_kept_scan_has_a_moment"):
        waiting_scan(lume, card, at=now().replace(year=year))
