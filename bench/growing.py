"""The same redemption in a small and in a large ledger, and among few and many vouchers: it must not grow.

Two databases with one product over each. They are asked in turn, one redemption after the other, so that whatever
else the machine does falls on both.
"""

import os
import random
import socket
import statistics
import time
from pathlib import Path

from bench.figures import LIMITS, Figure
from bench.redeeming import redemption_request
from bench.serving import come_to_rest, fresh_database, served
from bench.shop import CARDS, CUSTOMERS, VOUCHERS, Shop

SMALL, LARGE = 10_000, 3_000_000  # stamps
FEW, MANY = 10_000, int(os.environ.get("STAMPWELL_BENCH_VOUCHERS", "1000000"))  # vouchers of one shop
A_CARD = 5  # stamps, and one ready voucher; or four used ones beside it
PAIRS = 1_200
WARM_UP = 100

# Four rows of five are the busy shop's, the rest belongs to fifty others.
_WHOSE = "CASE WHEN n %% 5 > 0 THEN %(merchant)s::uuid ELSE md5('shop ' || n / 5 %% 50)::uuid END"
_STAMP_ID = "('00000000-0000-7000-8' || lpad(to_hex(time), 3, '0') || '-' || lpad(to_hex(n), 12, '0'))::uuid"
_STAMPS = f"""
    INSERT INTO stamp (merchant_id, id, card_id, count, round, remainder_change, at, occurred, source, overrode, reason)
    SELECT {{merchant}}, {_STAMP_ID}, {{row_id}}, 1, 1, 0, now() - time * interval '1 day', now(), 'scanner', false, ''
    FROM generate_series(0, %(count)s - 1) AS n, generate_series(1, {A_CARD}) AS time
"""
# Every second card has used a voucher before; of this month's events there is one for each card.
_USED = """
    INSERT INTO voucher (merchant_id, id, card_id, program_id, reward_id, version_id, state, issued, ready, redeemed,
                         code_hash, token_hash, reversals, source)
    SELECT merchant_id, gen_random_uuid(), id, program_id, %(reward)s, version_id, 'redeemed', created, created, now(),
           sha256(('u' || id)::bytea), sha256(('v' || id)::bytea), 0, 'milestone'
    FROM card WHERE get_byte(code_hash, 0) < 128
"""
_REDEMPTIONS = """
    INSERT INTO redemption (merchant_id, id, voucher_id, reversal_no, at, path, source)
    SELECT merchant_id, id, id, 0, now(), 'staff_scan', 'scanner' FROM voucher WHERE state = 'redeemed'
"""
_EVENTS = """
    INSERT INTO event (merchant_id, at, id, type, card_id, data, sequence)
    SELECT merchant_id, now(), id, 'stamp.added', id, decode(repeat(md5(id::text), 14), 'hex'),
           row_number() OVER (PARTITION BY merchant_id)
    FROM card
"""
# Of one shop alone; ids in the order of time, as those of the product.
_USED_BEFORE = """
    INSERT INTO voucher (merchant_id, id, card_id, program_id, reward_id, version_id, state, issued, ready, redeemed,
                         code_hash, token_hash, reversals, source)
    SELECT {merchant}, ('00000000-0000-7000-8' || lpad(to_hex(time), 3, '0') || '-' || lpad(to_hex(n), 12, '0'))::uuid,
           {row_id}, %(program)s, %(reward)s, %(version)s, 'redeemed', at, at, at,
           sha256(('u' || time || ' ' || n)::bytea), sha256(('v' || time || ' ' || n)::bytea), 0, 'milestone'
    FROM generate_series(1, 4) AS time, generate_series(0, %(count)s - 1) AS n,
        LATERAL (SELECT now() - (5 - time) * interval '20 days' AS at) moment
"""


