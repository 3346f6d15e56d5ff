"""A pooler between the web processes and the database, and whether each process goes where it should."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any, LiteralString

import psycopg
from django.conf import settings
from django.db import connection

from stampwell.database.address import LIMITS, POOLER, read_pooler_address
from stampwell.database.explaining import THROUGH_POOLER
from stampwell.database.pooler import connect, shares_connections

_WHERE = "SELECT pg_postmaster_start_time(), oid FROM pg_database WHERE datname = current_database()"
_LIMIT = "SELECT current_setting(%s)"
_LIMITS_OF_ROLE = """
    SELECT split_part(unnest(setconfig), '=', 1) FROM pg_db_role_setting
    WHERE setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = current_user))
    AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
"""


def find_wrong_address() -> str:
    """Why the programs would share their connections with others, and what to do now; "" where they do not."""
    return THROUGH_POOLER if shares_connections(_reach_server) else ""


def find_wrong_pooler() -> str:
    """Why web processes cannot go through the pooler; "" where they can, or where there is none."""
    if not settings.DATABASE_POOLER_URL:
        return ""
    try:
        with closing(_reach_server()) as direct, closing(_reach_pooler()) as pooled:
            if _value(direct, _WHERE) == _value(pooled, _WHERE):
                return ""
    except psycopg.OperationalError as error:
        return _unreachable(error)
    return f"{POOLER} leads to another database than DATABASE_URL. Both have to lead to the same one."


def limit_role() -> None:
    """A pooler does not hand on the limits that are asked for with a connection; those of the role are everywhere.

    What an operator has set for the role or the database stays.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LIMITS_OF_ROLE)
        there = {name for (name,) in cursor.fetchall()}
        database = connection.ops.quote_name(connection.settings_dict["NAME"])
        for limit, wanted in LIMITS.items():
            if limit not in there:
                cursor.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {database} SET {limit} = '{wanted}'")


def find_missing_limits() -> Iterator[str]:
    """Of the connections that the pooler has in hand: they keep what was in force when they were opened."""
    if not settings.DATABASE_POOLER_URL:
        return
    try:
        with closing(_reach_pooler()) as pooled:
            missing = [limit for limit in LIMITS if _value(pooled, _LIMIT, limit) == ("0",)]
            [role] = _value(pooled, "SELECT quote_ident(current_user)")
    except psycopg.OperationalError as error:
        yield _unreachable(error)
        return
    if missing:
        settings_ = " ".join(f"ALTER ROLE {role} SET {limit} = '{LIMITS[limit]}';" for limit in missing)
        yield (
            f"Behind the pooler {' and '.join(missing)} are not in force. Let it open its connections anew (RECONNECT "
            f"on PgBouncer's console); if that does not help, run: {settings_}"
        )


def _unreachable(error: psycopg.OperationalError) -> str:
    return f"The pooler of {POOLER} cannot be used. It says: {str(error).strip()}"


def _value(link: psycopg.Connection, sql: LiteralString, *parameters: str) -> tuple[Any, ...]:
    return link.execute(sql, parameters).fetchone() or ()


def _reach_server() -> psycopg.Connection:
    given: dict[str, Any] = connection.get_connection_params()
    ours = {name: value for name, value in given.items() if name not in ("cursor_factory", "context")}
    return psycopg.connect(**ours | {"prepare_threshold": None, "autocommit": True})


def _reach_pooler() -> psycopg.Connection:
    return connect(read_pooler_address(settings.DATABASE_POOLER_URL))
