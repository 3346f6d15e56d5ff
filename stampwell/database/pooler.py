"""Whether a pooler stands between: one that hands the server's connections out by transaction, as PgBouncer can."""

from collections.abc import Callable

import psycopg

from stampwell.database.address import Address

_WHICH = "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
_TRIES = 4
PATIENCE = "10"  # seconds for a connection


def connect(address: Address) -> psycopg.Connection:
    """Each statement is a transaction of its own, and nothing is prepared."""
    places = {"host": address.host, "port": address.port, "user": address.user, "dbname": address.name}
    given = {name: value for name, value in address.options.items() if name != "prepare_threshold"}
    known = {name: str(value) for name, value in {"connect_timeout": PATIENCE, **places, **given}.items() if value}
    conninfo = psycopg.conninfo.make_conninfo("", **known)
    return psycopg.connect(conninfo, password=address.password or None, autocommit=True, prepare_threshold=None)


def shares_connections(reach: Callable[[], psycopg.Connection]) -> bool:
    """Whether two connections of ours that are open at once were led to one and the same connection of the server.

    True is a proof. On a busy pooler it may be missed, and the next look will see it.
    """
    with reach() as one, reach() as other:
        pairs = [(_which(one), _which(other)) for _try in range(_TRIES)]
    return bool({ours for ours, _theirs in pairs} & {theirs for _ours, theirs in pairs})


def _which(connection: psycopg.Connection) -> object:
    return connection.execute(_WHICH).fetchone()
