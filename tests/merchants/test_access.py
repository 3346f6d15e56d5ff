import pytest

from stampwell.merchants.access import find_api_caller
from stampwell.merchants.models import Merchant
from tests.world import Shop

pytestmark = pytest.mark.django_db


def test_a_key_finds_its_merchant_as_it_stands_in_its_row(lume: Shop) -> None:
    caller = find_api_caller(lume.api_key())

    assert caller
    stored = Merchant.objects.values().get(id=lume.merchant.id)
    assert {column: getattr(caller.merchant, column) for column in stored} == stored
    assert not caller.merchant._state.adding
