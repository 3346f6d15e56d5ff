"""A comparison that was cut off or has failed goes on, or is made again: each thing is written once."""

from collections import Counter
from datetime import timedelta
from itertools import count

import pytest

from stampwell.clock import now
from stampwell.events.models import Event
from stampwell.merchants.models import Location
from stampwell.reconciling import reconcile
from stampwell.reconciling.matching import Finding
from stampwell.reconciling.models import ReconciledRow
from stampwell.reconciling.reading import Unread
from stampwell.reconciling.refusals import ReportUnclear
from stampwell.reconciling.rows import ReconciledRowRow, ReconciliationRow
from stampwell.vouchers.models import Redemption, VoucherConfirmation
from tests.kept import made_once
from tests.reconciling.working import ask, coffee_shop, found_of, hand_in, line_of, report_of, rows_kept, show_one, work
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return coffee_shop(lume)


def test_a_comparison_that_failed_after_its_first_piece_is_made_again(
    lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "AT_ONCE", 2)
    used = [show_one(offer, now() + timedelta(minutes=30 * number)) for number in range(5)]
    lines = [line_of("FREECOFFEE", one.at, receipt=str(number)) for number, one in enumerate(used)]
    leaks = [line_of("FREECOFFEE", one.at + timedelta(days=-2), receipt=f"x{no}") for no, one in enumerate(used[:3])]
    reconciliation = hand_in(lume, report_of(*lines, *leaks))
    ask(lume, reconciliation)
    with monkeypatch.context() as broken:
        rows, row_of = count(1), reconcile._row_of

        def fail_at_the_third(wanted: ReconciliationRow, one: Finding | Unread) -> ReconciledRowRow:
            if next(rows) == 3:
                raise ReportUnclear
            return row_of(wanted, one)

        broken.setattr(reconcile, "_row_of", fail_at_the_third)
        work(lume, reconciliation)
    assert found_of(lume, reconciliation).step == "failed"
    assert (VoucherConfirmation.objects.count(), ReconciledRow.objects.count()) == (5, 2)

    ask(lume, reconciliation)
    assert ReconciledRow.objects.count() == 0
    work(lume, reconciliation)

    found = found_of(lume, reconciliation).has_found
    assert found is not None
    assert (found.counts, found.known_before) == ({"confirmed": 5, "leaked": 3}, 0)
    assert VoucherConfirmation.objects.count() == Event.objects.filter(type="voucher.confirmed").count() == 5
    assert [row[0] for row in rows_kept(lume, "verdict")] == ["leaked"] * 3


@pytest.mark.parametrize("stops", range(5, 12))
def test_what_is_found_otherwise_after_a_cut_is_written_once_all_the_same(
    lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch, stops: int
) -> None:
    """A location gets another name meanwhile, so the till's place is no longer known."""
    monkeypatch.setattr(reconcile, "AT_ONCE", 2)
    harbour = Location.objects.create(merchant=lume.merchant, name="Harbour", time_zone="Europe/Riga")
    used = [show_one(offer, now() + timedelta(hours=number)) for number in range(6)]
    Redemption.objects.filter(id=used[0].id).update(location_id=lume.location.id)
    lines = [line_of("FREECOFFEE", used[place].at, "Harbour", receipt=str(place)) for place in (0, 5)]
    reconciliation = hand_in(lume, report_of(*lines))
    ask(lume, reconciliation)
    steps = iter(range(1, 100))
    work(lume, reconciliation, is_stopping=lambda: next(steps) >= stops)
    Location.objects.filter(id=harbour.id).update(name="Pier")
    work(lume, reconciliation)

    found = found_of(lume, reconciliation).has_found
    assert found is not None
    told = Counter(row[0] for row in rows_kept(lume, "verdict"))
    assert told == {verdict: times for verdict, times in found.counts.items() if verdict != "confirmed"}
    assert VoucherConfirmation.objects.count() == 2
