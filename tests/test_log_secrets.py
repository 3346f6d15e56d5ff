"""What opens something, or was typed in by a person, does not stand in the log."""

import io
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from stampwell.cards.links import card_code, card_url
from stampwell.clock import new_id
from stampwell.log_secrets import SecretsHidden, log_what_nobody_catches, without_people, without_secrets
from stampwell.merchants.access import new_api_key
from stampwell.tokens import new_secret
from stampwell.vouchers.api_codes import draw_api_code, group_api_code
from stampwell.vouchers.links import voucher_code, voucher_url
from tests.serving import running_product

HEX = "1199581937afe19f613e47c7999f98cc"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (f"Internal Server Error: /c/cafe-lume/{HEX}", "Internal Server Error: /c/cafe-lume/…"),
        (
            f"Forbidden (CSRF cookie not set.): /v/cafe-lume/{HEX}/use",
            "Forbidden (CSRF cookie not set.): /v/cafe-lume/…/use",
        ),
        (
            f"Not Found: /accounts/password/reset/key/3-cxyz12-{HEX}/",
            "Not Found: /accounts/password/reset/key/3-cxyz12-…/",
        ),
        (f"/accounts/confirm-email/MTY:1vXyzz:{'aB-_' * 11}/", "/accounts/confirm-email/…/"),
        (f"shift=WyJh:1vXyzz:{'aB-_' * 11}; path=/", "shift=…; path=/"),
        ("Bearer sk_cafe-lume_a1b2", "Bearer …"),
        ("key sk_test-shop_a1b2c3 was used", "key … was used"),
        ("Authorization: ApplePass abc123", "Authorization: ApplePass …"),
        ('{"pushToken": "ab12", "count": 1}', '{"pushToken": …", "count": 1}'),
        ("pin=2580&once=1", "pin=…&once=1"),
        ("scan of SW1:14757256:12345678", "scan of …"),
        ("mail to Cy.Neil+tea@lume.example failed", "mail to … failed"),
        ("next=/a?email=cy%40lume.example&x=1", "next=/a?email=…&x=1"),
        ("call +371 2000-1234 or %2B37120001234", "call … or …"),
        ("DETAIL:  Failing row contains (7, Cy, cy, 2580).", "DETAIL: …"),
        ('invalid input syntax for type uuid: "FREECOFFEE"', "invalid input syntax for type uuid: …"),
        (
            "ValueError: invalid literal for int() with base 10: '2580'",
            "ValueError: invalid literal for int() with base 10: …",
        ),
    ],
)
def test_a_secret_becomes_a_sign(written: str, shown: str) -> None:
    assert without_people(written) == shown


def test_every_secret_of_ours_is_known() -> None:
    row = new_id()
    secrets = [
        card_url("cafe-lume", row, 0).rpartition("/")[2],
        voucher_url("cafe-lume", row, 0).rpartition("/")[2],
        card_code(row, 0),
        card_code(row, 0).lower(),
        voucher_code(row, 0),
        voucher_code(row, 0).lower(),
        new_secret(),
        new_api_key("cafe-lume")[0],
        (own := draw_api_code()),
        own.lower(),
        group_api_code(own),
        group_api_code(own).replace(" ", "-"),
    ]

    assert [without_secrets(f"({secret})") for secret in secrets] == ["(…)"] * len(secrets)


@pytest.mark.parametrize(
    "written",
    [
        'File "/srv/stampwell/.venv/lib/python3.13/site-packages/django/core/handlers/exception.py", line 42, in inner',
        "stampwell.web.api.front_door.ApiFrontDoor object at 0x7fbf18d9be80",
        "django.middleware.csp.ContentSecurityPolicyMiddleware",
        "Job 01a2018e-96eb-7252-8c1a-a44536c94d53 (recount) of crd_01a218ce40847c89ae6b90599c15b08c failed",
        "2026-11-26 15:55:00,123 ERROR django.request Internal Server Error: /settings/staff-limits/",
        "key 12345678902 of 2026-11-26 1555, a transparent word, 01AB-CDEF-GH3 with a sign that does not fit",
        "    @login_required\n    def wrapped(request: HttpRequest) -> HttpResponse:",
        'duplicate key value violates unique constraint "one_answer_for_each_idempotency_key"',
    ],
)
def test_what_helps_to_find_a_fault_stays(written: str) -> None:
    assert without_people(written) == written


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the handler of the product writes, wherever a line comes from."""
    stream = io.StringIO()
    ours = [one for one in logging.getLogger().handlers if isinstance(one.formatter, SecretsHidden)]
    assert len(ours) == 1, "the settings name one handler"
    handler = ours[0]
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before or sys.stderr)


def test_a_traceback_is_looked_through_too(lines: io.StringIO) -> None:
    try:
        raise RuntimeError(f"no card at /c/cafe-lume/{HEX}")
    except RuntimeError:
        logging.getLogger("any.library").exception("It failed for %s", "ada@lume.example")

    assert "Traceback" in lines.getvalue()
    assert "It failed for …" in lines.getvalue()
    assert "no card at /c/cafe-lume/…" in lines.getvalue()
    assert HEX not in lines.getvalue()


def test_nobody_writes_a_line_of_their_own(lines: io.StringIO) -> None:
    try:
        raise RuntimeError("a\n2026-01-01 ERROR forged in an error")
    except RuntimeError:
        logging.getLogger("any.library").exception("GET /a\r\n2026-01-01 ERROR forged\x1b[2J\u2028ERROR forged")

    first, *more = lines.getvalue().splitlines()
    assert first.endswith("GET /a")
    assert more
    assert all(line.startswith("  ") for line in more)
    assert "ERROR forged\\x1b[2J" in lines.getvalue()


def test_what_is_only_suspicious_is_told_in_one_line(lines: io.StringIO) -> None:
    try:
        raise RuntimeError("This is not the address of this installation.")
    except RuntimeError:
        logging.getLogger("django.security.DisallowedHost").exception("Not ours")

    assert len(lines.getvalue().splitlines()) == 1


def test_what_nobody_catches_is_looked_through_too(lines: io.StringIO) -> None:
    hooks = sys.excepthook, threading.excepthook
    log_what_nobody_catches()

    def fail() -> None:
        raise RuntimeError(f"no card at {HEX}")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    sys.excepthook, threading.excepthook = hooks

    assert lines.getvalue().count("RuntimeError: no card at …") == 2
    assert HEX not in lines.getvalue()


@pytest.mark.machine_clock
@pytest.mark.django_db(transaction=True)
def test_the_web_server_that_people_get_writes_no_link(tmp_path: Path) -> None:
    path = f"/v/cafe-lume/{HEX}/use"
    with running_product(tmp_path) as product:
        assert httpx.post(f"{product.url}{path}", data={"pin": "2580"}).status_code == 403

    written = (tmp_path / "web.log").read_text()
    assert "/v/cafe-lume/…/use" in written
    assert HEX not in written
