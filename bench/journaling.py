"""The journal of a shop where very much has happened: any filter, any page, any words."""

import os
import statistics
import time
from collections.abc import Iterator
from http import HTTPStatus
from itertools import product
from pathlib import Path
from urllib.parse import quote, urlsplit
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connection
from django.test import Client

from bench.desk import CUSTOMERS_NAMED
from bench.figures import LIMITS, Figure
from bench.serving import fresh_database, superuser_url
from bench.shop import CARDS, Shop
from stampwell.cards.earning import Purchase
from stampwell.cards.issuing import issue_card
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.customers.search_index import prepare_search_index
from stampwell.events.actors import Actor
from stampwell.ids import public_id
from stampwell.merchants.models import StaffMember, User

EVENTS = int(os.environ.get("STAMPWELL_BENCH_EVENTS", "1000000"))
CARDS_COUNT, PEOPLE, AT_ONCE = 100_000, 20, 1_000_000
PROMISE = 150.0  # milliseconds
TIMES = 20
MONTHS = 24
DESK = Actor(source="owner")

# Of a thousand events. Three people work at a time, at two locations with a device each.
_TYPE = """CASE
    WHEN n %% 1000 < 2 THEN 'stamp.reversed' WHEN n %% 1000 < 3 THEN 'voucher.reversed'
    WHEN n %% 1000 < 20 THEN 'card.issued' WHEN n %% 100 < 80 THEN 'stamp.added'
    WHEN n %% 100 < 90 THEN 'voucher.issued' ELSE 'voucher.redeemed' END"""
_PERSON = f"md5('person' || (n / 2000 * 3 + n %% 3) %% {PEOPLE})::uuid"
_EVENTS = f"""
    INSERT INTO event (merchant_id, at, id, type, source, location_id, station_id, staff_member_id, card_id, voucher_id,
                       data, sequence)
    SELECT {{{{merchant}}}}, now() - interval '{MONTHS} months' * ((%(count)s - n) / %(count)s::float),
           gen_random_uuid(), s.type, 'scanner', md5('place' || n %% 2)::uuid, md5('phone' || n %% 2)::uuid, {_PERSON},
           {{card}}, NULL, s.data, n
    FROM generate_series({{first}}, {{last}}) AS n JOIN sample s ON s.type = {_TYPE}
"""
_STAMPS = """
    INSERT INTO stamp (merchant_id, id, card_id, count, round, remainder_change, at, occurred, source, overrode, reason,
                       receipt_id)
    SELECT merchant_id, gen_random_uuid(), card_id, 1, 1, 0, at, at, 'scanner', false, '', 'R-' || sequence
    FROM event WHERE type = 'stamp.added' AND sequence %% 10 = 5
"""
_KINDS = """
    INSERT INTO event_kind (merchant_id, id, type, location_id, staff_member_id, device_id, program_id)
    SELECT {merchant}, gen_random_uuid(), k.*, %(program)s FROM (
        SELECT DISTINCT type, location_id, staff_member_id, station_id FROM event
    ) k
"""
_STRETCHES = """
    INSERT INTO event_stretch (merchant_id, id, kind_id, stretch)
    SELECT {merchant}, gen_random_uuid(), s.* FROM (
        SELECT DISTINCT k.id, (e.sequence - 1) / 512 FROM event e
        JOIN event_kind k ON (k.type, k.location_id, k.staff_member_id, k.device_id)
            = (e.type, e.location_id, e.staff_member_id, e.station_id)
    ) s
"""
_AT_THE_END = (
    "INSERT INTO event_feed (merchant_id, id, last_sequence) VALUES ({merchant}, gen_random_uuid(), %(count)s)",
    "INSERT INTO event_cursor (merchant_id, id, name, last_sequence, moved)"
    " VALUES ({merchant}, gen_random_uuid(), 'event_stretches', %(count)s, now())",
)
_MONTHS = """
    SELECT to_char(month, 'YYYY_MM'), month::date::text, (month + interval '1 month')::date::text
    FROM generate_series(date_trunc('month', now()) - interval '{months} months', now() - interval '1 month',
                         interval '1 month') AS month
"""


def measure_journal(url: str, _folder: Path) -> list[Figure]:
    shop = Shop(fresh_database(url, "bench_journal"), "Journal")
    _fill(shop)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # nothing is collected here, and whitenoise would warn
    client = Client(headers={"host": urlsplit(settings.BASE_URL).netloc})
    client.force_login(User.objects.get(email="journal@bench.example"))
    return [
        _measure("journal_pages", client, _pages()),
        _measure("journal_search", client, _searches(shop)),
    ]


