"""What the fast lane carries is answered as Django answers it; what it does not carry, it leaves as it was."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import msgspec
import psycopg
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from pytest_django import Settings

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Stamp
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.access import Scope
from stampwell.requests.models import StoredAnswer
from stampwell.vouchers.links import voucher_code
from stampwell.web.api.fast_lane import carry
from stampwell.web.api.keys import WAITED
from stampwell.web.api.limiting import forget_rates
from tests.kept import made_once
from tests.serving import database_url
from tests.world import HeldCard, Shop, open_lume

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
NO_WAIT = {"by": "visit", "cooldown_seconds": 0}


class Told(msgspec.Struct):
    """An answer as it goes over the wire; ids that are made in the call read alike."""

    status: str
    headers: list[tuple[str, str]]
    body: str


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Django's own test client does the same: the test's transaction would end with the first request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with stopped_at(NOON):
        yield


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    """Three stamps before its coffee, with a biscuit to hand over."""
    with stopped_at(datetime(2026, 3, 4, 9, 0, tzinfo=UTC)):
        card = lume.publish(earning=NO_WAIT).card()
        add_stamp(lume.merchant, card.id, Purchase(count=7), actor=lume.actor)
    return card


@pytest.fixture
def key(lume: Shop) -> str:
    return lume.api_key()


def request(method: str, path: str, key: str, body: bytes = b"", **more: str) -> dict[str, Any]:
    headers = {"HTTP_AUTHORIZATION": f"Bearer {key}", "HTTP_IDEMPOTENCY_KEY": "tap-1"}
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": f"/api/v1{path}",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        **headers,
        **more,
    }


def by_django(asked: dict[str, Any]) -> Told:
    told: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        told.extend([status, headers])

    body = b"".join(WSGIHandler()(asked, start))  # type: ignore[arg-type]
    return Told(told[0], sorted(told[1]), in_common(body))


def by_the_lane(asked: dict[str, Any]) -> Told | None:
    carried = carry(asked)
    if carried is None:
        return None
    status = f"{carried.status:d} {carried.status.phrase}"
    return Told(status, sorted(carried.headers), in_common(carried.body))


def in_common(body: bytes) -> str:
    """The calls are made one after the other in the same world, so only what is new in each has another id."""
    return re.sub(r"\b(stp|rdm)_\w+", r"\1_new", body.decode())


def both_ways(method: str, path: str, key: str, body: bytes = b"", **more: str) -> tuple[Told | None, Told]:
    """Each in the same world, which is put back after it."""
    answers: list[Any] = []
    for answer in (by_the_lane, by_django):
        forget_rates()
        with transaction.atomic():
            answers.append(answer(request(method, path, key, body, **more)))
            transaction.set_rollback(True)
    return answers[0], answers[1]


def card_path(card: HeldCard) -> str:
    return f"/cards/{public_id('crd', card.id)}"


def voucher_path(card: HeldCard) -> str:
    return f"/vouchers/{public_id('vch', card.open_vouchers[0].id)}/redemption"


def carried_calls(card: HeldCard) -> list[tuple[str, str, bytes]]:
    location = public_id("loc", card.shop.location.id)
    return [
        ("GET", card_path(card), b""),
        ("POST", f"{card_path(card)}/stamps", b""),
        ("POST", f"{card_path(card)}/stamps", b'{"receipt_id": "R-1", "location_id": "%s"}' % location.encode()),
        ("POST", voucher_path(card), b"{}"),
        ("POST", voucher_path(card), b'{"location_id": "%s"}' % location.encode()),
        ("POST", "/scans", b'{"code": "%s"}' % card.code.encode()),
        ("POST", "/scans", b'{"code": "%s"}' % card.row.short_number.encode()),
        ("POST", "/scans", b'{"code": "%s"}' % voucher_code(card.open_vouchers[0].id, 0).encode()),
    ]


def test_what_goes_well_is_answered_alike(card: HeldCard, key: str) -> None:
    for method, path, body in carried_calls(card):
        lane, django = both_ways(method, path, key, body=body)

        assert lane == django, path


def test_a_scan_that_waits_for_an_amount_is_answered_alike(lume: Shop, key: str) -> None:
    """It holds the card and changes nothing, so it is done anew in a usual transaction; it counts once all the same."""
    card = lume.publish(earning={"by": "amount", "amount_per_stamp": 500}).card()

    lane, django = both_ways("POST", "/scans", key, b'{"code": "%s"}' % card.code.encode())

    assert lane == django
    assert '"needs":"amount"' in django.body


def test_behind_https_it_is_answered_alike(card: HeldCard, key: str, settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 60

    lane, django = both_ways("GET", card_path(card), key, b"", **{"wsgi.url_scheme": "https"})

    assert lane == django
    assert ("Strict-Transport-Security", "max-age=60") in django.headers


def test_a_key_that_may_little_is_shown_as_little(card: HeldCard, lume: Shop) -> None:
    lane, django = both_ways("POST", voucher_path(card), lume.api_key(Scope.VOUCHERS_REDEEM))

    assert lane == django
    assert msgspec.json.decode(django.body)["card"]["web_url"] is None


@pytest.mark.parametrize(
    ("status", "change"),
    [
        ("401", {"HTTP_AUTHORIZATION": "Bearer sk_cafe-lume_wrong"}),
        ("401", {"HTTP_AUTHORIZATION": "Bearer nothing"}),
        ("401", {"HTTP_AUTHORIZATION": ""}),
        ("400", {"HTTP_IDEMPOTENCY_KEY": ""}),
        ("406", {"HTTP_ACCEPT": "text/html"}),
        ("413", {"CONTENT_LENGTH": "9999999"}),
        ("415", {"CONTENT_TYPE": "text/plain", "BODY": "{}"}),
        ("422", {"BODY": '{"count": 0}'}),
        ("422", {"BODY": '{"count": 1, "count": 2}'}),
        ("422", {"BODY": '{"count": 1, "amount": 2}'}),
        ("400", {"BODY": "{"}),
        ("400", {"BODY": "{}", "CONTENT_LENGTH": "9"}),
        ("400", {"CONTENT_LENGTH": "9"}),
        ("404", {"PATH_INFO": "/api/v1/cards/crd_unknown/stamps"}),
        ("404", {"BODY": '{"location_id": "loc_unknown"}'}),
        ("422", {"QUERY_STRING": "a=b"}),
        ("201", {"HTTP_AUTHORIZATION": "bearer {key}"}),
    ],
)
def test_what_is_out_of_the_ordinary_is_left_to_django(
    card: HeldCard, key: str, status: str, change: dict[str, str]
) -> None:
    change = {name: text.replace("{key}", key) for name, text in change.items()}
    body = change.pop("BODY", "").encode()
    asked = request("POST", f"{card_path(card)}/stamps", key, body, **change)
    _lane, alone = both_ways("POST", f"{card_path(card)}/stamps", key, body=body, **change)
    forget_rates()

    assert by_the_lane(asked) is None

    assert by_django(asked) == alone
    assert alone.status.startswith(status)


def test_a_body_where_none_belongs_is_left_to_django(card: HeldCard, key: str) -> None:
    asked = request("GET", card_path(card), key, CONTENT_LENGTH="300000")

    assert by_the_lane(asked) is None

    assert by_django(asked).status == "413 Content Too Large"


def test_a_refusal_leaves_no_trace_and_counts_once(card: HeldCard, key: str) -> None:
    path = voucher_path(card)
    first = by_the_lane(request("POST", path, key))
    asked = request("POST", path, key, HTTP_IDEMPOTENCY_KEY="tap-2")
    before = Event.objects.count(), StoredAnswer.objects.count()

    lane = by_the_lane(asked)

    assert first is not None
    assert lane is None
    assert (Event.objects.count(), StoredAnswer.objects.count()) == before
    refused = by_django(asked)
    assert refused.status == "409 Conflict"
    remaining = [int(dict(told.headers)["RateLimit-Remaining"]) for told in (first, refused)]
    assert remaining[0] - remaining[1] == 1


def test_a_request_that_comes_again_gets_the_kept_answer(card: HeldCard, key: str) -> None:
    path = voucher_path(card)
    first = by_the_lane(request("POST", path, key))
    assert first is not None
    again = request("POST", path, key)

    assert by_the_lane(again) is None

    replayed = by_django(again)
    assert (replayed.status, replayed.body) == (first.status, first.body)
    assert ("Idempotency-Replayed", "true") in replayed.headers


def test_a_key_over_its_limit_is_left_to_django(card: HeldCard, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stampwell.web.api.limiting.MOST", 1)
    assert by_the_lane(request("GET", card_path(card), key)) is not None
    asked = request("GET", card_path(card), key)

    assert by_the_lane(asked) is None

    assert by_django(asked).status == "429 Too Many Requests"


def test_a_key_without_the_scope_is_left_to_django(card: HeldCard, lume: Shop) -> None:
    asked = request("POST", voucher_path(card), lume.api_key(Scope.CARDS_READ))

    assert by_the_lane(asked) is None

    assert by_django(asked).status == "403 Forbidden"


def test_a_host_that_is_not_ours_is_left_to_django(card: HeldCard, key: str, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["stampwell.example"]

    assert carry(request("GET", card_path(card), key, HTTP_HOST="elsewhere.example")) is None
    assert carry(request("GET", card_path(card), key, HTTP_HOST="stampwell.example:8000")) is not None


def test_another_shops_key_reads_nothing(card: HeldCard, rossi: Shop) -> None:
    asked = request("GET", card_path(card), rossi.api_key())

    assert by_the_lane(asked) is None

    assert by_django(asked).status == "404 Not Found"


@pytest.mark.django_db(transaction=True)
def test_outside_of_any_transaction_it_leaves_no_trace_either() -> None:
    """Elsewhere in these tests a transaction is open around all; a web process has none."""
    shop = open_lume()
    card = shop.publish(earning=NO_WAIT).card()
    key, path = shop.api_key(), f"/cards/{public_id('crd', card.id)}/stamps"
    first = by_the_lane(request("POST", path, key))

    assert first is not None
    assert by_the_lane(request("POST", path, key)) is None

    assert card.row.stamps == Stamp.objects.count() == StoredAnswer.objects.count() == 1
    assert by_the_lane(request("POST", path, key, HTTP_IDEMPOTENCY_KEY="tap-2")) is not None
    assert card.row.stamps == 2


@pytest.mark.django_db(transaction=True)
def test_who_waited_for_a_lock_does_not_wait_twice() -> None:
    shop = open_lume()
    card = shop.publish(earning=NO_WAIT).card()
    asked = request("POST", f"/cards/{public_id('crd', card.id)}/stamps", shop.api_key())
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '10ms'")

    with another_session() as other:
        other.execute("SELECT id FROM card WHERE id = %s FOR UPDATE", [card.id])
        assert by_the_lane(asked) is None
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")

    refused = by_django(asked)
    assert refused.status == "409 Conflict"
    assert '"code":"request_in_progress"' in refused.body
    assert ("Retry-After", "1") in refused.headers
    assert card.row.stamps == 0


class Unread(BytesIO):
    """A body that nobody may read."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise AssertionError("read")


