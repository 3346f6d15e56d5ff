"""Google's root keys for callbacks: fetched once a day, kept for all processes, and used on when it cannot be asked."""

import logging
from datetime import datetime, timedelta
from hashlib import blake2b

import msgspec
from django.core.cache import cache

from stampwell.clock import now
from stampwell.wallet.configuring import google_callback_keys
from stampwell.wallet.google.asking import GoogleBusy, GoogleProblem, ask_google, problem_of
from stampwell.wallet.google.callbacks import RootKey, RootKeys

FRESH = timedelta(days=1)
TRY_AGAIN = timedelta(minutes=1)  # after a fetch that failed; Google sends a callback again
LONGEST_FETCH = 3.0  # seconds

log = logging.getLogger(__name__)


class _Kept(msgspec.Struct, frozen=True):
    keys: list[RootKey]
    fetch_again: datetime


def root_keys() -> list[RootKey]:
    """Raises GoogleProblem when there are none and none can be fetched."""
    kept = _read()
    if not kept or kept.fetch_again <= now():
        kept = _renew(kept)
    if not kept.keys:
        raise GoogleBusy(0, "no keys for callbacks")
    return kept.keys


def _renew(old: _Kept | None) -> _Kept:
    """A failure is kept for a while too: whoever sends us forged callbacks does not make us ask each time."""
    try:
        new = _Kept(_fetch(), now() + FRESH)
    except GoogleProblem as problem:
        log.warning("Google's keys for callbacks cannot be fetched: %s", problem)
        new = _Kept(old.keys if old else [], now() + TRY_AGAIN)
    cache.set(_name(), msgspec.json.encode(new).decode(), timeout=None)
    return new


def _read() -> _Kept | None:
    kept = cache.get(_name())
    return msgspec.json.decode(kept, type=_Kept) if kept else None


def _fetch() -> list[RootKey]:
    answer = ask_google("GET", google_callback_keys(), timeout=LONGEST_FETCH)
    if not answer.is_success:
        raise problem_of(answer, "no keys for callbacks")
    try:
        return msgspec.json.decode(answer.content, type=RootKeys).keys
    except (msgspec.MsgspecError, UnicodeError):
        raise GoogleBusy(answer.status_code, "keys that cannot be read") from None


def _name() -> str:
    return f"google-callback-keys-{blake2b(google_callback_keys().encode(), digest_size=8).hexdigest()}"
