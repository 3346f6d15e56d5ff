"""The fast lane: a till's four usual calls, answered in front of Django.

It carries only what goes well. Whatever is out of the ordinary (a refusal, an unknown key, a request that was sent
before, an odd header, a lost database) leaves no trace here and goes the long way: Django gets the request as it came,
and decides everything. So the code of problems, kept answers and languages stands in one place, and both ways call the
same functions.
Why, and what it saves: docs/developing/why/the-fast-lane.md.
"""

import logging
import re
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from io import BytesIO
from typing import Any

import msgspec
import psycopg
from django.core.handlers.wsgi import WSGIRequest
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware

from stampwell.brought.secrets import remembered
from stampwell.counter.guessing import a_key
from stampwell.counter.scanning import ask_to_recognise
from stampwell.merchants.access import ApiCaller, ApiKey, Scope, ask_for_caller, read_api_key
from stampwell.merchants.closing import refuse_if_closed, while_open
from stampwell.refusal import Refusal, RequestInProgress
from stampwell.requests.once import Answer, fingerprint, keep_answer
from stampwell.transactions import (
    TOO_LONG,
    NeedsLocks,
    Statements,
    merchant_reads,
    merchant_transaction,
    one_write,
    passage,
)
from stampwell.web.api.answering import ENCODER, JSON
from stampwell.web.api.cards import ask_to_read
from stampwell.web.api.front_door import rate_headers, set_usual_headers
from stampwell.web.api.idempotency import read_idempotency_key
from stampwell.web.api.keys import RATE, WAITED, check_override, check_rights
from stampwell.web.api.limiting import note_request, tell_if_due
from stampwell.web.api.reading import read_json
from stampwell.web.api.redemptions import ask_to_redeem
from stampwell.web.api.scans import scan, status_of_scan
from stampwell.web.api.shapes import (
    ONE_VISIT,
    PLAINLY,
    RedemptionAsked,
    ScanAsked,
    StampAsked,
    check_moment,
    check_purchase,
)
from stampwell.web.api.stamps import ask_to_stamp
from stampwell.web.hosts import is_our_host

type Environ = dict[str, Any]
type Step = Callable[[ApiCaller], tuple[HTTPStatus, msgspec.Struct]]

LONGEST = 4096  # bytes of a body; a till sends a hundred
log = logging.getLogger("django.request")


class LongWay(Exception):
    """There is something about this request that Django is to look at."""


class Request(msgspec.Struct, frozen=True):
    path: str
    target: str  # the id in the path
    once: str  # its idempotency key
    body: bytes


class Carried(msgspec.Struct, frozen=True):
    status: HTTPStatus
    headers: list[tuple[str, str]]
    body: bytes


def carry(environ: Environ) -> Carried | None:
    """The answer, or None if Django has to give it. Then Django finds `environ` as if nobody had read from it."""
    try:
        with remembered():
            return _carry(environ)
    except LongWay:
        return None
    except (Refusal, psycopg.Error, Error) as hindered:
        if isinstance(hindered, (RequestInProgress, *TOO_LONG)) and environ["REQUEST_METHOD"] == "POST":
            environ[WAITED] = True  # a GET is never in progress: Django says that the database is busy
    except Exception:
        log.exception("The fast lane could not carry a request; it goes the long way")
    return None


def _carry(environ: Environ) -> Carried:
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    if not path.startswith("/api/v1/") or not _is_plain(environ):
        raise LongWay
    if method == "GET" and not _length_of(environ) and (found := _READ.fullmatch(path)):
        return _read(environ, found[1])
    for pattern, scope, ask in _WRITES if method == "POST" else ():
        if found := pattern.fullmatch(path):
            return _write(environ, found[1], scope, ask)
    raise LongWay


def _is_plain(environ: Environ) -> bool:
    """Nothing stands in it that Django would have to look at."""
    return (
        not environ.get("QUERY_STRING")
        and not environ.get("SCRIPT_NAME")
        and environ.get("HTTP_ACCEPT", "*/*") in ("*/*", JSON)
        and "HTTP_TRANSFER_ENCODING" not in environ
        and is_our_host(environ)
    )


def _take_body(environ: Environ) -> bytes:
    """What was sent, if it is all there and JSON; it stays there to be read again."""
    length = _length_of(environ)
    if length > LONGEST:
        raise LongWay
    body: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = BytesIO(body)
    if len(body) != length or (body and environ.get("CONTENT_TYPE") != JSON):
        raise LongWay
    return body


def _length_of(environ: Environ) -> int:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdecimal()):
        raise LongWay
    return int(length)


def _key_of(environ: Environ) -> ApiKey:
    scheme, _blank, text = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    key = read_api_key(text) if scheme == "Bearer" else None
    if key is None:
        raise LongWay
    return key


