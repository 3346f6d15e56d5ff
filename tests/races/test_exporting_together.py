"""Many ask for an export at once: no more than so many are under way."""

import pytest

from stampwell.exports.asking import MOST_OPEN, TooManyExports
from stampwell.exports.models import Export
from tests.exports.working import ask
from tests.races.callers import run_together
from tests.world import open_lume

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_nine_at_once_five_are_taken() -> None:
    shop = open_lume()

    ends = run_together(*[lambda: ask(shop, "days")] * (MOST_OPEN + 4))

    assert Export.objects.filter(merchant=shop.merchant).count() == MOST_OPEN
    assert [type(end) for end in ends if end] == [TooManyExports] * 4
