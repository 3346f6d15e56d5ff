"""The database does not answer: every surface says so calmly in the visitor's language, and the log stays short."""

import json
import math
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psycopg
import pytest
from django.db import OperationalError, connection
from django.template.loader import render_to_string
from django.utils import translation
from psycopg import sql

from stampwell.cards.links import card_token
from stampwell.transactions import outages
from stampwell.transactions.bulkhead import Crowded
from tests.serving import Product
from tests.world import Shop

AS_SOMEBODY = {"Authorization": "Bearer sk_a_b", "Accept": "*/*"}
LATVIAN = {"Accept-Language": "lv", "Accept": "text/html"}


def heading(page: str) -> str:
    found = re.search("<h1>(.+?)</h1>", page)
    assert found
    return found[1]


@contextmanager
def database_away() -> Iterator[None]:
    """Nobody gets in any more, and who was in is put out: as when it is restarted, or all connections are taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (ours,) = cursor.fetchone()
    at = connection.settings_dict
    with psycopg.connect(
        dbname="postgres", host=at["HOST"], port=at["PORT"], user=at["USER"], password=at["PASSWORD"], autocommit=True
    ) as server:
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        server.execute(allow.format(sql.Identifier(at["NAME"]), sql.Literal(False)))
        try:
            server.execute(
                # PostgreSQL's own workers, such as autovacuum's, are not ours to end.
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s"
                " AND backend_type = 'client backend'",
                (at["NAME"], ours),
            )
            yield
        finally:
            server.execute(allow.format(sql.Identifier(at["NAME"]), sql.Literal(True)))


@pytest.fixture
def card(lume: Shop) -> str:
    return f"/c/{lume.merchant.slug}/{card_token(lume.publish().card().id, 0)}"


def test_every_surface_says_calmly_that_the_database_is_away(product: Product, lume: Shop, card: str) -> None:
    signed_in = {"session": "0" * 32}
    with translation.override("lv"):
        expected = heading(render_to_string("errors/503.html"))
    with database_away(), httpx.Client(base_url=product.url, headers=LATVIAN, cookies=signed_in, timeout=60) as visitor:
        for path in ("/", "/cards/", "/shops/", "/accounts/email/", card, f"{card}/state"):
            answer = visitor.get(path)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), path
            assert heading(answer.text) == expected, path


def test_a_program_gets_what_it_can_read(product: Product, lume: Shop) -> None:
    slug, key = lume.merchant.slug, lume.api_key()
    ask = httpx.Client(base_url=product.url, timeout=60)
    as_key = {"Authorization": f"Bearer {key}"}
    with database_away(), ask:
        answers = {
            "API": ask.get("/api/v1/me", headers=as_key),
            "fast lane": ask.post("/api/v1/scans", json={"code": "1"}, headers=as_key | {"Idempotency-Key": "a"}),
            "phone": ask.post(f"/wallet/apple/{slug}/v1/log", json={"logs": ["a"]}),
            "pass": ask.get(f"/wallet/apple/{slug}/v1/passes/pass.x/1", headers={"Authorization": "ApplePass x"}),
            "scanner": ask.get("/scanner/", headers={"Accept": "application/json", "Cookie": f"station={slug}:a"}),
        }

    for surface, answer in answers.items():
        assert answer.status_code == 503, surface
        assert "Retry-After" in answer.headers, surface
        assert isinstance(json.loads(answer.text), dict), surface


def test_an_outage_is_a_line_a_second_and_then_all_is_well(product: Product, lume: Shop, card: str) -> None:
    with httpx.Client(base_url=product.url, headers=LATVIAN, timeout=60) as visitor:
        assert visitor.get(card).status_code == 200
        with database_away():
            begun = time.monotonic()
            for _time in range(20):
                assert visitor.get(card).status_code == 503
                assert visitor.get("/api/v1/me", headers=AS_SOMEBODY).status_code == 503
            lasted = time.monotonic() - begun
        for _process in range(6):
            assert visitor.get(card).status_code == 200

    written = product.log.read_text()
    told = [line for line in written.splitlines() if "The database did not answer" in line]
    assert 1 <= len(told) <= math.ceil(lasted) + 2
    assert "Traceback" not in written
    assert "Service Unavailable" not in written


def test_what_is_not_told_is_counted(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_told", -math.inf), ("_untold", 0), ("PAUSE", math.inf)):
        monkeypatch.setattr(outages, name, value)
    lost = OperationalError("connection refused\nIs the server running?")

    for _time in range(3):
        outages.tell_outage(lost)
    monkeypatch.setattr(outages, "PAUSE", 0.0)
    outages.tell_outage(Crowded("half of the threads wait"))
    outages.tell_outage(lost)

    assert [record.getMessage() for record in caplog.records] == [
        "The database did not answer: connection refused (0 more times since the last such line)",
        "The database did not answer: connection refused (2 more times since the last such line)",
    ]