def _read(environ: Environ, card: str) -> Carried:
    key = _key_of(environ)
    with merchant_reads(key.merchant_id) as tx:
        find_caller = ask_for_caller(tx, key)
        read = ask_to_read(tx, card)
        caller = _admit(environ, find_caller(), Scope.CARDS_READ)
        facts = read(caller)
    _tell(caller)
    return _carried(environ, HTTPStatus.OK, ENCODER.encode(facts))


def _write(environ: Environ, target: str, scope: Scope, ask: Callable[[Statements, str, Request], Step]) -> Carried:
    """The body is read from whoever shows a key of a shop that there is, and rows are locked for whoever may enter."""
    key, once = _key_of(environ), read_idempotency_key(environ.get("HTTP_IDEMPOTENCY_KEY"))
    request, caller = Request(environ["PATH_INFO"], target, once, _take_body(environ)), None
    with passage(key.merchant_id), while_open():
        try:
            with one_write(key.merchant_id) as tx:
                find_caller = ask_for_caller(tx, key)
                step = ask(tx, key.slug, request)
                caller = _admit(environ, find_caller(), scope)
                answer = _act(tx, step, caller, request)
        except NeedsLocks:
            if caller is None:
                raise LongWay from None
            with merchant_transaction(key.merchant_id) as tx:
                answer = _act(tx, ask(tx, key.slug, request), caller, request)
    _tell(caller)
    return _carried(environ, HTTPStatus(answer.status), answer.body)


def _act(tx: Statements, step: Step, caller: ApiCaller, request: Request) -> Answer:
    refuse_if_closed(caller.merchant)
    status, facts = step(caller)
    answer = Answer(status, ENCODER.encode(facts))
    keep_answer(tx, request.once, fingerprint(caller.key_id, "POST", request.path, request.body), answer)
    return answer


def _admit(environ: Environ, caller: ApiCaller | None, scope: Scope) -> ApiCaller:
    """Counts the request. Refuses: TooManyRequests, ScopeMissing."""
    if caller is None:
        raise LongWay
    environ[RATE] = rate = note_request(caller.key_id)
    check_rights(caller, rate, scope)
    return caller


def _tell(caller: ApiCaller) -> None:
    """Comes after the act is committed, so an error here must not send the request the long way: it would act twice."""
    try:
        tell_if_due(caller.key_id)
    except (psycopg.Error, Error):
        log.exception("The rate limit could not be shared")


def _carried(environ: Environ, status: HTTPStatus, body: bytes) -> Carried:
    usual = _usual_headers(environ["wsgi.url_scheme"])
    return Carried(status, [*usual, *rate_headers(environ[RATE])], body)


@cache
def _usual_headers(scheme: str) -> list[tuple[str, str]]:
    """The headers that Django and our front door set on every answer, made by the very code that sets them."""

    def answer(_request: HttpRequest) -> HttpResponse:
        empty = HttpResponse(content_type=JSON)
        set_usual_headers(empty)
        return empty

    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "wsgi.url_scheme": scheme, "wsgi.input": BytesIO()}
    answered = SecurityMiddleware(answer)(WSGIRequest(asked))
    assert isinstance(answered, HttpResponse)
    return [*answered.items()]


def _redeem(tx: Statements, _slug: str, request: Request) -> Step:
    asked = read_json(request.body, RedemptionAsked) if request.body else PLAINLY
    redeem = ask_to_redeem(tx, request.target, asked)
    return lambda caller: (HTTPStatus.CREATED, redeem(caller))


def _stamp(tx: Statements, _slug: str, request: Request) -> Step:
    asked = read_json(request.body, StampAsked) if request.body else ONE_VISIT
    check_purchase(asked)
    check_moment(asked.occurred_at)
    stamp = ask_to_stamp(tx, request.target, asked)

    def act(caller: ApiCaller) -> tuple[HTTPStatus, msgspec.Struct]:
        check_override(caller, override=asked.override)
        return HTTPStatus.CREATED, stamp(caller)

    return act


def _scan(tx: Statements, slug: str, request: Request) -> Step:
    asked = read_json(request.body, ScanAsked)
    check_purchase(asked)
    recognise = ask_to_recognise(tx, slug, asked.code)

    def act(caller: ApiCaller) -> tuple[HTTPStatus, msgspec.Struct]:
        check_override(caller, override=asked.override)
        found = recognise()
        if found.is_short or (found.entered and a_key(caller).has_to_wait):
            raise LongWay  # of a code that could be guessed, Django asks who has to wait
        facts = scan(caller, found, asked)
        return status_of_scan(facts), facts

    return act


_READ = re.compile(r"/api/v1/cards/(crd_\w+)", re.ASCII)
_WRITES = [
    (re.compile(r"/api/v1/vouchers/(vch_\w+)/redemption", re.ASCII), Scope.VOUCHERS_REDEEM, _redeem),
    (re.compile(r"/api/v1/cards/(crd_\w+)/stamps", re.ASCII), Scope.STAMPS_WRITE, _stamp),
    (re.compile(r"/api/v1/(scans)", re.ASCII), Scope.STAMPS_WRITE, _scan),
]
