"""Who has a report compared holds the shop for a moment only: others that wait for its row do not wait for a file."""

import io
from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest

from stampwell.clock import now
from stampwell.reconciling import asking
from stampwell.reconciling.asking import ask_to_bring_in
from stampwell.reconciling.receiving import taken_report
from stampwell.sheets.receiving import read_taken
from tests.reconciling.working import ask, coffee_shop, found_of, hand_in, line_of, report_of
from tests.world import Shop

pytestmark = pytest.mark.django_db


def at_the_desk(shop: Shop, report: str) -> UUID:
    reconciliation_id = hand_in(shop, report)
    ask(shop, reconciliation_id)
    return reconciliation_id


def by_a_program(shop: Shop, report: str) -> UUID:
    with taken_report(shop.merchant, io.BytesIO(report.encode())) as taken:
        received = read_taken(taken)
        return ask_to_bring_in(shop.merchant, received, changes={}, again=False, name="", actor=shop.actor).id


@pytest.mark.parametrize("have_compared", [at_the_desk, by_a_program])
def test_the_file_is_read_before_the_shop_is_held(
    lume: Shop, monkeypatch: pytest.MonkeyPatch, have_compared: Callable[[Shop, str], UUID]
) -> None:
    coffee_shop(lume)
    seen: list[str] = []

    def told[**P, R](name: str, act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        seen.append(name)
        return act(*args, **kwargs)

    for name in ("unchanged_file", "hold_merchant"):
        monkeypatch.setattr(asking, name, partial(told, name, getattr(asking, name)))

    reconciliation_id = have_compared(lume, report_of(line_of("FREECOFFEE", now())))

    assert found_of(lume, reconciliation_id).step == "comparing"
    assert (seen.index("hold_merchant"), seen.count("unchanged_file")) == (len(seen) - 1, len(seen) - 1)
    assert len(seen) > 1
