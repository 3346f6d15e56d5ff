"""The same request with the same key is done once."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from stampwell.cards.models import Stamp
from stampwell.clock import now, stopped_at
from stampwell.requests.pruning import forget_old_answers
from tests.serving import database_url
from tests.web.api.client import ApiClient
from tests.world import Shop

pytestmark = pytest.mark.django_db

ANY_TIME = {"by": "visit", "cooldown_seconds": 0}


@pytest.fixture
def stamps(lume: Shop) -> str:
    return f"/cards/crd_{lume.publish(earning=ANY_TIME).card().id.hex}/stamps"


def test_a_request_that_changes_something_needs_a_key(api: ApiClient, stamps: str) -> None:
    reply = api.post(stamps, {}, key=None)

    assert (reply.status, reply.code) == (400, "idempotency_key_missing")
    assert Stamp.objects.count() == 0


@pytest.mark.parametrize("key", ["", "   ", '""', "a" * 256, "käy", "two words"])
def test_a_key_has_1_to_255_visible_characters(api: ApiClient, stamps: str, key: str) -> None:
    reply = api.post(stamps, {}, key=key)

    assert (reply.status, reply.code) == (400, "idempotency_key_invalid")


@pytest.mark.parametrize("key", ["a", "a" * 255, '"b"', '"' + "b" * 255 + '"', "{a-b_c.d}:e"])
def test_a_key_may_be_bare_or_quoted(api: ApiClient, stamps: str, key: str) -> None:
    assert api.post(stamps, {}, key=key).status == 201


def test_the_same_request_again_gets_the_same_bytes(api: ApiClient, stamps: str) -> None:
    first = api.post(stamps, {"count": 2}, key="k1")
    again = api.post(stamps, {"count": 2}, key="k1")
    quoted = api.post(stamps, {"count": 2}, key='"k1"')

    assert first.headers.get("Idempotency-Replayed") is None
    assert again.headers["Idempotency-Replayed"] == quoted.headers["Idempotency-Replayed"] == "true"
    assert (again.status, again.body) == (quoted.status, quoted.body) == (first.status, first.body)
    assert again.headers["Content-Type"] == "application/json"
    assert Stamp.objects.count() == 1


def test_an_answer_is_kept_for_thirty_days(api: ApiClient, stamps: str) -> None:
    api.post(stamps, {}, key="k1")

    with stopped_at(now() + timedelta(days=29, hours=23)):
        forget_old_answers()
        kept = api.post(stamps, {}, key="k1")
    with stopped_at(now() + timedelta(days=30, hours=1)):
        forget_old_answers()
        forgotten = api.post(stamps, {}, key="k1")

    assert kept.headers.get("Idempotency-Replayed") == "true"
    assert (forgotten.status, forgotten.headers.get("Idempotency-Replayed")) == (201, None)
    assert Stamp.objects.count() == 2


def test_a_refusal_is_kept_too(api: ApiClient, lume: Shop) -> None:
    path = f"/cards/crd_{lume.publish().card().id.hex}/stamps"
    api.post(path, {})

    first = api.post(path, {}, key="k1", accept_language="lv")
    again = api.post(path, {}, key="k1", accept_language="ja")

    assert (first.status, first.code) == (409, "cooldown")
    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("other", ["body", "path", "api key"])
def test_another_request_with_the_same_key_is_refused(api: ApiClient, lume: Shop, stamps: str, other: str) -> None:
    api.post(stamps, {"count": 1}, key="k1")
    body = {"count": 2} if other == "body" else {"count": 1}
    path = f"/cards/crd_{lume.publish().card().id.hex}/stamps" if other == "path" else stamps
    caller = ApiClient(lume.api_key()) if other == "api key" else api

    reply = caller.post(path, body, key="k1")

    assert (reply.status, reply.code) == (422, "idempotency_key_reused")
    assert Stamp.objects.count() == 1


def test_two_merchants_may_use_the_same_key(api: ApiClient, rival: ApiClient, stamps: str, rossi: Shop) -> None:
    theirs = f"/cards/crd_{rossi.publish().card().id.hex}/stamps"

    assert api.post(stamps, {}, key="k1").status == 201
    assert rival.post(theirs, {}, key="k1").status == 201


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", ["lock_timeout", "statement_timeout"])
def test_a_request_that_waits_too_long_is_told_to_come_back(api: ApiClient, lume: Shop, limit: str) -> None:
    card = lume.publish(earning=ANY_TIME).card()
    path = f"/cards/crd_{card.id.hex}/stamps"
    with connection.cursor() as cursor:
        cursor.execute(f"SET {limit} = '50ms'")

    with psycopg.connect(database_url()) as somebody_else:
        somebody_else.execute(
            "SELECT 1 FROM card WHERE merchant_id = %s AND id = %s FOR UPDATE", [lume.merchant.id, card.id]
        )
        waiting = api.post(path, {}, key="k1")
    with connection.cursor() as cursor:
        cursor.execute(f"RESET {limit}")
    after = api.post(path, {}, key="k1")

    assert (waiting.status, waiting.code, waiting.json["retryable"]) == (409, "request_in_progress", True)
    assert waiting.headers["Retry-After"] == "1"
    assert after.status == 201
    assert after.headers.get("Idempotency-Replayed") is None
