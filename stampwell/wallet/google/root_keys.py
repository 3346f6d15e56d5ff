"""Google's root keys for callbacks: fetched once a day, kept for all processes, and used on when it cannot be asked."""

from datetime import datetime, timedelta
from hashlib import blake2b

import msgspec
from django.core.cache import cache

from stampwell.clock import now
from stampwell.wallet.configuring import google_callback_keys
from stampwell.wallet.google.asking import GoogleBusy, GoogleProblem, ask_google, problem_of
from stampwell.wallet.google.callbacks import RootKey, RootKeys

FRESH = timedelta(days=1)
TRY_AGAIN = timedelta(minutes=5)  # after a fetch that failed; Google sends a callback again
LONGEST_FETCH = 3.0  # seconds


class _Kept(msgspec.Struct, frozen=True):
    keys: list[RootKey]
    fetch_again: datetime


def root_keys() -> list[RootKey]:
    """Raises GoogleProblem when there are none and none can be fetched."""
    kept = _read()
    if kept and now() < kept.fetch_again:
        return kept.keys
    try:
        keys = _fetch()
    except GoogleProblem:
        if not kept:
            raise
        keys, fresh = kept.keys, TRY_AGAIN
    else:
        fresh = FRESH
    cache.set(_name(), msgspec.json.encode(_Kept(keys, now() + fresh)).decode(), timeout=None)
    return keys


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
