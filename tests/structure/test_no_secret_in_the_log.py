"""No secret is written down: a walk over every route with real secrets, as it should be and in every way that fails."""

import io
import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from stampwell.cards.earning import Purchase
from stampwell.cards.links import card_code, card_token, rotating_secret
from stampwell.cards.rotating import code_at_step, rotating_text
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.log_secrets import SecretsHidden
from stampwell.merchants.enrolling import invite_station
from stampwell.merchants.hiring import invite_person
from stampwell.vouchers.links import voucher_code, voucher_token
from stampwell.wallet.serials import card_pass_token, card_serial
from stampwell.web.trials import trial_url
from tests.mailbox import letters
from tests.world import PIN, Shop

pytestmark = [pytest.mark.long, pytest.mark.django_db]

API = "stampwell.web.api.urls"
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
INVITED = "eve.canary@lume.example"
EMAIL, PHONE, PUSH_TOKEN = "cy.canary@lume.example", "+371 2987 6543", "c0ffee" * 10 + "abcd"


class Walk:
    """A shop with one of everything, and the secrets of it."""

    def __init__(self, shop: Shop) -> None:
        offer = shop.publish(earning={"by": "visit", "cooldown_seconds": 0}, asks_for=["name"])
        self.shop, self.card = shop, offer.card(name="Cy", email=EMAIL, phone=PHONE)
        stamped = add_stamp(shop.merchant, self.card.id, Purchase(count=10), actor=shop.actor)
        self.voucher = stamped.issued[0].id
        self.ticket = trial_url(shop.merchant, offer.terms, offer.terms.rewards[0]).rpartition("/")[2]
        _station, self.enrolment = invite_station(shop.merchant, shop.location, kind="scanner", name="Phone")
        self.api_key, self.bo, self.card_token = shop.api_key(), shop.hire("Bo"), card_token(self.card.id, 0)
        self.reset = self._ask_for_a_reset()
        _invitation, self.invitation = invite_person(
            shop.merchant, email=INVITED, name="Eve", role="manager", locale="en", by=shop.ada
        )
        step = int(now().timestamp()) // 30
        number = self.card.row.short_number
        self.rotating = rotating_text(number, code_at_step(rotating_secret(self.card.id, 0), step))
        self.secrets = {
            self.card_token,
            card_code(self.card.id, 0),
            card_pass_token(self.card.id, 0),
            rotating_secret(self.card.id, 0).hex(),
            self.rotating,
            voucher_token(self.voucher, 0),
            voucher_code(self.voucher, 0),
            self.ticket,
            self.enrolment,
            self.invitation,
            INVITED,
            self.reset.rpartition("-")[2],
            self.api_key.rpartition("_")[2],
            PUSH_TOKEN,
            EMAIL,
            PHONE,
            PHONE.replace(" ", ""),
            f"={PIN}",
            f"'{PIN}'",
            f'"{PIN}"',
        }

    def _ask_for_a_reset(self) -> str:
        Client().post("/accounts/password/reset/", {"email": self.shop.owner.email})
        found = re.search(r"reset/key/([^/\s]+)", str(letters()[-1].body))
        assert found, letters()[-1].body
        return found[1]

    def paths(self) -> Iterator[str]:
        """Every route, with the secret that it takes in its path."""
        for resolver, start in ((get_resolver(), ""), (get_resolver(API), "/api/v1")):
            for route in routes_of(resolver):
                yield f"{start}/{PARAMETER.sub(self.fill_in(route), route)}"

    def fill_in(self, route: str) -> Callable[[re.Match[str]], str]:
        opens = {
            "t/": self.ticket,
            "v/": voucher_token(self.voucher, 0),
            "scanner/": self.enrolment,
            "accounts/": self.reset,
            "invitations/": self.invitation,
        }
        token = next((secret for start, secret in opens.items() if route.startswith(start)), self.card_token)
        return lambda found: self.names.get(found[1] or found[2], token)

    @property
    def names(self) -> dict[str, str]:
        """What stands in paths and is no secret."""
        return {
            "merchant_slug": self.shop.merchant.slug,
            "program_slug": "coffee-card",
            "card": public_id("crd", self.card.id),
            "card_id": public_id("crd", self.card.id),
            "voucher": public_id("vch", self.voucher),
            "voucher_id": public_id("vch", self.voucher),
            "member_id": public_id("stf", self.bo.id),
            "library_id": "a1b2c3d4e5f60718a1b2c3d4e5f60718",
            "serial": card_serial(self.card.id, 0),
            "pass_type": "pass.x",
            "locale": "en",
        }

    @property
    def body(self) -> dict[str, object]:
        """As much as one can send: every form takes what it knows."""
        return {
            "key": uuid4().hex,
            "once": uuid4().hex,
            "code": self.rotating,
            "pin": PIN,
            "email": EMAIL,
            "login": EMAIL,
            "name": "Cy",
            "phone": PHONE,
            "password": "c4nary " * 3,
            "pushToken": PUSH_TOKEN,
            "logs": [f"{card_pass_token(self.card.id, 0)} of {EMAIL}"],
        }


