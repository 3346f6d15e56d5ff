"""A till's report of a hundred thousand rows held against as many codes that were shown, by a worker of its own."""

import io
import os
from datetime import timedelta
from pathlib import Path

from bench.figures import LIMITS, Figure
from bench.importing import Took, work_on_queue
from bench.serving import fresh_database
from bench.shop import Shop
from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.reconciling.asking import ask_to_compare, find_reconciliation
from stampwell.reconciling.receiving import receive_report

ROWS = int(os.environ.get("STAMPWELL_BENCH_ROWS", "100000"))
PROMISE = 20.0  # seconds
LEAKS = 100  # rows of the file that are none of ours
ACTOR = Actor(source="owner")
# One voucher for each card, whose own code the till takes; PostgreSQL makes them.
CODES = """
    UPDATE voucher v SET code_hash = sha256(('KAFE-' || lpad(n::text, 7, '0'))::bytea)
    FROM generate_series(0, %(count)s - 1) n WHERE v.merchant_id = {merchant} AND v.id = {row_id}
"""
USED = """
    UPDATE voucher SET state = 'redeemed', redeemed = now() WHERE merchant_id = {merchant} AND %(count)s > 0
"""
REDEMPTIONS = """
    INSERT INTO redemption (merchant_id, id, voucher_id, reversal_no, at, path, source)
    SELECT {merchant}, (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint - 7200000), 12, '0')
        || '7000' || '8000' || lpad(to_hex(n::bigint), 12, '0'))::uuid,
        {row_id}, 0, now() - interval '2 hours' + n * interval '50 milliseconds', 'redeem_code', 'card'
    FROM generate_series(0, %(count)s - 1) n
"""


def measure_reconciliation(url: str, _folder: Path, rows: int = ROWS) -> list[Figure]:
    shop = Shop(fresh_database(url, "bench_reconcile"), "Reconcile")
    shop.give_cards(rows, with_voucher=True)
    shop.seed(rows, CODES, USED, REDEMPTIONS)
    id = receive_report(shop.merchant, io.BytesIO(file_of(rows)), name="till.csv", actor=ACTOR)
    ask_to_compare(shop.merchant, id, find_reconciliation(shop.merchant.id, id).chosen, actor=ACTOR)
    took = work_on_queue(url, shop)
    found = find_reconciliation(shop.merchant.id, id).has_found
    assert found is not None
    assert found.counts == {"confirmed": rows - LEAKS, "unknown": LEAKS}, found.counts
    return [_figure(rows, took)]


def _figure(rows: int, took: Took) -> Figure:
    told = f"{rows:,} rows of own codes, {LEAKS} of them strange: {took}."
    return Figure(
        "reconciliation", took.seconds, PROMISE, "s", "the promise", LIMITS["reconciliation"], grows=True, remarks=told
    )


def file_of(rows: int) -> bytes:
    begun = now() - timedelta(hours=2)
    lines = ["Code,Created at,Location,Discount,Receipt number"]
    for number in range(rows):
        at = begun + timedelta(milliseconds=50 * number)
        code = f"KAFE-{number:07}" if number >= LEAKS else f"KAFE-{number + rows:07}"
        lines.append(f"{code},{at.isoformat()},Old Town,3.50,R{number}")
    return "\n".join([*lines, ""]).encode()
