"""Turning what a step gave, or why it was refused, into an answer."""

import os
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path
from django.utils.translation import override
from dmr import Controller, HeaderSpec, ResponseSpec
from dmr.endpoint import Endpoint
from dmr.exceptions import NotAcceptableError, RequestSerializationError, ValidationError
from dmr.plugins.msgspec import MsgspecJsonParser, MsgspecJsonRenderer, MsgspecSerializer
from dmr.serializer import BaseSerializer

from stampwell.languages.offered import choose_locale
from stampwell.merchants.access import ApiCaller
from stampwell.merchants.closing import refuse_if_closed, while_open
from stampwell.refusal import Refusal
from stampwell.requests.once import Answer, answer_once, answered_before, fingerprint
from stampwell.web.api.mistakes import describe_mistake, mistake_in
from stampwell.web.api.refusals import InvalidRequest, MethodNotAllowed, NotAcceptable, UnsupportedMediaType
from stampwell.web.refusals import Problem, problem_of, status_of

JSON = "application/json"
PROBLEM = "application/problem+json"
ENCODER = msgspec.json.Encoder()
REPLAYED = {
    "Idempotency-Replayed": HeaderSpec(
        description="`true` when this is the kept answer of an earlier request.", required=False
    )
}


class ApiController(Controller[MsgspecSerializer]):
    """What all routes have in common. Answers are checked against their description in the tests only."""

    parsers = [MsgspecJsonParser()]  # names the content type; `reading` reads
    renderers = [MsgspecJsonRenderer(), MsgspecJsonRenderer(PROBLEM)]
    error_model = Problem
    validate_negotiation = False
    validate_responses = os.environ.get("STAMPWELL_CHECK_ANSWERS") == "1"
    semantic_responses = False

    @property
    def caller(self) -> ApiCaller:
        return caller_of(self.request)

    def answer(self, facts: msgspec.Struct, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        return HttpResponse(ENCODER.encode(facts), content_type=JSON, status=status)

    def answer_once(
        self,
        key: str,
        act: Callable[[], msgspec.Struct],
        *,
        status: Callable[[Any], HTTPStatus] = lambda _facts: HTTPStatus.CREATED,
        on_refusal: Callable[[Refusal], None] = lambda _refusal: None,
        body: bytes | None = None,
    ) -> HttpResponse:
        """Acts once for each idempotency key; the same request again gets the same bytes. `body` stands for a body that
        was read already.
        """

        def act_and_encode() -> Answer:
            refuse_if_closed(self.caller.merchant)
            facts = act()
            return Answer(status(facts), ENCODER.encode(facts))

        def explain(refusal: Refusal) -> Answer:
            on_refusal(refusal)
            return Answer(status_of(refusal), problem_bytes(self.request, refusal))

        asked = self._fingerprint(self.request.body if body is None else body)
        with while_open():
            answer = answer_once(
                self.caller.merchant.id, key=key, fingerprint=asked, act=act_and_encode, explain=explain
            )
        return self._show(answer)

    def answered_before(self, key: str, body: bytes) -> HttpResponse | None:
        """What `answer_once` would answer to a request that came before. Refuses: KeyReused."""
        answer = answered_before(self.caller.merchant.id, key=key, fingerprint=self._fingerprint(body))
        return self._show(answer) if answer else None

    def _fingerprint(self, body: bytes) -> bytes:
        return fingerprint(self.caller.key_id, self.request.method or "", self.request.get_full_path(), body)

    def _show(self, answer: Answer) -> HttpResponse:
        kind = PROBLEM if answer.status >= HTTPStatus.BAD_REQUEST else JSON
        headers = {"Idempotency-Replayed": "true"} if answer.replayed else None
        return HttpResponse(answer.body, content_type=kind, status=answer.status, headers=headers)

    def handle_error(self, endpoint: Endpoint, controller: Controller[BaseSerializer], exc: Exception) -> HttpResponse:
        return problem_answer(self.request, refusal_behind(exc))

    def handle_method_not_allowed(self, method: str) -> HttpResponse:
        return problem_answer(self.request, MethodNotAllowed(allowed=", ".join(sorted(self.api_endpoints))))


def refusal_behind(error: Exception) -> Refusal:
    """What the request did wrong; an error that is ours is raised again."""
    match error:
        case Refusal():
            return error
        case ValidationError(status_code=HTTPStatus.BAD_REQUEST):
            return mistake_in(error.payload[0]["msg"], root="?")
        case RequestSerializationError():
            return UnsupportedMediaType()
        case NotAcceptableError():
            return NotAcceptable()
    raise error


def problem_answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    status = status_of(refusal)
    answer = HttpResponse(problem_bytes(request, refusal), content_type=PROBLEM, status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    if isinstance(refusal, MethodNotAllowed):
        answer["Allow"] = refusal.facts["allowed"]
    if refusal.code == "request_in_progress" or status in (
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ):
        answer["Retry-After"] = str(refusal.facts.get("seconds", 1))
    return answer


def problem_bytes(request: HttpRequest, refusal: Refusal) -> bytes:
    """In the language that the request accepts, else in the merchant's."""
    return ENCODER.encode(problem_for(request, refusal))


def problem_for(request: HttpRequest, refusal: Refusal) -> Problem:
    """The same, to stand within an answer."""
    caller: ApiCaller | None = getattr(request, "caller", None)
    zone = ZoneInfo(caller.merchant.time_zone if caller else "UTC")
    with in_language_of(request, caller):
        errors = [describe_mistake(refusal)] if isinstance(refusal, InvalidRequest) else None
        return problem_of(refusal, instance=escape_uri_path(request.path), zone=zone, errors=errors)


def in_language_of(request: HttpRequest, caller: ApiCaller | None) -> override:
    """That which the request accepts, else the merchant's."""
    merchant_locale = caller.merchant.locale if caller else settings.LANGUAGE_CODE
    return override(choose_locale(request.META.get("HTTP_ACCEPT_LANGUAGE", ""), merchant_locale))


def caller_of(request: HttpRequest) -> ApiCaller:
    caller: ApiCaller = request.caller  # type: ignore[attr-defined]
    return caller


# What can happen to every call, so that a route only names what it refuses itself.
_ALWAYS: dict[HTTPStatus, str] = {
    HTTPStatus.UNAUTHORIZED: "`unauthorized`",
    HTTPStatus.FORBIDDEN: "`scope_missing`",
    HTTPStatus.NOT_ACCEPTABLE: "`not_acceptable`",
    HTTPStatus.UNPROCESSABLE_ENTITY: "`invalid_request`",
    HTTPStatus.TOO_MANY_REQUESTS: "`too_many_requests`",
}
_WHEN_WRITING: dict[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "`idempotency_key_missing`, `idempotency_key_invalid`, `invalid_json`",
    HTTPStatus.CONFLICT: "`request_in_progress`, `shop_closed`",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "`body_too_large`",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "`unsupported_media_type`",
    HTTPStatus.UNPROCESSABLE_ENTITY: "`invalid_request`, `idempotency_key_reused`",
}
_WITH_A_BODY: dict[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "`invalid_json`",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "`body_too_large`",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "`unsupported_media_type`",
}
_HEADERS = {
    HTTPStatus.UNAUTHORIZED: "WWW-Authenticate",
    HTTPStatus.TOO_MANY_REQUESTS: "Retry-After",
    HTTPStatus.CONFLICT: "Retry-After",
}


def reading(kind: Any, *refusals: type[Refusal]) -> list[ResponseSpec]:
    """How a route that reads may answer."""
    return [_answered(kind, HTTPStatus.OK), *_refused(_ALWAYS, refusals)]


def judging(kind: Any, *refusals: type[Refusal]) -> list[ResponseSpec]:
    """How a route may answer that reads what was sent and writes nothing."""
    return [_answered(kind, HTTPStatus.OK), *_refused({**_ALWAYS, **_WITH_A_BODY}, refusals)]


def writing(kind: Any, *refusals: type[Refusal], also: HTTPStatus | None = None) -> list[ResponseSpec]:
    """How a route that writes may answer: with 201, or with `also` where nothing was made."""
    done = [_answered(kind, status, headers=REPLAYED) for status in (HTTPStatus.CREATED, also) if status]
    return [*done, *_refused({**_ALWAYS, **_WHEN_WRITING}, refusals, headers=REPLAYED)]


def changing(kind: Any, *refusals: type[Refusal]) -> list[ResponseSpec]:
    """How a route that changes what is there may answer: nothing is made, so with 200."""
    done = _answered(kind, HTTPStatus.OK, headers=REPLAYED)
    return [done, *_refused({**_ALWAYS, **_WHEN_WRITING}, refusals, headers=REPLAYED)]


def asking(kind: Any, *refusals: type[Refusal]) -> list[ResponseSpec]:
    """How a route may answer that asks for work: with 202, for the work is done later."""
    done = _answered(kind, HTTPStatus.ACCEPTED, headers=REPLAYED)
    return [done, *_refused({**_ALWAYS, **_WHEN_WRITING}, refusals, headers=REPLAYED)]


def _answered(kind: Any, status: HTTPStatus, *, headers: dict[str, HeaderSpec] | None = None) -> ResponseSpec:
    return ResponseSpec(kind, status_code=status, headers=headers, limit_to_content_types={JSON})


def _refused(
    usual: dict[HTTPStatus, str],
    refusals: Sequence[type[Refusal]],
    *,
    headers: dict[str, HeaderSpec] | None = None,
) -> list[ResponseSpec]:
    codes = {status: [text] for status, text in usual.items()}
    for refusal in refusals:
        codes.setdefault(status_of(refusal), []).append(f"`{refusal.code}`")
    return [
        ResponseSpec(
            Problem,
            status_code=status,
            description=", ".join(texts),
            headers={**(headers or {}), **_own_header(status)},
            limit_to_content_types={PROBLEM},
        )
        for status, texts in sorted(codes.items())
    ]


def _own_header(status: HTTPStatus) -> dict[str, HeaderSpec]:
    return {_HEADERS[status]: HeaderSpec(required=False)} if status in _HEADERS else {}
