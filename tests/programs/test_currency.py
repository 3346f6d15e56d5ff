from typing import Any

import pytest

from stampwell.merchants.models import Merchant
from stampwell.programs.currency import CurrencyInUse, change_merchant
from tests.world import Shop

BY_AMOUNT = {"by": "amount", "amount_per_stamp": 1000}


def change(shop: Shop, **different: str) -> Merchant:
    now_called = {"name": "Café Lume", "locale": "en", "currency": "EUR"} | different
    change_merchant(shop.merchant, **now_called, actor=shop.actor)
    return Merchant.objects.get(id=shop.merchant.id)


@pytest.mark.parametrize("earning", [BY_AMOUNT, {"by": "visit", "minimum_spend": 500}])
def test_the_currency_stays_once_a_program_has_counted_amounts(lume: Shop, earning: dict[str, Any]) -> None:
    offer = lume.publish(earning=earning)
    lume.publish(offer.program)  # cards of the first version are still in use

    with pytest.raises(CurrencyInUse):
        change(lume, name="Lume", currency="GBP")

    merchant = Merchant.objects.get(id=lume.merchant.id)
    assert (merchant.name, merchant.currency) == ("Café Lume", "EUR")


def test_the_name_may_change_also_when_the_currency_stays(lume: Shop) -> None:
    lume.publish(earning=BY_AMOUNT)

    assert change(lume, name="Lume").name == "Lume"


def test_the_currency_changes_where_only_visits_count(lume: Shop, rossi: Shop) -> None:
    lume.publish()
    rossi.publish(earning=BY_AMOUNT)

    assert change(lume, currency="GBP").currency == "GBP"


def test_a_program_counts_in_the_currency_that_the_shop_has_by_then(lume: Shop) -> None:
    seen_before = Merchant.objects.get(id=lume.merchant.id)
    change(lume, currency="GBP")

    lume.merchant = seen_before
    assert lume.publish(earning=BY_AMOUNT).terms.currency == "GBP"
