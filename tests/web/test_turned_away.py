"""What the web server's front turns away is told so in the words of whoever asks, without asking the database."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.test.client import FakePayload

from stampwell.web.body_sizes import LONGEST, NOT_WANTED, longest_body
from stampwell.web_front import Reason

HEADINGS = {
    Reason.CUT_OFF: (400, "We could not read that request."),
    Reason.TOO_LARGE: (413, "That was too much at once."),
    Reason.NOT_WANTED: (415, "We could not read that request."),
    Reason.TOO_SLOW: (408, "That took too long to arrive."),
    Reason.BUSY: (503, "We’ll be back in a moment."),
}
CODES = {
    Reason.CUT_OFF: "invalid_json",
    Reason.TOO_LARGE: "body_too_large",
    Reason.NOT_WANTED: "unsupported_media_type",
    Reason.TOO_SLOW: "too_slow",
    Reason.BUSY: "busy",
}


def turned_away(path: str, reason: Reason, language: str = "en") -> HttpResponse:
    mark: dict[str, Any] = {"stampwell.turned_away": reason}
    answer = Client().post(path, headers={"Accept-Language": language}, **mark)
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.mark.parametrize("reason", Reason)
def test_people_get_a_page(reason: Reason) -> None:
    page = turned_away("/accounts/login/", reason)

    status, heading = HEADINGS[reason]
    assert (page.status_code, page.headers["Content-Language"]) == (status, "en")
    assert f"<h1>{heading}</h1>" in page.content.decode()
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_the_page_is_in_the_visitors_language() -> None:
    page = turned_away("/", Reason.TOO_LARGE, "ja")

    assert "<h1>一度に送られたデータが大きすぎました。</h1>" in page.content.decode()


@pytest.mark.parametrize("reason", Reason)
def test_programs_get_problem_details(reason: Reason) -> None:
    answer = turned_away("/api/v1/scans", reason)

    assert (answer.status_code, json.loads(answer.content)["code"]) == (HEADINGS[reason][0], CODES[reason])
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/scanner/scans", "/wallet/apple/cafe-lume/v1/log", "/wallet/google/cafe-lume/callbacks"]
)
def test_scripts_and_phones_get_json(path: str) -> None:
    answer = turned_away(path, Reason.TOO_LARGE)

    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/json")


def test_who_is_sent_away_hears_when_to_come_again() -> None:
    assert turned_away("/", Reason.BUSY).headers["Retry-After"] == "5"
    assert turned_away("/api/v1/me", Reason.BUSY).headers["Retry-After"] == "1"


@pytest.mark.parametrize("path", ["/", "/api/v1/me", "/scanner/scans"])
def test_nothing_is_logged_for_each_who_is_sent_away(path: str, caplog: pytest.LogCaptureFixture) -> None:
    """The front says it, once for many."""
    turned_away(path, Reason.BUSY)

    assert caplog.records == []


FORM, PARTS, JSON = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json"


@pytest.mark.parametrize(
    ("path", "kind", "longest"),
    [
        ("/programs/new/", PARTS, 3 << 20),
        ("/programs/prg_1/edit/", PARTS, 3 << 20),
        ("/programs/preview/", FORM, LONGEST),
        ("/accounts/login/", FORM, LONGEST),
        ("/accounts/login/", PARTS, NOT_WANTED),
        ("/j/cafe-lume/", PARTS.upper(), NOT_WANTED),
        ("/scanner/scans", PARTS, NOT_WANTED),
        ("/api/v1/scans", JSON, LONGEST),
        ("/api/v1/scans", PARTS, LONGEST),
        ("/no/such/page", PARTS, NOT_WANTED),
        ("/\0", FORM, LONGEST),
    ],
)
def test_only_a_form_with_a_file_may_be_larger_or_come_in_parts(path: str, kind: str, longest: int) -> None:
    assert longest_body(path, kind) == longest


@pytest.mark.django_db
def test_a_file_of_somebody_who_is_not_signed_in_is_not_read() -> None:
    unread = FakePayload(b"")
    about: dict[str, Any] = {"wsgi.input": unread, "CONTENT_LENGTH": "2000000", "CONTENT_TYPE": PARTS}

    sent = Client(enforce_csrf_checks=True).request(REQUEST_METHOD="POST", PATH_INFO="/programs/new/", **about)

    assert (sent.status_code, sent.headers["Location"]) == (302, "/accounts/login/")
    assert not unread.read_started
