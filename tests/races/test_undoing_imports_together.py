"""An import is undone while its customers are erased and merged."""

from pathlib import Path

import pytest
from django.conf import settings

from stampwell.cards.erasing import erase_customer
from stampwell.cards.merging import merge_customers
from stampwell.cards.models import Card
from stampwell.cards.recounting import recount
from stampwell.customers.models import Customer
from stampwell.refusal import NotFound
from tests.imports.working import bring_in, undo
from tests.races.callers import run_together
from tests.world import open_lume

pytestmark = pytest.mark.django_db(transaction=True)
FILE = "Name;Stamps\n" + "".join(f"Guest {number};{number % 10}\n" for number in range(20))


def test_each_waits_for_the_others_and_whoever_is_forgotten_stays_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    shop = open_lume()
    here = shop.publish().card(name="Bea")
    import_id = bring_in(shop, shop.publish(), FILE)
    guests = list(Customer.objects.exclude(id=here.row.customer_id).order_by("-id").values_list("id", flat=True))

    def erase_some() -> None:
        for guest in guests[:10]:
            erase_customer(shop.merchant, guest, actor=shop.actor)

    def merge_one() -> None:
        merge_customers(shop.merchant, here.row.customer_id, guests[10], actor=shop.actor)

    undone, erased, merged = run_together(lambda: undo(shop, import_id), erase_some, merge_one)

    assert (undone, erased) == (None, None)
    assert type(merged) in (type(None), NotFound)
    left = {} if merged else {guests[10]}
    known = set(Customer.objects.filter(erased=None).values_list("id", flat=True))
    assert known == {here.row.customer_id, *left}
    assert Card.objects.filter(state="active").count() == 1 + len(left)
    assert recount(shop.merchant.id) == []