def test_the_body_is_not_read_from_whoever_shows_no_key_of_ours(card: HeldCard) -> None:
    for key in ("", "nothing", "sk_nowhere_0123"):
        asked = request("POST", "/scans", key, b'{"code": "C"}') | {"wsgi.input": Unread()}

        assert by_the_lane(asked) is None


@pytest.mark.django_db(transaction=True)
def test_a_wrong_key_locks_nothing_and_waits_for_nobody() -> None:
    shop = open_lume()
    card = shop.publish(earning=NO_WAIT).card()
    add_stamp(shop.merchant, card.id, Purchase(count=7), actor=shop.actor)
    calls = [call for call in carried_calls(card) if call[0] == "POST"]
    key = f"{shop.api_key()}0"

    with another_session() as other, connection.cursor() as cursor:
        other.execute("SELECT 1 FROM card, voucher FOR UPDATE")
        cursor.execute("SET lock_timeout = '10ms'")
        for method, path, body in calls:
            asked = request(method, path, key, body)
            assert by_the_lane(asked) is None
            assert WAITED not in asked, path
            assert by_django(asked).status == "401 Unauthorized"
        cursor.execute("RESET lock_timeout")


@pytest.mark.django_db(transaction=True)
def test_a_card_that_cannot_be_read_now_is_not_in_progress() -> None:
    shop = open_lume()
    asked = request("GET", card_path(shop.publish().card()), shop.api_key())

    with another_session() as other, connection.cursor() as cursor:
        other.execute("LOCK TABLE card IN ACCESS EXCLUSIVE MODE")
        cursor.execute("SET lock_timeout = '10ms'")
        assert by_the_lane(asked) is None
        refused = by_django(asked)
        cursor.execute("RESET lock_timeout")

    assert refused.status == "503 Service Unavailable"


def another_session() -> psycopg.Connection[Any]:
    return psycopg.connect(database_url())
