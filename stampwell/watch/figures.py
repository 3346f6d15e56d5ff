"""The figures of the whole installation, measured by the worker once a minute and kept in one row.

So a page of figures costs nothing, however many shops there are and however often it is read. A figure that cannot be
taken is left out, and the others are there.
"""

import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from cryptography.x509 import load_pem_x509_certificate
from django.conf import settings
from django.db import Error, connection

from stampwell.backups import last_backup
from stampwell.backups.configuration import are_planned
from stampwell.clock import now
from stampwell.mail.queue import QueueLength, measure_queue
from stampwell.reactions import FOLLOWERS
from stampwell.transactions.outages import OUTAGES
from stampwell.transactions.replica import Look, look_at_replica
from stampwell.wallet.apple.current import identities
from stampwell.wallet.apple.health import OURS
from stampwell.watch.disk import Space, space_below
from stampwell.watch.errors import count_recent_errors
from stampwell.watch.heartbeat import silence
from stampwell.watch.public_certificate import public_certificate
from stampwell.watch.shown_certificate import ShownCertificate

EVERY = timedelta(minutes=1)
RECENT = timedelta(hours=1)  # a wallet that does not let us in is asked again within that time

log = logging.getLogger(__name__)


class Events(msgspec.Struct, frozen=True):
    waiting: int
    oldest_seconds: float


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be measured is None or empty."""

    taken: datetime
    events: Events | None = None
    followers: dict[str, int] = {}
    passes: dict[str, int] = {}
    refused: dict[str, int] = {}
    jobs: dict[str, int] = {}
    mail: QueueLength | None = None
    connections: dict[str, int] = {}
    connections_limit: int | None = None
    database_bytes: int | None = None
    kept_answers: int | None = None
    certificates: dict[str, datetime] = {}
    public_certificate: ShownCertificate | None = None  # None also where nobody could see it
    backup: datetime | None = None
    backup_trouble: str = ""
    backup_planned: bool = False
    errors: int = 0  # requests of the last ten minutes that we failed
    missing: list[str] = []  # what could not be taken
    disks: dict[str, Space] = {}
    replica: Look | None = None


class Seen(msgspec.Struct, frozen=True):
    worker_silence: float | None
    figures: Figures | None


_EVENTS = "SELECT count(*), min(at) FROM event WHERE sequence IS NULL"
_BEHIND = """
    SELECT coalesce(sum(f.last_sequence - coalesce(c.last_sequence, 0)), 0)::bigint FROM event_feed f
    LEFT JOIN event_cursor c ON c.merchant_id = f.merchant_id AND c.name = %s
"""
_PASSES = """
    SELECT (SELECT count(*) FROM registration WHERE due <= %(now)s),
        (SELECT count(*) FROM google_object WHERE due <= %(now)s)
"""
_REFUSED = """
    SELECT (SELECT count(*) FROM registration WHERE due IS NOT NULL AND tries > 0 AND last_answer ~ %(ours)s),
        (SELECT count(*) FROM google_object
            WHERE due IS NOT NULL AND answered > %(recent)s AND answer_status IN (401, 403))
"""
_JOBS = "SELECT state, count(*) FROM job GROUP BY state"
_CONNECTIONS = """
    SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1
"""
_ESTIMATE = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'stored_answer'::regclass"
_KEEP = """
    INSERT INTO figures (name, taken, figures) VALUES ('latest', %(taken)s, %(figures)s)
    ON CONFLICT (name) DO UPDATE SET taken = %(taken)s, figures = %(figures)s
"""


def take_figures() -> Figures:
    figures = measure()
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {"taken": figures.taken, "figures": msgspec.json.encode(figures).decode()})
    return figures


def measure(measures: Mapping[str, Callable[[], object]] | None = None) -> Figures:
    found: dict[str, Any] = {}
    missing: list[str] = []
    for name, take in (measures or _MEASURES).items():
        try:
            found[name] = take()
        except OUTAGES:
            raise
        except (Error, psycopg.Error, OSError, ValueError):
            log.exception("The figure “%s” could not be taken", name)
            missing.append(name)
    return Figures(taken=now(), missing=missing, **found)


def read_figures() -> Seen | None:
    """None where the database does not answer."""
    try:
        silent = silence()
        rows = _ask("SELECT figures::text FROM figures WHERE name = 'latest'")
    except (Error, psycopg.Error):
        return None
    kept = None
    with suppress(msgspec.DecodeError):  # another version wrote it; a minute later it is ours
        kept = msgspec.json.decode(rows[0][0], type=Figures) if rows else None
    return Seen(None if silent is None else silent.total_seconds(), kept)


def _events() -> Events:
    ((waiting, oldest),) = _ask(_EVENTS)
    return Events(waiting, max((now() - oldest).total_seconds(), 0.0) if oldest else 0.0)


def _followers() -> dict[str, int]:
    return {follower.name: _one(_BEHIND, follower.name) for follower in FOLLOWERS}


def _passes() -> dict[str, int]:
    ((apple, google),) = _ask(_PASSES, {"now": now()})
    return {"apple": apple, "google": google}


def _refused() -> dict[str, int]:
    ((apple, google),) = _ask(_REFUSED, {"ours": OURS, "recent": now() - RECENT})
    return {"apple": apple, "google": google}


def _jobs() -> dict[str, int]:
    return dict.fromkeys(("waiting", "running", "done", "failed"), 0) | dict(_ask(_JOBS))


def _connections_limit() -> int:
    return int(_one("SELECT current_setting('max_connections')"))


def _certificates() -> dict[str, datetime]:
    """By pass type, and that of https where we speak it ourselves.

    A pass certificate ends with its issuer's, where that comes first; our own chain matters to nobody. The certificate
    of https may be renewed by now, and the server takes up the new one.
    """
    found = {
        pass_type: min(identity.expires, identity.intermediate.not_valid_after_utc)
        for pass_type, identity in identities().items()
        if not identity.is_for_development
    }
    if tls := os.environ.get("STAMPWELL_TLS_CERTIFICATE"):
        found["https"] = load_pem_x509_certificate(Path(tls).read_bytes()).not_valid_after_utc
    return found


def _one(sql: str, *parameters: object) -> Any:
    return _ask(sql, parameters)[0][0]


def _ask(sql: str, parameters: Any = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[Any] = cursor.fetchall()
        return rows


_MEASURES: dict[str, Callable[[], object]] = {
    "events": _events,
    "followers": _followers,
    "passes": _passes,
    "refused": _refused,
    "jobs": _jobs,
    "mail": measure_queue,
    "connections": lambda: dict(_ask(_CONNECTIONS)),
    "connections_limit": _connections_limit,
    "database_bytes": lambda: _one("SELECT pg_database_size(current_database())"),
    "kept_answers": lambda: _one(_ESTIMATE),
    "certificates": _certificates,
    "public_certificate": public_certificate,
    "backup": lambda: last_backup(settings.DATA_DIR).went_well,
    "backup_trouble": lambda: last_backup(settings.DATA_DIR).trouble,
    "backup_planned": are_planned,
    "errors": count_recent_errors,
    "disks": lambda: space_below(settings.DATA_DIR),
    "replica": look_at_replica,
}
