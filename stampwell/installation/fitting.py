"""Whether this program, its keys and its clock fit the data that it finds. Read before anything is changed."""

from datetime import datetime, timedelta
from hashlib import blake2b
from hmac import compare_digest

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from stampwell.clock import now
from stampwell.database.explaining import refuse_encoding
from stampwell.installation.models import KnownKey

TOKEN_KEY = "token_key"  # noqa: S105 - its name; the sealing key derives from it
APP = "stampwell"
SLACK, APART = timedelta(minutes=5), timedelta(minutes=2)


def find_misfit(*, clock_is_right: bool = False) -> str:
    """Why the program must not work with this database, and what to do now; "" where it may."""
    return _other_encoding() or _newer_release() or _other_key() or ("" if clock_is_right else _wrong_clock())


def remember_keys() -> None:
    """With the first start: from then on only these keys are taken. Two processes may come at once."""
    KnownKey.objects.bulk_create([KnownKey(name=TOKEN_KEY, fingerprint=fingerprint())], ignore_conflicts=True)


def fingerprint() -> bytes:
    """Says nothing of the key to whoever reads the database."""
    return blake2b(key=settings.TOKEN_KEY, digest_size=16, person=b"known key").digest()


def _other_encoding() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        (encoding,) = cursor.fetchone()
    return refuse_encoding(encoding)


def _newer_release() -> str:
    loader = MigrationLoader(connection)
    unknown = sorted(
        name for app, name in loader.applied_migrations if app == APP and (app, name) not in loader.disk_migrations
    )
    if not unknown:
        return ""
    return (
        f"A newer release has worked with this database: it made the change {unknown[-1]}, which this one does not "
        "know. Install that release again, or restore a backup that this one wrote. Nothing was changed."
    )


def _other_key() -> str:
    if KnownKey._meta.db_table not in _tables():
        return ""
    known = KnownKey.objects.filter(name=TOKEN_KEY).first()
    if known is None or compare_digest(bytes(known.fingerprint), fingerprint()):
        return ""
    return (
        "The token key is not the one that this database was made with: no card, voucher or link that customers have "
        f"would work any more. Bring back the file {settings.DATA_DIR / 'keys' / 'token_key'}, or STAMPWELL_TOKEN_KEY, "
        "from the backup that belongs to this database. Nothing was changed."
    )


def _wrong_clock() -> str:
    moment, newest, theirs = now(), _newest_moment(), _database_moment()
    if newest and moment < newest - SLACK:
        return (
            f"The clock of this machine says {moment:%d %B %Y %H:%M} UTC, but the database holds what happened at "
            f"{newest:%d %B %Y %H:%M}. Set the clock, such as with `timedatectl set-ntp true`. If the clock is right "
            "now and was wrong before, start with --clock-is-right."
        )
    if abs(moment - theirs) > APART:
        return (
            f"The clock of this machine says {moment:%d %B %Y %H:%M:%S} UTC and the database's "
            f"{theirs:%d %B %Y %H:%M:%S}. "
            "Set both by the same time server; stamps and vouchers go by them."
        )
    return ""


def _newest_moment() -> datetime | None:
    """How far the followers have come: small rows, one for each shop and follower."""
    if "event_cursor" not in _tables():
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(moved) FROM event_cursor")
        row: tuple[datetime | None] = cursor.fetchone() or (None,)
        return row[0]


def _database_moment() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row: tuple[datetime] | None = cursor.fetchone()
    assert row is not None
    return row[0]


def _tables() -> list[str]:
    return connection.introspection.table_names()
