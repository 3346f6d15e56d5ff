"""The tables of the shops, spread over the nodes of a cluster by Citus. Each step may be taken again and again.

Only SQL on a cursor, so that a migration can use it; nothing here knows a table by its name but `merchant`.
"""

from collections.abc import Collection

from django.db.backends.utils import CursorWrapper

_HAS_CITUS = "SELECT to_regproc('create_distributed_table') IS NOT NULL"
_DISTRIBUTED = "SELECT logicalrelid::regclass::text FROM pg_dist_partition"
_TABLES = """
    SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
    AND relnamespace = 'public'::regnamespace
    AND NOT EXISTS (
        SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e'
    )
"""
_KEYS = """
    SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
    WHERE contype = 'f' AND conrelid <> confrelid AND conparentid = 0
"""
# Rows that lay in a table before it was distributed stay on the coordinator, where no query sees them, until they are
# thrown away.
_LEFT_BEHIND = """
    SELECT pg_relation_size(t) + coalesce((SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree(t)), 0) > 0
    FROM (SELECT %s::regclass AS t) AS named
"""


def has_citus(cursor: CursorWrapper) -> bool:
    cursor.execute(_HAS_CITUS)
    return bool(_first(cursor))


def distributed_tables(cursor: CursorWrapper) -> set[str]:
    """None of a plain PostgreSQL's."""
    if not has_citus(cursor):
        return set()
    cursor.execute(_DISTRIBUTED)
    return {name for (name,) in cursor.fetchall()}


def tenant_tables(cursor: CursorWrapper, without_merchant: Collection[str]) -> list[str]:
    """In an order in which they can be distributed: a table after all that its keys lead to."""
    cursor.execute(_TABLES)
    waiting = {name for (name,) in cursor.fetchall()} - set(without_merchant)
    cursor.execute(_KEYS)
    keys = {(table, to) for table, to in cursor.fetchall() if table in waiting and to in waiting}
    ordered: list[str] = []
    while waiting:
        free = sorted(table for table in waiting if not any(table == of and to in waiting for of, to in keys))
        assert free, f"the keys of {sorted(waiting)} lead in a circle"
        ordered += free
        waiting -= set(free)
    return ordered


def distribute_merchants(cursor: CursorWrapper, *, shards: int) -> None:
    """The first of all: the others lie where their merchant lies."""
    cursor.execute(f"SET citus.shard_count = {int(shards)}")
    cursor.execute("SELECT create_distributed_table('merchant', 'id')")


def distribute_table(cursor: CursorWrapper, table: str) -> None:
    cursor.execute("SELECT create_distributed_table(%s, 'merchant_id', colocate_with => 'merchant')", [table])


def drop_left_behind(cursor: CursorWrapper, table: str) -> bool:
    """Whether there was something: what refers to the table goes along."""
    cursor.execute(_LEFT_BEHIND, [table])
    if not _first(cursor):
        return False
    cursor.execute("SELECT truncate_local_data_after_distributing_table(%s)", [table])
    return True


def _first(cursor: CursorWrapper) -> object:
    row = cursor.fetchone()
    return row[0] if row else None
