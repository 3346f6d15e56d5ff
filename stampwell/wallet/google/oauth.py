"""Access to Google's API: a signed claim is exchanged for a token, which is kept until shortly before its end."""

import threading
import time
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlencode

import msgspec

from stampwell import clock
from stampwell.log_secrets import without_secrets
from stampwell.outgoing import Answer
from stampwell.wallet.google.account import GoogleAccount, sign_claims
from stampwell.wallet.google.http import (
    GoogleBusy,
    GoogleProblem,
    GoogleRefused,
    ask_google,
    problem_of,
    seconds_to_wait,
)
from stampwell.wallet.google.rate import hold_off

SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASKED_FOR = timedelta(hours=1)
SPARE = timedelta(minutes=5)  # a token is not used in its last minutes: it might end on the way
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

_tokens: dict[tuple[str, str, str], tuple[str, datetime]] = {}
_lock = threading.Lock()


class _Token(msgspec.Struct):
    access_token: str
    expires_in: int = 3600


class _Denied(msgspec.Struct):
    error: str = ""
    error_description: str = ""


def access_token(account: GoogleAccount, *, timeout: float) -> str:
    """Raises GoogleRefused where Google gives this account no access, GoogleBusy where it does not answer."""
    begun = time.monotonic()
    if not _lock.acquire(timeout=timeout):  # others ask already, and Google is silent
        raise GoogleBusy(0, "no answer in time")
    try:
        token, until = _tokens.get(_key(account), ("", None))
        if until is None or until <= clock.now():
            token, lasts = _exchange(account, timeout - (time.monotonic() - begun))
            _tokens[_key(account)] = (token, clock.now() + lasts - SPARE)
        return token
    finally:
        _lock.release()


def forget_token(account: GoogleAccount) -> None:
    _tokens.pop(_key(account), None)


def _exchange(account: GoogleAccount, timeout: float) -> tuple[str, timedelta]:
    at = int(clock.now().timestamp())
    end = at + int(ASKED_FOR.total_seconds())
    claims = {"iss": account.email, "scope": SCOPE, "aud": account.token_url, "iat": at, "exp": end}
    body = urlencode({"grant_type": GRANT, "assertion": sign_claims(account, claims)}).encode()
    answer = ask_google("POST", account.token_url, content=body, headers=FORM, timeout=timeout)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        hold_off(seconds_to_wait(answer))
    if not answer.is_success:
        raise _denial(answer)
    try:
        given = msgspec.json.decode(answer.body, type=_Token)
    except (msgspec.MsgspecError, UnicodeError):
        raise GoogleRefused(answer.status, "an answer without a token") from None
    return given.access_token, timedelta(seconds=given.expires_in)


def _denial(answer: Answer) -> GoogleProblem:
    """Google answers 400 to an account that it does not know; no card is to blame for that, so it counts as a 401."""
    problem = problem_of(answer, _reason(answer))
    return GoogleRefused(HTTPStatus.UNAUTHORIZED, problem.said) if isinstance(problem, GoogleRefused) else problem


def _reason(answer: Answer) -> str:
    try:
        denied = msgspec.json.decode(answer.body, type=_Denied)
    except (msgspec.MsgspecError, UnicodeError):
        return answer.reason
    return without_secrets(denied.error_description or denied.error)[:200]


def _key(account: GoogleAccount) -> tuple[str, str, str]:
    return account.email, account.key_id, account.token_url
