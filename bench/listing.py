"""The list of cards in a big shop beside others: every filter in every order, its first page and one far behind."""

import time
from itertools import product
from pathlib import Path
from typing import get_args

import psycopg
from django.db import connection
from django.http import QueryDict

from bench.figures import LIMITS, Figure
from bench.searching import fill
from bench.serving import fresh_database, superuser_url
from bench.shop import Shop
from stampwell.ids import public_id
from stampwell.insight.card_list import Filter, Order
from stampwell.web.dashboard.cards.listing import Listing, read_listing

PROMISE = 150.0  # milliseconds
TIMES = 5
PAGES = 20  # that are turned before one is measured again

# One card in a hundred has a reward, one in twelve is nearly full, half were not seen for thirty days.
_STANDINGS = """
    INSERT INTO card_standing (merchant_id, id, joined, seen, stamps, to_go, ready)
    SELECT merchant_id, id, now() - interval '1 minute' * (n * 3 % 2000000),
        now() - interval '1 minute' * (n * 7 % 86400), 99 - n % 24, 1 + n % 24, (n % 100 = 0)::int
    FROM (SELECT merchant_id, id, row_number() OVER () AS n FROM card) c
"""
_BIRTHDAYS = "UPDATE customer SET birthday = date '1960-01-01' + (hashtext(id::text) & 16383)"

# Everybody of each shop has one tag: nobody's list is longer.
_TAG = """
    INSERT INTO tag (merchant_id, id, name, folded)
    SELECT DISTINCT merchant_id, merchant_id, 'Regular', 'regular' FROM customer
"""
_TAGGING = """
    INSERT INTO tagging (merchant_id, id, tag_id, customer_id) SELECT merchant_id, id, merchant_id, id FROM customer
"""

# Everybody has agreed to messages, and one of a hundred has a reward for later.
_CONSENT = """
    INSERT INTO consent (merchant_id, id, customer_id, purpose, granted, wording, locale, source, at)
    SELECT merchant_id, id, id, 'marketing', true, 'I want news', 'en', 'join page', created FROM customer
"""
_LIVES = """
    INSERT INTO card_life (merchant_id, id, program_id, joined, is_active, is_saved, is_filled, visits, handed_out,
        waited, stamps, goal, ready, pending)
    SELECT merchant_id, id, program_id, current_date, true, false, false, '{}', '{}', '{}', 3, 100, 0,
        (abs(hashtext(id::text)) % 100 = 0)::int FROM card
"""


def measure_listing(url: str, _folder: Path) -> Figure:
    shop = Shop(fresh_database(url, "bench_listing"), "Listing")
    fill(shop)
    with psycopg.connect(superuser_url(shop.url), autocommit=True) as session:
        session.execute("SET session_replication_role = replica")  # foreign keys are not looked at
        session.execute(_STANDINGS)
        session.execute(_BIRTHDAYS)
        session.execute(_TAG)
        session.execute(_TAGGING)
        session.execute(_CONSENT)
        session.execute(_LIVES)
        session.execute("VACUUM ANALYZE")
    connection.close()
    slowest: dict[str, tuple[float, str]] = {}
    for show, order in product(get_args(Filter.__value__), get_args(Order.__value__)):
        more = {"tag": f"&tag={public_id('tag', shop.merchant.id)}", "to-go": "&to_go=5"}.get(show, "")
        slowest[show] = max(slowest.get(show, (0.0, "")), _slowest_page(shop, f"show={show}&sort={order}{more}"))
    told = ", ".join(f"{show} {took:.1f} ms ({query})" for show, (took, query) in slowest.items())
    ours = max(took for took, _query in slowest.values())
    remarks = f"The slowest of each filter: {told}."
    return Figure("cards", ours, PROMISE, "ms", "the promise", LIMITS["cards"], grows=True, remarks=remarks)


def _slowest_page(shop: Shop, query: str) -> tuple[float, str]:
    first, far = f"?{query}", f"?{query}"
    for _page in range(PAGES):
        far = _list(shop, far).next or far
    return max((_milliseconds(shop, page), page[:40]) for page in (first, far))


def _milliseconds(shop: Shop, query: str) -> float:
    """The best of some, because everybody else on the machine only adds to it."""
    took: list[float] = []
    for _time in range(TIMES):
        begun = time.perf_counter()
        _list(shop, query)
        took.append((time.perf_counter() - begun) * 1000)
    return min(took)


def _list(shop: Shop, query: str) -> Listing:
    return read_listing(shop.merchant, QueryDict(query.removeprefix("?")))
