"""The health of a server that really runs: asked by whatever name, and while every thread is busy."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx
from django.db import connection, transaction

from stampwell.cards.links import card_token
from stampwell.watch.heartbeat import beat
from tests.serving import Product
from tests.web.test_outage import database_away
from tests.world import Shop

PATIENCE = 60  # seconds
LIVE, READY = "/health/live", "/health/ready"


def test_a_server_says_that_it_lives_and_is_ready(product: Product) -> None:
    beat()

    live, ready = (httpx.get(product.url + path, timeout=PATIENCE) for path in (LIVE, READY))

    assert (live.status_code, live.json()) == (200, {"status": "alive"})
    assert ready.status_code == 200
    assert {name: ready.json()[name] for name in ("status", "database", "migrations", "worker")} == {
        "status": "ready",
        "database": "ok",
        "migrations": "ok",
        "worker": "ok",
    }
    assert {answer.headers["Cache-Control"] for answer in (live, ready)} == {"no-store"}


def test_a_check_by_address_is_answered_and_repeats_nothing(product: Product) -> None:
    answers = [
        httpx.get(product.url + path, headers={"Host": "10.1.2.3:99"}, timeout=PATIENCE) for path in (LIVE, READY)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert "10.1.2.3" not in "".join(f"{answer.headers} {answer.text}" for answer in answers)
    assert httpx.get(f"{product.url}/", headers={"Host": "10.1.2.3:99"}, timeout=PATIENCE).status_code == 400


def test_the_head_alone_is_enough(product: Product) -> None:
    answer = httpx.head(product.url + LIVE, timeout=PATIENCE)

    assert (answer.status_code, answer.text) == (200, "")


def test_nothing_is_sent_there(product: Product) -> None:
    assert httpx.post(product.url + LIVE, json={}, timeout=PATIENCE).status_code == 404


def test_without_its_database_a_server_lives_and_is_not_ready(product: Product) -> None:
    with database_away():
        live, ready = (httpx.get(product.url + path, timeout=PATIENCE) for path in (LIVE, READY))

    assert live.status_code == 200
    assert (ready.status_code, ready.json()["database"]) == (503, "no answer")


def test_a_server_whose_threads_are_all_busy_still_answers(product: Product, lume: Shop) -> None:
    """They wait for a table that somebody has locked."""
    card = f"{product.url}/c/{lume.merchant.slug}/{card_token(lume.publish().card().id, 0)}"
    with ThreadPoolExecutor(20) as visitors:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE card")
            waiting = [visitors.submit(httpx.get, card, timeout=PATIENCE) for _number in range(20)]
            answers = [httpx.get(product.url + path, timeout=PATIENCE) for path in (LIVE, READY) * 4]
            are_waiting = [not one.done() for one in waiting]
        for one in waiting:
            one.result()

    assert {answer.status_code for answer in answers} == {200}
    assert any(are_waiting)
    assert {json.loads(answer.text)["status"] for answer in answers} == {"alive", "ready"}
