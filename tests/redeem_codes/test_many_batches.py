"""However many batches a list ever had, looking for a code costs the same."""

import json
from typing import Any

import pytest
from django.db import connection

from stampwell.clock import new_id, now
from stampwell.redeem_codes import handing_out
from stampwell.redeem_codes.free_codes import EVERYWHERE
from stampwell.redeem_codes.models import CodeBatch, PoolCode
from stampwell.redeem_codes.rows import PoolRow
from stampwell.vouchers import code_queues
from tests.redeem_codes.working import lay_in, pool_of
from tests.world import Shop

pytestmark = pytest.mark.django_db
FEW, MANY = 2, 200
ROOM = 30  # rows: some batches and codes more, of two hundred


def use_up(shop: Shop, pool: PoolRow, batches: int, *, free: int = 0) -> None:
    """So many more batches of one code each, all of them handed out but for the last `free`."""
    made = CodeBatch.objects.bulk_create(
        CodeBatch(
            id=new_id(),
            merchant=shop.merchant,
            pool_id=pool.id,
            kind="file",
            digest=b"",
            size=0,
            codes=1,
            written=now(),
        )
        for _batch in range(batches)
    )
    PoolCode.objects.bulk_create(
        PoolCode(
            id=new_id(),
            merchant=shop.merchant,
            pool_id=pool.id,
            batch=batch,
            code=f"USED{batch.id}",
            given=None if place >= batches - free else now(),
            voucher_id=None if place >= batches - free else new_id(),
        )
        for place, batch in enumerate(made)
    )


def rows_of(sql: str, facts: dict[str, Any]) -> int:
    """That are looked at, by the indexes: whole small tables would be read as quickly."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE code_batch, pool_code")  # what other tests left behind says nothing of these rows
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", facts)
        told = cursor.fetchone()[0]
    return _rows_below((json.loads(told) if isinstance(told, str) else told)[0]["Plan"])


def _rows_below(node: dict[str, Any]) -> int:
    """Each time it is gone through, those that it gives and those that it passes over."""
    counts = [count for name, count in node.items() if name == "Actual Rows" or name.startswith("Rows Removed")]
    return round(float(sum(counts)) * float(node["Actual Loops"])) + sum(map(_rows_below, node.get("Plans", [])))


def rows_to_take(shop: Shop, pool: PoolRow) -> int:
    facts = {"merchant": shop.merchant.id, "pool": pool.id, "voucher": new_id(), "at": now()}
    return rows_of(handing_out._TAKE, facts | {"place": shop.location.id, "everywhere": EVERYWHERE})


def rows_to_count(shop: Shop, pool: PoolRow) -> int:
    facts = {
        "merchant": shop.merchant.id,
        "pool": pool.id,
        "places": [None, shop.location.id],
        "most": 2,
        "everywhere": EVERYWHERE,
    }
    return rows_of(code_queues._FREE, facts)


def test_batches_that_are_used_up_or_not_begun_cost_a_hand_out_nothing(lume: Shop) -> None:
    pool = pool_of(lume)
    use_up(lume, pool, FEW)
    lay_in(lume, pool, [f"CODE{number}" for number in range(9)])
    few = rows_to_take(lume, pool), rows_to_count(lume, pool)
    use_up(lume, pool, MANY)
    PoolCode.objects.filter(code__startswith="CODE").update(given=now())
    use_up(lume, pool, MANY, free=MANY)

    many = rows_to_take(lume, pool), rows_to_count(lume, pool)

    assert many[0] - few[0] < ROOM, (few, many)
    assert many[1] - few[1] < ROOM, (few, many)
