"""Google's REST API over HTTP/2: access, and the handful of calls that we make.

An answer is read for its status, its reason and what is linked to a card; nothing that we sent is ever logged.
"""

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Literal

import msgspec

from stampwell.log_secrets import without_secrets
from stampwell.outgoing import Answer
from stampwell.wallet.configuration import google_api
from stampwell.wallet.google.account import GoogleAccount
from stampwell.wallet.google.http import (
    GoogleBusy,
    GoogleProblem,
    GoogleRefused,
    ask_google,
    problem_of,
    seconds_to_wait,
)
from stampwell.wallet.google.oauth import access_token, forget_token
from stampwell.wallet.google.objects import Json
from stampwell.wallet.google.rate import hold_off, wait_for_turn

LONGEST_ANSWER = 10.0  # seconds

NOTIFY: Json = {"notifyPreference": "NOTIFY_ON_UPDATE"}  # Google forgets it after each update

type Kind = Literal["loyaltyClass", "loyaltyObject", "offerClass", "offerObject"]


class NoMoreNotices(GoogleRefused):
    """Google allows this pass no more notices for today."""


class GoogleCalls:
    """The calls of one account; all of them together end at `deadline` (time.monotonic)."""

    def __init__(self, account: GoogleAccount, *, deadline: float | None = None) -> None:
        self.account, self.deadline = account, deadline

    def insert(self, kind: Kind, document: Json) -> bool:
        """False if it is there already (409); then nobody knows what is in it."""
        try:
            self._ask("POST", kind, document)
        except GoogleRefused as refused:
            if refused.status != HTTPStatus.CONFLICT:
                raise
            return False
        return True

    def replace(self, kind: Kind, document: Json, *, notice: bool = False) -> bool:
        """What the document does not name is cleared. False if Google does not know it."""
        return self._change("PUT", kind, document, notice=notice)

    def patch(self, kind: Kind, document: Json, *, notice: bool = False) -> bool:
        """What the document does not name stays. False if Google does not know it."""
        return self._change("PATCH", kind, document, notice=notice)

    def _change(self, method: str, kind: Kind, document: Json, *, notice: bool) -> bool:
        path = f"{kind}/{document['id']}"
        try:
            self._ask_with_notice(method, path, document | NOTIFY if notice else document, document)
        except GoogleRefused as refused:
            if refused.status != HTTPStatus.NOT_FOUND:
                raise
            return False
        return True

    def add_message(self, object_id: str, message: Json) -> None:
        """A text on the card."""
        silent = message | {"messageType": "TEXT"}
        self._ask_with_notice(
            "POST", f"loyaltyObject/{object_id}/addMessage", {"message": message}, {"message": silent}
        )

    def link_offers(self, object_id: str, *, add: list[str], remove: list[str]) -> None:
        ids: Json = {}
        if add:
            ids["addLinkedOfferObjectIds"] = add
        if remove:
            ids["removeLinkedOfferObjectIds"] = remove
        self._ask("POST", f"loyaltyObject/{object_id}/modifyLinkedOfferObjects", {"linkedOfferObjectIds": ids})

    def linked_offers(self, object_id: str) -> list[str]:
        """Those that stand beside the card, as Google has it."""
        answer = self._ask("GET", f"loyaltyObject/{object_id}")
        try:
            return msgspec.json.decode(answer.body, type=_Linked).ids
        except (msgspec.MsgspecError, UnicodeError):
            return []

    def _ask_with_notice(self, method: str, path: str, notifying: Json, silent: Json) -> None:
        """Asks for a notice; once more without one, if Google allows this pass no more notices for today."""
        try:
            self._ask(method, path, notifying)
        except NoMoreNotices:
            if notifying == silent:
                raise
            self._ask(method, path, silent)

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Answer:
        answer = self._send(method, path, body)
        if answer.status == HTTPStatus.UNAUTHORIZED:  # the token was withdrawn early: once more with a new one
            forget_token(self.account)
            answer = self._send(method, path, body)
        if not answer.is_success:
            raise _problem(answer)
        if not _is_googles(answer):
            raise GoogleBusy(answer.status, "an answer that is not Google’s")
        return answer

    def _send(self, method: str, path: str, body: Mapping[str, object] | None) -> Answer:
        if not wait_for_turn(at_most=self._time_left()):
            raise GoogleBusy(0, "asked too often")
        token = access_token(self.account, timeout=self._time_left())
        url = f"{google_api()}/walletobjects/v1/{path}"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        content = b"" if body is None else msgspec.json.encode(body)
        return ask_google(method, url, content=content, headers=headers, timeout=self._time_left())

    def _time_left(self) -> float:
        if self.deadline is None:
            return LONGEST_ANSWER
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise GoogleBusy(0, "took too long")
        return min(left, LONGEST_ANSWER)


def _is_googles(answer: Answer) -> bool:
    """Google answers with an object, or with nothing; a page of something in between has taken nothing."""
    try:
        return not answer.body or isinstance(msgspec.json.decode(answer.body), dict)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False


class _Linked(msgspec.Struct):
    ids: list[str] = msgspec.field(default_factory=list, name="linkedOfferIds")


class _Detail(msgspec.Struct):
    reason: str = ""


class _Error(msgspec.Struct):
    message: str = ""
    status: str = ""
    errors: list[_Detail] = []
    details: list[_Detail] = []

    def has(self, reason: str) -> bool:
        """Whether one of its reasons ends so, in whichever of its two ways Google writes them."""
        given = (detail.reason for detail in (*self.errors, *self.details))
        return any(one.replace("_", "").lower().endswith(reason) for one in given)


class _ErrorBody(msgspec.Struct):
    error: _Error = msgspec.field(default_factory=_Error)


def _problem(answer: Answer) -> GoogleProblem:
    error = _error(answer)
    said = without_secrets(error.message)[:200] or answer.reason
    is_too_fast = answer.status == HTTPStatus.TOO_MANY_REQUESTS or error.has("ratelimitexceeded")
    if is_too_fast or answer.headers.get("retry-after"):
        hold_off(seconds_to_wait(answer))
    if is_too_fast:
        return GoogleBusy(answer.status, said)
    if answer.status == HTTPStatus.FORBIDDEN and error.has("quotaexceeded"):
        return NoMoreNotices(answer.status, said)
    return problem_of(answer, said)


def _error(answer: Answer) -> _Error:
    try:
        return msgspec.json.decode(answer.body, type=_ErrorBody).error
    except (msgspec.MsgspecError, UnicodeError):
        return _Error()
