"""Stamps a second over HTTP on many cards, asked for by the card's id or by its code that is scanned.

Against pgbench with the same lasting effect.
"""

from collections.abc import Callable
from pathlib import Path

import psycopg

from bench.figures import LIMITS, Figure, alternate
from bench.loading import Load, write_post
from bench.pgbench import KEPT_ANSWER, Yardstick
from bench.serving import come_to_rest, fresh_database, program, require_durable, served
from bench.shop import Shop
from stampwell.ids import private_id, public_id

REQUESTS = 60_000
CARDS = 20_000  # for each side; so few stamps come on each that none completes its round

_STATEMENT = """
    WITH done AS (
        UPDATE card SET stamps = stamps + 1, stamped_day = current_date,
            stamps_that_day = CASE WHEN stamped_day = current_date THEN stamps_that_day ELSE 0 END + 1,
            last_stamp = now(), revision = revision + 1, changed = now()
        WHERE merchant_id = '{merchant}' AND id = {row_id} AND state = 'active'
        RETURNING id, round
    ), written AS (
        INSERT INTO stamp (merchant_id, id, card_id, count, round, remainder_change, at, occurred, source, overrode,
                           api_key_id, reason)
        SELECT '{merchant}', uuidv7(), id, 1, round, 0, now(), now(), 'api', false, '{key}', '' FROM done
    ), kept AS ({kept})
    INSERT INTO event (merchant_id, at, id, type, source, api_key_id, card_id, data)
    SELECT '{merchant}', now(), uuidv7(), 'stamp.added', 'api', '{key}', id, '{data}' FROM done
"""
_STAMPS = "SELECT count(*) FROM stamp WHERE merchant_id = %(merchant)s"
_EVENTS = "SELECT count(*) FROM event WHERE merchant_id = %(merchant)s AND type = 'stamp.added'"
_ANSWERS = "SELECT count(*) FROM stored_answer WHERE merchant_id = %(merchant)s"
_COUNTED = "SELECT sum(stamps_that_day) FROM card WHERE merchant_id = %(merchant)s"


def measure_stamps(url: str, folder: Path) -> Figure:
    return _measure(url, folder, "stamps", _stamp_request)


def measure_scans(url: str, folder: Path) -> Figure:
    return _measure(url, folder, "scans", _scan_request)


def _measure(url: str, folder: Path, name: str, request: Callable[[Shop, int, str], bytes]) -> Figure:
    require_durable(url)
    url = fresh_database(url, f"bench_{name}")
    shop = Shop(url, name)
    shop.give_cards(2 * CARDS, with_voucher=False)
    with served(url, folder) as product:
        load = Load(product, folder, shop.requests(REQUESTS, lambda number, key: request(shop, number, key)), "stp_")
        load.run(1.0)
        yardstick = Yardstick(program("pgbench"), url, folder / "stamp.sql", _statement(shop))
        come_to_rest(url)
        ours, theirs = alternate(load.run, yardstick.run)
    _compare_rows(shop, load, yardstick)
    rows = f"{len(load.answers):,} answers 201 and {yardstick.done:,} of pgbench found as rows"
    remarks = f"{load.remarks} {rows}."
    return Figure(name, ours, theirs, "/s", "pgbench, 8 clients", LIMITS[name], remarks=remarks)


def _stamp_request(shop: Shop, number: int, key: str) -> bytes:
    path = f"/api/v1/cards/{public_id('crd', shop.row_id(number % CARDS))}/stamps"
    return write_post(path, key, f"stamp-{number:026}")


def _scan_request(_shop: Shop, number: int, key: str) -> bytes:
    return write_post("/api/v1/scans", key, f"scan-{number:027}", b'{"code": "C%d"}' % (number % CARDS))


def _statement(shop: Shop) -> str:
    sample = shop.sample("stamp.added")
    row_id = shop.row_id_sql(f"({CARDS} + :n % {CARDS})")
    return _STATEMENT.format(**sample, row_id=row_id, kept=KEPT_ANSWER.format(**sample))


def _compare_rows(shop: Shop, load: Load, yardstick: Yardstick) -> None:
    """Every answer has its row and every row its answer; the cards' counters agree with the rows."""
    told = load.told("201")
    assert load.statuses == {"201": len(load.answers)}, load.statuses
    with psycopg.connect(shop.url) as connection:
        rows = connection.execute(
            "SELECT card_id, id FROM stamp WHERE merchant_id = %s AND card_id < %s",
            (shop.merchant.id, shop.row_id(CARDS)),
        ).fetchall()
    expected = {(shop.row_id(number % CARDS), private_id("stp", stamp)) for number, stamp in told.items()}
    assert len(rows) == len(told)
    assert set(rows) == expected
    for sql in (_STAMPS, _EVENTS, _ANSWERS, _COUNTED):
        assert shop.count(sql) == len(told) + yardstick.done, sql
