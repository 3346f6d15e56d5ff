"""The owner's desk at a busy shop: the pages that are opened all day must not grow with what has happened."""

import gc
import os
import statistics
import time
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.test import Client

from bench.figures import LIMITS, Figure
from bench.serving import fresh_database
from bench.shop import CARDS, VOUCHERS, Shop
from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.customers.search_index import prepare_search_index
from stampwell.customers.search_text import search_text
from stampwell.events.actors import Actor
from stampwell.ids import public_id
from stampwell.merchants.models import User

CUSTOMERS_COUNT, STAMPS_A_CARD = int(os.environ.get("STAMPWELL_BENCH_CARDS", "100000")), 10
TIMES = 20
A_CARD = 77_777  # any one of them
NAME, EMAIL, PHONE = "Anna N{n} Berzina", "anna{n}@example.com", "2{n:07}"

CUSTOMERS_NAMED = """
    INSERT INTO customer (merchant_id, id, name, email, phone, birthday, locale, created, search)
    SELECT {merchant}, {row_id}, 'Anna N' || n || ' Berzina', 'anna' || n || '@example.com',
           '2' || lpad(n::text, 7, '0'), NULL, 'en', now(),
           ' anna n' || n || ' berzina 2' || lpad(n::text, 7, '0') || ' anna' || n || 'MCAAexampleUBAAcom'
    FROM generate_series(0, %(count)s - 1) AS n
"""
# From the month's first day until now; each in its place in the order of the shop's events.
_MOMENT = "date_trunc('month', now()) + (now() - date_trunc('month', now())) * random()"
_STAMPS = f"""
    INSERT INTO stamp (merchant_id, id, card_id, count, round, remainder_change, at, occurred, source, overrode, reason)
    SELECT {{merchant}}, gen_random_uuid(), {{row_id}}, 1, 1, 0, {_MOMENT}, now(), 'scanner', false, ''
    FROM generate_series(0, %(count)s - 1) AS n, generate_series(1, {STAMPS_A_CARD}) AS time
"""
_EVENTS = f"""
    INSERT INTO event (merchant_id, at, id, type, source, card_id, data, sequence)
    SELECT {{merchant}}, {_MOMENT}, gen_random_uuid(), 'stamp.added', 'scanner', {{row_id}},
           (SELECT data FROM event WHERE type = 'stamp.added' LIMIT 1), 1000 + {STAMPS_A_CARD} * n + time
    FROM generate_series(0, %(count)s - 1) AS n, generate_series(1, {STAMPS_A_CARD}) AS time
"""
# What the followers of the events keep: two years of twenty people at two locations each, and every hour of them.
_TOTALS = """
    INSERT INTO daily_total (merchant_id, id, day, type, location_id, staff_member_id, program_id, times, stamps)
    SELECT {merchant}, gen_random_uuid(), current_date - day, type, md5('place' || place)::uuid,
           md5('person' || person)::uuid, %(program)s, 9, 9
    FROM generate_series(0, 730) AS day, generate_series(1, 20) AS person,
         generate_series(1, 2) AS place,
         unnest(ARRAY['card.issued', 'stamp.added', 'stamp.reversed', 'voucher.issued', 'voucher.redeemed']) AS type
"""
# Twenty-four months of the same.
_MONTHS = (
    _TOTALS.replace("daily_total", "monthly_total")
    .replace("current_date - day", "(date_trunc('month', current_date) - make_interval(months => day))::date")
    .replace("(0, 730)", "(0, 24)")
)
_HOURS = """
    INSERT INTO hourly_total (merchant_id, id, day, hour, type, times, stamps)
    SELECT {merchant}, gen_random_uuid(), current_date - day, hour, type, 90, 90
    FROM generate_series(0, 730) AS day, generate_series(7, 20) AS hour,
         unnest(ARRAY['card.issued', 'stamp.added', 'stamp.reversed', 'voucher.issued', 'voucher.redeemed']) AS type
"""