def routes_of(resolver: URLResolver, start: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        path = start + str(one.pattern).lstrip("^").rstrip("$").replace("\\Z", "")
        if isinstance(one, URLPattern):
            yield path
        else:
            yield from routes_of(one, path)


@pytest.fixture
def walk(lume: Shop) -> Walk:
    return Walk(lume)


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture) -> Iterator[io.StringIO]:
    """Whatever any part of the product or of a library logs, from the least important line on."""
    stream, root = io.StringIO(), logging.getLogger()
    (ours,) = (one for one in root.handlers if isinstance(one.formatter, SecretsHidden))
    assert isinstance(ours, logging.StreamHandler)
    before = ours.setStream(stream)
    quiet = {name: logging.getLogger(name).level for name in ("", "django.request", "httpcore", "procrastinate")}
    for name in quiet:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream
    for name, level in quiet.items():
        logging.getLogger(name).setLevel(level)
    ours.setStream(before or sys.stderr)


def visit(walk: Walk, paths: Iterable[str], *, signed_in: bool) -> set[int]:
    """By GET, by POST as a form without the token of the browser, and as JSON with a key; the statuses."""
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    plain = Client(raise_request_exception=False)
    if signed_in:
        plain.force_login(walk.shop.owner)
    seen = set()
    for path in paths:
        scheme = "ApplePass" if path.startswith("/wallet/") else "Bearer"
        token = card_pass_token(walk.card.id, 0) if scheme == "ApplePass" else walk.api_key
        headers = {"Authorization": f"{scheme} {token}", "Idempotency-Key": uuid4().hex}
        answers = [plain.get(path, headers=headers), strict.post(path, walk.body)]
        if signed_in:
            answers.append(plain.post(path, walk.body))
        else:
            answers.append(plain.post(path, json.dumps(walk.body), content_type="application/json", headers=headers))
        seen |= {answer.status_code for answer in answers}
    return seen


def assert_nothing_written(walk: Walk, written: io.StringIO, capfd: pytest.CaptureFixture[str]) -> None:
    out, err = capfd.readouterr()
    texts = {"log": written.getvalue(), "stdout": out, "stderr": err, "tables": tables()}
    found = {(place, secret) for place, text in texts.items() for secret in walk.secrets if secret in text}
    assert found == set()


def tables() -> str:
    """What is kept of work and of attempts, as text."""
    names = ("job", "procrastinate_jobs", "procrastinate_events", "procrastinate_workers", "attempt")
    with connection.cursor() as cursor:
        rows = []
        for name in names:
            cursor.execute(f"SELECT one::text FROM {name} one")
            rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)


@pytest.mark.parametrize("signed_in", [False, True])
def test_no_route_writes_a_secret_down(
    walk: Walk, written: io.StringIO, capfd: pytest.CaptureFixture[str], *, signed_in: bool
) -> None:
    statuses = visit(walk, walk.paths(), signed_in=signed_in)

    assert {200, 403, 404} <= statuses
    assert "Not Found: " in written.getvalue()
    assert "Forbidden (CSRF" in written.getvalue()
    assert_nothing_written(walk, written, capfd)


@pytest.mark.django_db(transaction=True)
def test_a_fault_of_ours_writes_no_secret_down(
    walk: Walk, written: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    """Tables that are not there break every page at another place."""
    opening = [
        path
        for path in walk.paths()
        if path.startswith(("/c/", "/v/", "/j/", "/scanner/", "/wallet/", "/api/", "/invitations/"))
    ]

    for table in ("card", "merchant", "event"):
        assert 500 in visit_without(table, walk, opening)

    assert "Traceback" in written.getvalue()
    assert_nothing_written(walk, written, capfd)


def visit_without(table: str, walk: Walk, paths: list[str]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO gone")
    try:
        return visit(walk, paths, signed_in=False)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE gone RENAME TO {table}")


@pytest.mark.parametrize("column", ["customer.email", "stamp.reason", "event.type"])
def test_a_row_that_the_database_refuses_is_not_written_down(
    walk: Walk, written: io.StringIO, capfd: pytest.CaptureFixture[str], column: str
) -> None:
    """PostgreSQL quotes the whole row in its error."""
    table, _dot, name = column.partition(".")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD CHECK ({name} = 'x') NOT VALID")
    client = Client(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {walk.api_key}"}
    program = public_id("prg", walk.card.row.program_id)
    body = {"program_id": program, "customer": {"name": "Cy", "email": EMAIL, "phone": PHONE}}

    for path, asked in (("cards", body), (f"cards/{public_id('crd', walk.card.id)}/stamps", {})):
        client.post(
            f"/api/v1/{path}",
            json.dumps(asked),
            content_type="application/json",
            headers={**headers, "Idempotency-Key": uuid4().hex},
        )
    client.post(f"/j/{walk.shop.merchant.slug}/coffee-card", walk.body)

    assert "violates check constraint" in written.getvalue()
    assert_nothing_written(walk, written, capfd)
