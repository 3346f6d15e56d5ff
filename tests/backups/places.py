"""An installation to back up, and empty databases to restore into."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings

from stampwell.backups.making import Installation, make_backup
from stampwell.backups.manifest import Manifest
from stampwell.backups.server import connected, tables_of
from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from tests.serving import database_url
from tests.world import HeldCard

Rows = dict[str, list[str]]


def installation(data_dir: Path, *, url: str = "", **settings_: str) -> Installation:
    return Installation(
        url=url or database_url(),
        data_dir=data_dir,
        keys={"token_key": settings.TOKEN_KEY.hex(), "secret_key": settings.SECRET_KEY},
        settings=settings_,
        base_url="https://stamps.example",
        version="1.2.3",
    )


def backup(of: Installation, file: Path) -> Manifest:
    with file.open("xb") as stream:
        return make_backup(of, stream, recipients=[], say=lambda _size: None)


# Not by FORCE, which is refused while the server itself is tidying there.
END_CLIENTS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = %s AND backend_type = 'client backend'
"""


@contextmanager
def empty_database() -> Iterator[str]:
    name, parts = f"empty_{secrets.token_hex(4)}", urlsplit(database_url())
    with psycopg.connect(database_url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            connection.execute(END_CLIENTS, [name])
            connection.execute(f"DROP DATABASE {name}")


def all_rows(connection: psycopg.Connection) -> Rows:
    return {
        table: sorted(str(row) for (row,) in connection.execute(f"SELECT t::text FROM ONLY {table} AS t"))
        for table in tables_of(connection)
    }


def rows_of(url: str) -> Rows:
    with connected(url) as connection:
        return all_rows(connection)


def command_environment(url: str, data_dir: Path, **others: str) -> dict[str, str]:
    """For `stampwell` in a process of its own, with no key but that of the data folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STAMPWELL_", "PG"))}
    return {**kept, "DATABASE_URL": url, "STAMPWELL_DATA": str(data_dir), **others}


def stamp(card: HeldCard, count: int) -> None:
    add_stamp(card.shop.merchant, card.id, Purchase(count=count), actor=card.shop.actor)