# Two years of how customers came and went: the steps of each day's cards, visits by the days since the one before, ...
_CARD_FIGURES = """
    INSERT INTO card_figure (merchant_id, id, figure, program_id, day, number, times)
    SELECT {merchant}, gen_random_uuid(), figure, %(program)s, current_date - day, number, 9
    FROM generate_series(0, 730) AS day, (
        SELECT unnest(ARRAY['joined', 'saved', 'came', 'came_again', 'filled', 'rewarded']) AS figure, 0 AS number
        UNION ALL SELECT 'still_came', unnest(ARRAY[1, 2, 4, 8])
        UNION ALL SELECT 'visit', generate_series(0, 120)
        UNION ALL SELECT 'waited', generate_series(0, 60)
    ) kind
"""
# ... the same of months, and where all cards stand now.
_CARD_STANDINGS = """
    INSERT INTO card_figure (merchant_id, id, figure, program_id, day, number, times)
    SELECT {merchant}, gen_random_uuid(), 'month', %(program)s,
           (date_trunc('month', current_date) - make_interval(months => month))::date, number, 900
    FROM generate_series(0, 24) AS month, generate_series(0, 13) AS number
    UNION ALL SELECT {merchant}, gen_random_uuid(), 'to_go', %(program)s, NULL, number, 900
    FROM generate_series(1, %(goal)s) AS number
    UNION ALL SELECT {merchant}, gen_random_uuid(), 'collected', %(program)s, NULL, %(goal)s, 90000
    UNION ALL SELECT {merchant}, gen_random_uuid(), 'open', %(program)s, NULL, number, 900
    FROM generate_series(0, 1) AS number
"""
_REFUSALS = """
    INSERT INTO refusal_total (merchant_id, id, day, reason, program_id, times)
    SELECT {merchant}, gen_random_uuid(), current_date - day, reason, %(program)s, 9
    FROM generate_series(0, 730) AS day, unnest(ARRAY[
        'cooldown', 'daily_limit', 'code_unknown', 'code_replayed', 'card_void', 'voucher_redeemed', 'voucher_expired',
        'voucher_pending', 'outside_hours', 'wrong_location', 'manager_needed', 'program_paused'
    ]) AS reason
"""
_REFUSING_HANDS = _TOTALS.replace("'card.issued', 'stamp.added'", "'scan.refused'").replace(
    ", 'stamp.reversed', 'voucher.issued', 'voucher.redeemed'", ""
)
_REFUSING_MONTHS = (
    _REFUSING_HANDS.replace("daily_total", "monthly_total")
    .replace("current_date - day", "(date_trunc('month', current_date) - make_interval(months => day))::date")
    .replace("(0, 730)", "(0, 24)")
)
_PURCHASES = """
    INSERT INTO purchase_total (merchant_id, id, day, program_id, currency, times, amount)
    SELECT {merchant}, gen_random_uuid(), current_date - day, %(program)s, currency, 90, 45000
    FROM generate_series(0, 730) AS day, unnest(ARRAY['', 'EUR']) AS currency
"""
_PRICES = "UPDATE program SET reward_cost = 150, visit_value = 420, priced_in = 'EUR' WHERE merchant_id = {merchant}"
_OF_CUSTOMERS = (_CARD_FIGURES, _CARD_STANDINGS, _REFUSALS, _REFUSING_HANDS, _REFUSING_MONTHS, _PURCHASES, _PRICES)
_KEPT = (_TOTALS, _MONTHS, _HOURS, *_OF_CUSTOMERS)
_AGEING = ("/?period=month", "/?period=year", "/figures/?period=month", "/figures/?period=year")
_LENGTHS = ("day", "week", "month", "year")


def measure_desk(url: str, _folder: Path) -> list[Figure]:
    shop = Shop(fresh_database(url, "bench_desk"), "Desk")
    _fill(shop)
    Shop(shop.url, "Empty")  # one with a program, in which nothing has happened
    _fill_for_a_month(Shop(shop.url, "Young"))
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # nothing is collected here, and whitenoise would warn
    client, empty, young = _owner_of("desk"), _owner_of("empty"), _owner_of("young")
    number, person = f"{A_CARD:08}", f"n{A_CARD}"
    searches = [number, person, EMAIL.format(n=A_CARD), "berzina", "nobody"]
    pages = {
        "desk_start": (30.0, ["/"]),
        "desk_figures": (150.0, [f"/?period={length}" for length in ("day", "month", "year")]),
        "desk_search": (50.0, [f"/cards/?q={words}" for words in searches]),
        "desk_list": (50.0, ["/cards/"]),
        "desk_card": (50.0, [f"/cards/{public_id('crd', shop.row_id(A_CARD))}/"]),
    }
    assert b"N77777" in client.get(f"/cards/?q={person}").content
    gc.collect()
    gc.freeze()  # as the web server does, which has not filled a shop before
    figures = [_measure(name, client, promise, paths) for name, (promise, paths) in pages.items()]
    return [*figures, _measure_customers(client, empty), _measure_age(client, young)]