def measure_ledger(url: str, folder: Path) -> Figure:
    shops = [_fill(fresh_database(url, f"bench_ledger_{stamps}"), stamps) for stamps in (SMALL, LARGE)]
    come_to_rest(url)
    with served(shops[0].url, folder) as small, served(shops[1].url, folder) as large:
        times = _redeem_in_turn(shops, [small.port, large.port], (SMALL, LARGE))
    medians = [statistics.median(one) * 1000 for one in times]
    counted = [shop.count("SELECT count(*) FROM stamp") for shop in shops]
    assert counted == [SMALL, LARGE], counted
    for shop in shops:
        used = shop.count("SELECT count(*) FROM redemption WHERE merchant_id = %(merchant)s AND source = 'api'")
        assert used == PAIRS, used
    remarks = f"Medians of {PAIRS - WARM_UP:,} redemptions in each, in turn; each has its row."
    yardstick = f"at {SMALL:,} stamps"
    return Figure(
        f"ledger of {LARGE:,} stamps",
        medians[1],
        medians[0],
        "ms",
        yardstick,
        LIMITS["ledger"],
        grows=True,
        remarks=remarks,
    )


def measure_vouchers(url: str, folder: Path) -> Figure:
    shops = [_fill_with_vouchers(fresh_database(url, f"bench_vouchers_{count}"), count) for count in (FEW, MANY)]
    come_to_rest(url)
    with served(shops[0].url, folder) as few, served(shops[1].url, folder) as many:
        times = _redeem_in_turn(shops, [few.port, many.port], (FEW, MANY))
    medians = [statistics.median(one) * 1000 for one in times]
    for shop, count in zip(shops, (FEW, MANY), strict=True):
        own = "FROM {} WHERE merchant_id = %(merchant)s"
        assert shop.count(f"SELECT count(*) {own.format('voucher')}") == count
        assert shop.count(f"SELECT count(*) {own.format('redemption')}") == count * 4 // 5 + PAIRS
    remarks = f"Medians of {PAIRS - WARM_UP:,} redemptions in each, in turn; each has its row."
    name, yardstick = f"vouchers, {MANY:,} of one shop", f"at {FEW:,}"
    return Figure(name, medians[1], medians[0], "ms", yardstick, LIMITS["vouchers"], grows=True, remarks=remarks)


def _fill_with_vouchers(url: str, vouchers: int) -> Shop:
    """Of five of a card four were used before."""
    shop = Shop(url, "Vouchers")
    shop.seed(vouchers // A_CARD, CUSTOMERS, CARDS, VOUCHERS, _USED_BEFORE, _REDEMPTIONS)
    shop.key_for(PAIRS)
    return shop


def _fill(url: str, stamps: int) -> Shop:
    shop = Shop(url, "Ledger")
    rows = (CUSTOMERS, CARDS, VOUCHERS, _STAMPS, _USED, _REDEMPTIONS, _EVENTS)
    shop.seed(stamps // A_CARD, *rows, merchant=_WHOSE)
    shop.key_for(PAIRS)  # while this process works in that database
    return shop


def fill_one_shop(url: str, stamps: int) -> None:
    """With cards, vouchers, redemptions and events, each of which its neighbours know."""
    Shop(url, "One").seed(stamps // A_CARD, CUSTOMERS, CARDS, VOUCHERS, _STAMPS, _USED, _REDEMPTIONS, _EVENTS)


def _redeem_in_turn(shops: list[Shop], ports: list[int], sizes: tuple[int, int]) -> list[list[float]]:
    """Seconds for each redemption after the warm-up, for each shop of so many stamps or vouchers."""
    streams = [socket.create_connection(("127.0.0.1", port)) for port in ports]
    numbers = [_choose_vouchers(size) for size in sizes]
    times: list[list[float]] = [[] for _shop in shops]
    for place in range(PAIRS):
        for shop, stream, chosen, taken in zip(shops, streams, numbers, times, strict=True):
            request = redemption_request(shop, chosen[place], shop.key_for(place))
            begun = time.perf_counter()
            _ask(stream, request)
            if place >= WARM_UP:
                taken.append(time.perf_counter() - begun)
    for stream in streams:
        stream.close()
    return times


def _choose_vouchers(size: int) -> list[int]:
    """Of the busy shop, from all over its ledger."""
    numbers = random.Random(1).sample(range(size // A_CARD), SMALL // A_CARD)
    return [number for number in numbers if number % 5 > 0][:PAIRS]


def _ask(stream: socket.socket, request: bytes) -> None:
    stream.sendall(request)
    answer = b""
    while not answer.endswith((b"0\r\n\r\n", b"}")):
        answer += stream.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 201"), answer
