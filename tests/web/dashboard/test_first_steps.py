"""What a new shop does next costs the same, however much other shops have on the same server."""

import pytest
from django.db import connection

from stampwell.cards.models import Stamp
from stampwell.clock import new_id
from stampwell.web.dashboard.start import next_steps
from tests.cards.test_stamping import stamp
from tests.world import Shop

pytestmark = pytest.mark.django_db
FEW, MANY = 10, 2_000


def rows_passed_over(sql: str, shop: Shop) -> int:
    """As a prepared statement, whose plan PostgreSQL makes without knowing which shop asks."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE asked (uuid) AS {sql.replace('%s', '$1')}")
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) EXECUTE asked ('{shop.merchant.id}')")
        plan = [line for (line,) in cursor.fetchall()]
        cursor.execute("DEALLOCATE asked")
    return sum(int(line.split(":")[1]) for line in plan if "Rows Removed by Filter" in line)


def test_a_shop_without_a_stamp_does_not_read_those_of_others(lume: Shop, rossi: Shop) -> None:
    card = lume.publish().card()
    first = Stamp.objects.get(id=stamp(card).stamp.id)
    kept = {field.attname: getattr(first, field.attname) for field in Stamp._meta.concrete_fields}
    Stamp.objects.bulk_create(Stamp(**kept | {"id": new_id()}) for _time in range(MANY))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE stamp, card")
    assert rows_passed_over("SELECT 1 FROM stamp WHERE merchant_id = %s LIMIT 1", rossi) >= MANY  # what it is about
    assert rows_passed_over(next_steps._ANY_STAMP, rossi) <= FEW
    assert rows_passed_over(next_steps._ANY_CARD, rossi) <= FEW