def _owner_of(name: str) -> Client:
    client = Client(headers={"host": urlsplit(settings.BASE_URL).netloc})
    client.force_login(User.objects.get(email=f"{name}@bench.example"))
    return client


def _fill(shop: Shop) -> None:
    shop.seed(1, CARDS, CUSTOMERS_NAMED)
    add_stamp(shop.merchant, shop.row_id(0), Purchase(), actor=Actor(source="scanner"))  # an event to copy
    with psycopg.connect(shop.url) as connection:
        connection.execute("DELETE FROM stamp")
        connection.execute("DELETE FROM card")
        connection.execute("DELETE FROM customer")
    shop.seed(CUSTOMERS_COUNT, CUSTOMERS_NAMED, CARDS, VOUCHERS, _STAMPS, _EVENTS, *_KEPT)
    prepare_search_index()
    expected = search_text(name=NAME.format(n=7), email=EMAIL.format(n=7), phone=PHONE.format(n=7))
    with psycopg.connect(shop.url) as connection:
        row = connection.execute("SELECT search FROM customer WHERE id = %s", (shop.row_id(7),)).fetchone()
    assert row == (expected,)


def _fill_for_a_month(shop: Shop) -> None:
    """A shop whose pages draw the same pictures, of two years that were a month and of a hundredth of the cards."""
    kept = [sql.replace("(0, 730)", "(0, 30)").replace("(0, 24)", "(0, 1)") for sql in _KEPT]
    shop.seed(CUSTOMERS_COUNT // 100, CUSTOMERS_NAMED, CARDS, VOUCHERS, _STAMPS, _EVENTS, *kept)


def _measure(name: str, client: Client, promise: float, paths: list[str]) -> Figure:
    """The slowest of these pages: the median of some answers of each."""
    took = {path: [_milliseconds(client, path) for _time in range(TIMES)] for path in paths}
    medians = {path: statistics.median(times) for path, times in took.items()}
    slowest = max(medians, key=lambda path: medians[path])
    p95 = max(statistics.quantiles(times, n=20)[-1] for times in took.values())
    many = f"{CUSTOMERS_COUNT:,} cards and {CUSTOMERS_COUNT * STAMPS_A_CARD:,} stamps and events"
    remarks = f"{slowest}, {many}; p95 of all these pages {p95:.1f} ms."
    return Figure(name, medians[slowest], promise, "ms", "the promise", LIMITS[name], grows=True, remarks=remarks)


def _measure_customers(client: Client, empty: Client) -> Figure:
    """The page of figures: p95 of the slowest period, and how long figures take beside those of an empty shop, which
    has no pictures to draw.
    """
    p95s = {length: _p95(client, f"/figures/?period={length}") for length in _LENGTHS}
    slowest = max(p95s, key=lambda length: p95s[length])
    ratios = {path: _pair(client, empty, path) for path in _AGEING}
    filled = ", ".join(f"{path} {ours / theirs:.2f}" for path, (ours, theirs) in ratios.items())
    remarks = f"p95 of its {slowest}. How many times as long as in an empty shop: {filled}."
    name = "desk_customers"
    return Figure(name, p95s[slowest], 150.0, "ms", "the promise", LIMITS[name], grows=True, remarks=remarks)


def _measure_age(client: Client, young: Client) -> Figure:
    """Of all pages with figures the one that takes the most times as long as in a shop that is a month old."""
    took = {path: _pair(client, young, path) for path in _AGEING}
    ratios = {path: ours / theirs for path, (ours, theirs) in took.items()}
    worst = max(ratios, key=lambda path: ratios[path])
    remarks = f"{worst}; all: {', '.join(f'{path} {ratio:.2f}' for path, ratio in ratios.items())}."
    name, yardstick = "desk_age", "a shop that is a month old"
    return Figure(name, *took[worst], "ms", yardstick, LIMITS[name], grows=True, remarks=remarks)


def _p95(client: Client, path: str) -> float:
    return statistics.quantiles([_milliseconds(client, path) for _time in range(TIMES)], n=20)[-1]


def _pair(client: Client, other: Client, path: str) -> tuple[float, float]:
    """Medians of answers that are asked for in turn, so that what others do falls on both."""
    pairs = [(_milliseconds(client, path), _milliseconds(other, path)) for _time in range(TIMES)]
    return statistics.median(one for one, _second in pairs), statistics.median(second for _one, second in pairs)


def _milliseconds(client: Client, path: str) -> float:
    begun = time.perf_counter()
    answer = client.get(path)
    assert answer.status_code == HTTPStatus.OK, path
    return (time.perf_counter() - begun) * 1000
