"""Moving the shops onto a cluster, and looking whether everything that has to be there is there."""

from collections.abc import Iterator

from django.db import Error, connection
from django.db.backends.utils import CursorWrapper

from stampwell import distribution
from stampwell.database.address import LIMITS
from stampwell.management.maintenance import is_unlimited
from stampwell.management.pooling import find_missing_limits
from stampwell.tenancy import WITHOUT_MERCHANT

LOCK_TIMEOUT = LIMITS["lock_timeout"]  # what is asked for with a connection does not reach the nodes
_NODES = "SELECT nodename, nodeport FROM pg_dist_node WHERE groupid <> 0 ORDER BY 1, 2"
_EVERY_NODE = "SELECT nodename, nodeport, success, result FROM run_command_on_workers(%s)"

NO_CITUS = """\
This database has no Citus: everything stays on one server, as it does for nearly everybody.
To spread the shops over several, install Citus on every node, and let a superuser run in this database on each:
    CREATE EXTENSION citus;
docs/operating/many-shops.md says when that is worth it, and how."""
NO_NODES = """\
The cluster has no nodes yet. Name them with --node HOST:PORT, or let a superuser run:
    SELECT citus_set_coordinator_host('THIS HOST', 5432);
    SELECT citus_add_node('HOST', 5432);"""


class ClusterTrouble(Exception):
    """What the operator has to do first."""


def distribute(nodes: list[tuple[str, int]], *, shards: int) -> Iterator[str]:
    """Tells what it does. It may be stopped at any point and begun again: what is done is left alone."""
    with connection.cursor() as cursor:
        if not distribution.has_citus(cursor):
            raise ClusterTrouble(NO_CITUS)
        cursor.execute("SET statement_timeout = 0")  # it carries all the shops' rows over
        try:
            yield from _add_nodes(cursor, nodes)
            yield from _limit_locks(cursor)
            yield from _distribute_tables(cursor, shards=shards)
        finally:
            cursor.execute("RESET statement_timeout")


def find_trouble() -> list[str]:
    """What is not as it has to be; on a plain PostgreSQL that is hardly ever anything."""
    with connection.cursor() as cursor:
        found = [*_missing_limits(cursor), *find_missing_limits()]
        there = distribution.distributed_tables(cursor)
        if "merchant" not in there:
            return found
        missing = [table for table in distribution.tenant_tables(cursor, WITHOUT_MERCHANT) if table not in there]
        found += [f"The table {table} is not distributed: run `stampwell distribute`." for table in missing]
        return [*found, *_nodes_without_limit(cursor)]


def _missing_limits(cursor: CursorWrapper) -> list[str]:
    """The settings ask for them with each connection; a pooler in between may not hand that on, and whoever sets
    options of their own may overrule them.
    """
    found = []
    for limit, wanted in LIMITS.items():
        if limit == "statement_timeout" and is_unlimited():
            continue
        cursor.execute(f"SHOW {limit}")
        if cursor.fetchone() == ("0",):
            found.append(f"{limit} is not in force: run ALTER ROLE … SET {limit} = '{wanted}'.")
    return found


def _add_nodes(cursor: CursorWrapper, nodes: list[tuple[str, int]]) -> Iterator[str]:
    known = _nodes(cursor)
    for host, port in nodes:
        if (host, port) not in known:
            _try(cursor, "SELECT citus_add_node(%s, %s)", [host, port])
            yield f"{host}:{port} is a node of the cluster now."
    if not _nodes(cursor):
        raise ClusterTrouble(NO_NODES)


def _nodes(cursor: CursorWrapper) -> list[tuple[str, int]]:
    cursor.execute(_NODES)
    return [(host, port) for host, port in cursor.fetchall()]


def _limit_locks(cursor: CursorWrapper) -> Iterator[str]:
    """The limit of a connection does not reach the nodes; that of the role does."""
    role, database = (connection.ops.quote_name(name) for name in _who_and_where(cursor))
    for node, success, said in _on_every_node(
        cursor, f"ALTER ROLE {role} IN DATABASE {database} SET lock_timeout = '{LOCK_TIMEOUT}'"
    ):
        if not success:
            raise ClusterTrouble(f"{node} does not let the product limit how long it waits for a lock: {said}")
        yield f"{node}: nobody waits longer than {LOCK_TIMEOUT} for a lock."


def _distribute_tables(cursor: CursorWrapper, *, shards: int) -> Iterator[str]:
    there = distribution.distributed_tables(cursor)
    if "merchant" not in there:
        distribution.distribute_merchants(cursor, shards=shards)
        yield "merchant is distributed."
    tables = distribution.tenant_tables(cursor, WITHOUT_MERCHANT)
    for table in tables:
        if table not in there:
            distribution.distribute_table(cursor, table)
            yield f"{table} is distributed."
    for table in ["merchant", *tables]:
        if distribution.drop_left_behind(cursor, table):
            yield f"The rows of {table} are thrown away here: they lie on the nodes."


def _nodes_without_limit(cursor: CursorWrapper) -> list[str]:
    advice = "there a lock is waited for without end: run `stampwell distribute`."
    limits = _on_every_node(cursor, "SHOW lock_timeout")
    return [f"{node}: {advice}" for node, success, limit in limits if success and limit == "0"]


def _on_every_node(cursor: CursorWrapper, command: str) -> list[tuple[str, bool, str]]:
    cursor.execute(_EVERY_NODE, [command])
    return [(f"{host}:{port}", success, said) for host, port, success, said in cursor.fetchall()]


def _who_and_where(cursor: CursorWrapper) -> tuple[str, str]:
    cursor.execute("SELECT current_user, current_database()")
    role, database = cursor.fetchone()
    return role, database


def _try(cursor: CursorWrapper, sql: str, parameters: list[str | int]) -> None:
    try:
        cursor.execute(sql, parameters)
    except Error as refused:
        raise ClusterTrouble(f"{refused}\nA superuser may do it: {sql % tuple(map(repr, parameters))};") from refused
