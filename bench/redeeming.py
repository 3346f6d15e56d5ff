"""Redemptions a second over HTTP, each of another voucher, against pgbench with the same lasting effect.

And the processor time of one against that of pgbench's, with the database's share in both: a figure that
does not move with the disk.
"""

from pathlib import Path

import psycopg

from bench.figures import LIMITS, Figure, alternate, compare_cost
from bench.loading import Load, write_post
from bench.pgbench import KEPT_ANSWER, Yardstick
from bench.serving import come_to_rest, fresh_database, program, require_durable, served
from bench.shop import Shop
from stampwell.ids import private_id, public_id

OURS, THEIRS = 60_000, 320_000  # pgbench takes as many as a quiet machine can, and numbers are left out

_STATEMENT = """
    WITH done AS (
        UPDATE voucher SET state = 'redeemed', redeemed = now(), reserved_until = NULL
        WHERE merchant_id = '{merchant}' AND id = {row_id} AND state = 'ready'
        RETURNING id, card_id, reversals
    ), written AS (
        INSERT INTO redemption (merchant_id, id, voucher_id, reversal_no, at, path, source, api_key_id)
        SELECT '{merchant}', uuidv7(), id, reversals, now(), 'staff_scan', 'api', '{key}' FROM done
    ), kept AS ({kept})
    INSERT INTO event (merchant_id, at, id, type, source, api_key_id, card_id, voucher_id, data)
    SELECT '{merchant}', now(), uuidv7(), 'voucher.redeemed', 'api', '{key}', card_id, id, '{data}' FROM done
"""
_REDEMPTIONS = "SELECT count(*) FROM redemption WHERE merchant_id = %(merchant)s"
_EVENTS = "SELECT count(*) FROM event WHERE merchant_id = %(merchant)s AND type = 'voucher.redeemed'"
_ANSWERS = "SELECT count(*) FROM stored_answer WHERE merchant_id = %(merchant)s"
_USED = "SELECT count(*) FROM voucher WHERE merchant_id = %(merchant)s AND state = 'redeemed'"


def measure_redemptions(url: str, folder: Path) -> list[Figure]:
    require_durable(url)
    url = fresh_database(url, "bench_redemptions")
    shop = Shop(url, "Redemptions")
    shop.give_cards(OURS + THEIRS, with_voucher=True)
    with served(url, folder) as product:
        requests = shop.requests(OURS, lambda number, key: redemption_request(shop, number, key))
        load = Load(product, folder, requests, wanted="rdm_")
        load.run(1.0)
        yardstick = Yardstick(program("pgbench"), url, folder / "redeem.sql", _statement(shop), next=OURS)
        come_to_rest(url)
        ours, theirs = alternate(load.run, yardstick.run)
    _compare_rows(shop, load, yardstick)
    rows = f"{len(load.answers):,} answers 201 and {yardstick.done:,} of pgbench found as rows"
    remarks = f"{load.remarks} {rows}."
    return [
        Figure("redemptions", ours, theirs, "/s", "pgbench, 8 clients", LIMITS["redemptions"], remarks=remarks),
        compare_cost("redemptions_cpu", load.spent, yardstick.spent),
    ]


def redemption_request(shop: Shop, number: int, key: str) -> bytes:
    path = f"/api/v1/vouchers/{public_id('vch', shop.row_id(number))}/redemption"
    return write_post(path, key, shop.row_id(number).hex)


def _statement(shop: Shop) -> str:
    sample = shop.sample("voucher.redeemed")
    return _STATEMENT.format(**sample, row_id=shop.row_id_sql(":n"), kept=KEPT_ANSWER.format(**sample))


def _compare_rows(shop: Shop, load: Load, yardstick: Yardstick) -> None:
    """Every answer has its row and every row its answer; each voucher was used once."""
    told = load.told("201")
    assert load.statuses == {"201": len(load.answers)}, load.statuses
    with psycopg.connect(shop.url) as connection:
        rows = connection.execute(
            "SELECT voucher_id, id FROM redemption WHERE merchant_id = %s AND voucher_id < %s",
            (shop.merchant.id, shop.row_id(OURS)),
        ).fetchall()
    expected = {(shop.row_id(number), private_id("rdm", redemption)) for number, redemption in told.items()}
    assert len(rows) == len(told)
    assert set(rows) == expected
    for sql in (_REDEMPTIONS, _EVENTS, _ANSWERS, _USED):
        assert shop.count(sql) == len(told) + yardstick.done, sql
