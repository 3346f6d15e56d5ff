"""Stamps a second over HTTP on many cards, against pgbench with the same lasting effect."""

from pathlib import Path

import psycopg

from bench.figures import LIMITS, Figure, alternate
from bench.loading import Load, write_post
from bench.pgbench import Yardstick
from bench.serving import fresh_database, program, require_durable, served, settle
from bench.shop import Shop
from stampwell.ids import private_id, public_id

REQUESTS = 60_000
CARDS = 20_000  # for each side; so few stamps come on each that none completes its round

_STATEMENT = """
    WITH stamped AS (
        UPDATE card SET stamps = stamps + 1, stamped_day = current_date,
            stamps_that_day = CASE WHEN stamped_day = current_date THEN stamps_that_day ELSE 0 END + 1,
            last_stamp = now(), revision = revision + 1, changed = now()
        WHERE merchant_id = '{merchant}' AND id = {row_id} AND state = 'active'
        RETURNING id, round
    ), written AS (
        INSERT INTO stamp (merchant_id, id, card_id, count, round, remainder_change, at, occurred, source, overrode,
                           api_key_id, reason)
        SELECT '{merchant}', uuidv7(), id, 1, round, 0, now(), now(), 'api', false, '{key}', '' FROM stamped
    )
    INSERT INTO event (merchant_id, at, id, type, source, card_id, data)
    SELECT '{merchant}', now(), uuidv7(), 'stamp.added', 'api', id, '{data}' FROM stamped
"""
_STAMPS = "SELECT count(*) FROM stamp WHERE merchant_id = %(merchant)s"
_EVENTS = "SELECT count(*) FROM event WHERE merchant_id = %(merchant)s AND type = 'stamp.added'"
_COUNTED = "SELECT sum(stamps_that_day) FROM card WHERE merchant_id = %(merchant)s"


def measure_stamps(url: str, folder: Path) -> Figure:
    require_durable(url)
    url = fresh_database(url, "bench_stamps")
    shop = Shop(url, "Stamps")
    shop.give_cards(2 * CARDS, with_voucher=False)
    with served(url, folder) as port:
        requests = shop.requests(REQUESTS, lambda number, key: _request(shop, number, key))
        load = Load(port, folder, requests, wanted="stp_")
        load.run(1.0)
        yardstick = Yardstick(program("pgbench"), url, folder / "stamp.sql", _statement(shop))
        settle(url)
        ours, theirs = alternate(load.run, yardstick.run)
    _compare_rows(shop, load, yardstick)
    rows = f"{len(load.answers):,} answers 201 and {yardstick.done:,} of pgbench found as rows"
    remarks = f"Median answer {load.median_ms[-1]:.1f} ms; {rows}."
    return Figure("stamps", ours, theirs, "/s", "pgbench, 8 clients", LIMITS["stamps"], remarks=remarks)


def _request(shop: Shop, number: int, key: str) -> bytes:
    path = f"/api/v1/cards/{public_id('crd', shop.row_id(number % CARDS))}/stamps"
    return write_post(path, key, f"stamp-{number}")


def _statement(shop: Shop) -> str:
    """Writes an event of the size that the product writes."""
    with psycopg.connect(shop.url) as connection:
        row = connection.execute(
            "SELECT data::text FROM event WHERE merchant_id = %s AND type = 'stamp.added' LIMIT 1",
            (shop.merchant.id,),
        ).fetchone()
    assert row
    row_id = shop.row_id_sql(f"({CARDS} + :n % {CARDS})")
    data = row[0].replace("'", "''")
    return _STATEMENT.format(merchant=shop.merchant.id, row_id=row_id, key=shop.row_id(0), data=data)


def _compare_rows(shop: Shop, load: Load, yardstick: Yardstick) -> None:
    """Every answer has its row and every row its answer; the cards' counters agree with the rows."""
    told = load.told(b"201")
    assert load.statuses == {"201": len(load.answers)}, load.statuses
    with psycopg.connect(shop.url) as connection:
        rows = connection.execute(
            "SELECT card_id, id FROM stamp WHERE merchant_id = %s AND card_id < %s",
            (shop.merchant.id, shop.row_id(CARDS)),
        ).fetchall()
    expected = {(shop.row_id(number % CARDS), private_id("stp", stamp)) for number, stamp in told.items()}
    assert len(rows) == len(told)
    assert set(rows) == expected
    for sql in (_STAMPS, _EVENTS, _COUNTED):
        assert shop.count(sql) == len(told) + yardstick.done, sql
