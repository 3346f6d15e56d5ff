"""Whatever is sent to the scanner: a clear no, nothing half-done."""

import pytest

from stampwell.cards.models import Stamp
from tests.web.scanner.phone import Phone
from tests.world import HeldCard

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"code": "C1"}',
        b'{"key": "", "code": "C1"}',
        b'{"key": "k", "code": ""}',
        b'{"key": "k", "code": 1}',
        b'{"key": "k", "code": "C1", "count": false}',
        b'{"key": "k", "code": "C1", "count": 0}',
        b'{"key": "k", "code": "C1", "count": -1}',
        b'{"key": "k", "code": "C1", "count": 101}',
        b'{"key": "k", "code": "C1", "count": 1e400}',
        b'{"key": "k", "code": "C1", "amount": NaN}',
        b'{"key": "k", "code": "C1", "amount": "5"}',
        b'{"key": "k", "code": "C1", "amount": 99999999999999999999}',
        b'{"key": "k", "code": "\xff"}',
        b'{"key": "k", "code": "\\ud800"}',
        b'{"key": "k", "code": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"key": "' + b"k" * 256 + b'", "code": "C1"}',
    ],
)
def test_a_scan_that_is_none_is_not_understood(phone: Phone, body: bytes) -> None:
    answer = phone.send("/scanner/scans", body, JSON)

    assert answer.status_code == 422
    assert answer.content == b'{"code": "invalid_request"}'


@pytest.mark.parametrize("code", ["C" * 20_000, "😀", "‮evil", "\0", "SW1:00000000:00000000", "https://x/c/a/b", "V'--"])
def test_a_strange_code_is_an_unknown_one(phone: Phone, code: str) -> None:
    panel = phone.scan(code)

    assert panel.outcome == "refused"
    assert not Stamp.objects.exists()


@pytest.mark.parametrize(
    "body", [b"", b"key=", b"key=k&count=0", b"key=k&count=x", b"key=k&count=1.5", b"key=k&override=maybe"]
)
def test_a_form_that_is_none_is_not_understood(phone: Phone, card: HeldCard, body: bytes) -> None:
    url = phone.scan(card.code).url("/stamps")

    assert phone.send(url, body, FORM).status_code == 422
    assert card.row.stamps == 1


def test_another_kind_of_body_is_not_understood(phone: Phone, card: HeldCard) -> None:
    url = phone.scan(card.code).url("/stamps")

    assert phone.post(url, key="k", count="1").status_code == 422  # multipart
    assert phone.send("/scanner/scans", b"key=k&code=C1", FORM).status_code == 422
    assert phone.get("/scanner/scans").status_code == 405
    assert card.row.stamps == 1


def test_a_body_that_is_too_large_is_refused(phone: Phone) -> None:
    answer = phone.send("/scanner/scans", b'{"key": "k", "code": "' + b"C" * 300_000 + b'"}', JSON)

    assert answer.status_code in (400, 413, 422)


def test_names_and_codes_are_shown_as_text(phone: Phone) -> None:
    card = phone.shop.publish(
        milestones=[{"stamps": 10, "reward": {"name": "<script>alert(1)</script>", "path": "staff_scan"}}]
    ).card()

    panel = phone.scan(card.code)

    assert "<script" not in panel.html
    assert "&lt;script&gt;" in panel.html
