"""Google's root keys for callbacks: fetched once a day or when one ends, kept for all processes, and used on when it
cannot be asked."""

import logging
from datetime import datetime, timedelta
from hashlib import blake2b

import msgspec
from django.core.cache import cache

from stampwell.clock import now
from stampwell.wallet.configuration import google_callback_keys
from stampwell.wallet.google.callback_signature import CallbackRefused, RootKey, read_root_keys
from stampwell.wallet.google.http import GoogleBusy, GoogleProblem, ask_google, problem_of

FRESH = timedelta(days=1)
TRY_AGAIN = timedelta(minutes=1)  # after a fetch that failed; Google sends a callback again
LONGEST_FETCH = 3.0  # seconds

log = logging.getLogger(__name__)


class _Kept(msgspec.Struct, frozen=True):
    keys: list[RootKey]
    fetched: datetime
    fetch_again: datetime


def root_keys() -> list[RootKey]:
    """Raises GoogleProblem when there are none and none can be fetched."""
    kept, at = _read(), now()
    if kept is None or kept.fetch_again <= at or kept.fetched > at:  # or fetched while a clock was ahead
        kept = _renew(kept)
    return _some(kept)


def newer_root_keys() -> list[RootKey]:
    """For what none of the known ones has signed: fetched anew, but once a minute, for forgers would make us ask
    each time. Raises GoogleProblem like `root_keys`.
    """
    kept, at = _read(), now()
    if kept is None or not kept.fetched <= at < kept.fetched + TRY_AGAIN:
        kept = _renew(kept)
    return _some(kept)


def _some(kept: _Kept) -> list[RootKey]:
    if not kept.keys:
        raise GoogleBusy(0, "no keys for callbacks")
    return kept.keys


def _renew(old: _Kept | None) -> _Kept:
    """A failure is kept for a while too, and the old keys with it."""
    at = now()
    try:
        keys = _fetch()
        ends = [key.expires for key in keys if key.expires and key.expires > at]
        new = _Kept(keys, at, min([at + FRESH, *ends]))
    except GoogleProblem as problem:
        log.warning("Google's keys for callbacks cannot be fetched: %s", problem)
        new = _Kept(old.keys if old else [], at, at + TRY_AGAIN)
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
        keys = read_root_keys(answer.body)
    except CallbackRefused:
        keys = []
    if not keys:
        raise GoogleBusy(answer.status, "no keys that can be read")
    return keys


def _name() -> str:
    return f"google-root-keys-{blake2b(google_callback_keys().encode(), digest_size=8).hexdigest()}"