def _fill(shop: Shop) -> None:
    _live(shop)
    people = [StaffMember(merchant=shop.merchant, id=person_id(n), name=f"Person {n}") for n in range(PEOPLE)]
    StaffMember.objects.bulk_create(people)
    with psycopg.connect(superuser_url(shop.url)) as session:
        session.execute("CREATE TABLE sample AS SELECT DISTINCT ON (type) type, data FROM event")
        session.execute("DELETE FROM event")
        for name in ("redemption", "reversal", "voucher", "stamp", "card", "customer", "event_feed", "event_cursor"):
            session.execute(f"TRUNCATE {name} CASCADE")
        for name, first, last in session.execute(_MONTHS.format(months=MONTHS)).fetchall():
            session.execute(f"CREATE TABLE event_{name} PARTITION OF event FOR VALUES FROM ('{first}') TO ('{last}')")
    shop.seed(CARDS_COUNT, CUSTOMERS_NAMED, CARDS)
    card = shop.row_id_sql(f"n %% {CARDS_COUNT} * 7919 %% {CARDS_COUNT}")
    parts = [(first, min(first + AT_ONCE - 1, EVENTS)) for first in range(1, EVENTS + 1, AT_ONCE)]
    events = [_EVENTS.format(card=card, first=first, last=last) for first, last in parts]
    shop.seed(EVENTS, *events, _STAMPS, _KINDS, _STRETCHES, *_AT_THE_END)
    prepare_search_index()
    connection.close()  # what was planned for an empty shop is forgotten


def person_id(number: int) -> UUID:
    with connection.cursor() as cursor:
        cursor.execute("SELECT md5('person' || %s)::uuid", [number])
        found: UUID = cursor.fetchone()[0]
        return found


def _live(shop: Shop) -> None:
    """One event of each kind, to copy."""
    merchant = shop.merchant
    card_id = issue_card(merchant, shop.terms, locale="en", actor=DESK).card.id
    for _stamp in range(20):
        stamped = add_stamp(merchant, card_id, Purchase(count=10), actor=DESK)
        if stamped.issued:
            break
    used = hand_over(merchant, stamped.issued[0].id, actor=DESK)
    give_back(merchant, used.redemption.id, reason="Wrong", actor=DESK)
    undone = add_stamp(merchant, card_id, Purchase(), actor=DESK)
    undo_stamp(merchant, undone.stamp.id, reason="Wrong", actor=DESK)


def _pages() -> Iterator[list[str]]:
    """Each filter on its first page, a thousand pages down, and at the very beginning."""
    person = public_id("stf", person_id(7))
    filters = ["", "kind=undone", "kind=rewards", f"person={person}", f"person={person}&kind=undone", "period=month"]
    for asked, before in product(filters, (0, EVENTS - 50 * 1_000, EVENTS // 2, 3_000)):
        yield [f"/journal/?{asked}&before={before - number}" for number in range(TIMES)]


def _searches(shop: Shop) -> Iterator[list[str]]:
    """Words that one card has, that all have, that nobody has; each time others."""
    ones = [(number * 4_861) % CARDS_COUNT for number in range(1, TIMES + 1)]
    yield [f"/journal/?q={number:08}" for number in ones]
    yield [f"/journal/?q=N{number}" for number in ones]
    yield [f"/journal/?q={quote(f'anna berzina n{number}')}&kind=undone" for number in ones]
    yield [f"/journal/?q={public_id('crd', shop.row_id(number))}&before={EVENTS // 2}" for number in ones]
    yield [f"/journal/?q=R-{number // 1000 * 1000 + 525}" for number in range(5_000, EVENTS, EVENTS // TIMES)][:TIMES]
    for words in ("berzina", "anna", "nobody", "2000", "ABCDEF"):
        for more in ("", "&kind=undone", f"&before={EVENTS - 50 * 1_000}", "&period=month"):
            yield [f"/journal/?q={words}{more}"] * TIMES


def _measure(name: str, client: Client, asked: Iterator[list[str]]) -> Figure:
    """The slowest p95 of these kinds of pages."""
    slowest = {paths[0]: _p95([_milliseconds(client, path) for path in paths]) for paths in asked}
    worst = max(slowest, key=lambda path: slowest[path])
    told = ", ".join(f"{path} {took:.0f}" for path, took in sorted(slowest.items(), key=lambda one: -one[1])[:5])
    remarks = f"{EVENTS:,} events, {CARDS_COUNT:,} cards, {MONTHS} months; p95 of {TIMES}, the slowest: {told} ms."
    return Figure(name, slowest[worst], PROMISE, "ms", "the promise", LIMITS[name], grows=True, remarks=remarks)


def _p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20, method="inclusive")[-1]


def _milliseconds(client: Client, path: str) -> float:
    begun = time.perf_counter()
    answer = client.get(path)
    assert answer.status_code == HTTPStatus.OK, path
    return (time.perf_counter() - begun) * 1000
