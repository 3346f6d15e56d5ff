"""Nothing that reads what outsiders send can be made to think for long: each is tried with what is sent to that end."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.core.validators import EmailValidator
from django.http import QueryDict, parse_cookie
from django.utils.http import parse_etags, parse_http_date_safe
from whitenoise.responders import StaticFile  # type: ignore[import-untyped]

from stampwell.cards.history import _read_cursor
from stampwell.cards.searching import condition_for
from stampwell.clock import new_id, now
from stampwell.customers.contact import read_email, read_name, read_phone
from stampwell.customers.search_text import search_text
from stampwell.ids import private_id, slug_of
from stampwell.languages.folding import fold, folded_words
from stampwell.languages.normal_form import normal_form
from stampwell.languages.offered import choose_locale, match_tag
from stampwell.languages.texts import LONGEST_GIVEN, clean_lines, clean_text, read_texts
from stampwell.languages.typed import plain_code, plain_number, plain_path
from stampwell.log_secrets import without_secrets
from stampwell.merchants.hours import read_clock, read_spans
from stampwell.outgoing.destinations import to_a_trusted_host
from stampwell.outgoing.problems import OutgoingProblem
from stampwell.outgoing.retry_plan import wait_asked_for
from stampwell.programs.drafting import ProgramDraft
from stampwell.redeem_codes.cells import Judge, Survey, code_in
from stampwell.redeem_codes.formats import FORMATS, why_code_does_not_fit
from stampwell.redeem_codes.headings import guess_column
from stampwell.redeem_codes.rows import PoolRow
from stampwell.refusal import Refusal
from stampwell.wallet.google.callback_signature import CallbackRefused, read_callback
from stampwell.wallet.look.colours import parse_colour
from stampwell.web.api.idempotency import read_idempotency_key
from stampwell.web.api.reading import read_json
from stampwell.web.api.shapes import CardAsked, ScanAsked, StampAsked
from stampwell.web.dashboard import money
from stampwell.web.dashboard.country_defaults import guess_country
from stampwell.web.dashboard.shop.position import LONGEST_LINK, read_position
from stampwell.web.scanner import amounts
from tests.hostile import is_slow, slow_texts

pytestmark = pytest.mark.long

JUDGE = Judge(
    PoolRow(
        id=new_id(),
        name="",
        format="qr",
        barcode_template="https://lume.example/discount/{code}",
        handed_out="reveal",
        low_at=0,
        fallback_code="",
        created=now(),
        archived=None,
    ),
    Survey(usual_digits=8, is_rounded=True),
)
PACKAGE = Path(__file__).parents[2] / "stampwell"
BODY = 256 * 1024
WIDE_BODY = BODY // 2  # letters of two bytes: those that need more thought than ASCII
HEADER = 16 * 1024
MOMENT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

READERS: list[tuple[str, Callable[[str], object], int]] = [
    ("amount at the scanner, EUR", lambda text: amounts.read_amount(text, "EUR"), WIDE_BODY),
    ("amount at the scanner, JPY", lambda text: amounts.read_amount(text, "JPY"), WIDE_BODY),
    ("amount at the desk", lambda text: money.read_amount(text, "EUR"), 20),
    ("hours", read_spans, 100),
    ("time of a day", read_clock, 100),
    ("position", read_position, LONGEST_LINK),
    ("one line", clean_text, LONGEST_GIVEN),
    ("lines", clean_lines, LONGEST_GIVEN),
    ("texts", lambda text: read_texts(text, locale="en", limit=60), WIDE_BODY),
    ("normal form", lambda text: normal_form("NFKC", text), LONGEST_GIVEN),
    ("folding", fold, 254),
    ("words", folded_words, 254),
    ("search", condition_for, HEADER),
    ("what a customer is found by", lambda text: search_text(name=text, email=text, phone=text), 254),
    ("e-mail", read_email, WIDE_BODY),
    ("phone", read_phone, WIDE_BODY),
    ("name", read_name, WIDE_BODY),
    ("number that was typed", plain_number, WIDE_BODY),
    ("code that was pasted", plain_code, WIDE_BODY),
    ("link that was pasted", plain_path, WIDE_BODY),
    ("e-mail, in a form", EmailValidator(), 320),
    ("slug", lambda text: slug_of(text, most=40), 100),
    ("id", lambda text: private_id("crd", text), BODY),
    ("cursor", _read_cursor, HEADER),
    ("colour", parse_colour, HEADER),
    ("Idempotency-Key", read_idempotency_key, HEADER),
    ("Accept-Language", lambda text: choose_locale(text, "en"), HEADER),
    ("Accept-Language, for the country", guess_country, HEADER),
    ("language", match_tag, HEADER),
    ("If-None-Match", parse_etags, HEADER),
    ("If-Modified-Since", parse_http_date_safe, HEADER),
    ("Range", StaticFile.parse_byte_range, HEADER),
    ("Cookie", parse_cookie, HEADER),
    ("query", lambda text: QueryDict(text), HEADER),
    ("heading of a column of codes", lambda text: guess_column([text, text]), 60),
    ("cell with a code", lambda text: JUDGE.fault_of(code_in([text], 0)), WIDE_BODY),
    ("Retry-After", lambda text: wait_asked_for(text, at=MOMENT), HEADER),
    ("address of another", to_a_trusted_host, LONGEST_LINK),
    ("secrets in an answer", without_secrets, HEADER),
    ("callback", lambda text: read_callback(text.encode(), [], sender="a", issuer="b", at=MOMENT), HEADER),
    *[(f"code, {name}", lambda text, name=name: why_code_does_not_fit(text, name), HEADER) for name in FORMATS],
    *[
        (f"JSON, {kind.__name__}", lambda text, kind=kind: read_json(text.encode(), kind), WIDE_BODY)
        for kind in (CardAsked, ScanAsked, StampAsked, ProgramDraft)
    ],
]
NO = (ValueError, SuspiciousOperation, ValidationError, Refusal, CallbackRefused, OutgoingProblem)


@pytest.mark.parametrize(("read", "length"), [reader[1:] for reader in READERS], ids=[reader[0] for reader in READERS])
def test_whatever_is_sent_is_read_or_refused_at_once(read: Callable[[str], object], length: int) -> None:
    def think(text: str) -> None:
        with suppress(*NO):
            read(text)

    assert slow_texts(think, length) == []


def members(count: int) -> str:
    return ",".join(f'"k{place}":1' for place in range(count))


@pytest.mark.parametrize(
    "body",
    [
        "{" + members(20_000) + ',"k19999":1}',
        '{"code":"' + '\\"' * 100_000 + "[" * 30,
        "[" * 30 + '"' + '\\"' * 100_000,
        '{"code":' + "9" * 250_000 + "}",
        '{"code":1e' + "9" * 250_000 + "}",
        '{"code":"' + "\\u0000" * 40_000 + '"}',
        "{" + members(20_000) + ',"a":NaN}',
        '{"code":[' + '{"a":1},' * 30_000 + "{}]}",
    ],
    ids=lambda body: body[:20],
)
def test_a_whole_body_is_refused_at_once(body: str) -> None:
    def think(body: str) -> None:
        with suppress(*NO):
            read_json(body.encode(), ScanAsked)

    assert not is_slow(think, body)


def test_only_one_module_normalises_what_may_be_long() -> None:
    """But for a slug, which is made of a name that was found short enough."""
    normalising = {
        str(file.relative_to(PACKAGE)) for file in PACKAGE.rglob("*.py") if "unicodedata.normalize(" in file.read_text()
    }

    assert normalising == {"languages/normal_form.py", "latin.py"}
