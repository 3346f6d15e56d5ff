"""On which node of a distributed database a shop's rows lie. The coordinator knows, also while the node hangs."""

from functools import cache
from uuid import UUID

from django.db import connection

from stampwell.distribution import distributed_tables

_NODE = """
    SELECT n.nodename || ':' || n.nodeport FROM pg_dist_placement p JOIN pg_dist_node n ON n.groupid = p.groupid
    WHERE p.shardid = get_shard_id_for_distribution_column('merchant', %s) LIMIT 1
"""
MOST_REMEMBERED = 10_000
_nodes: dict[UUID, str] = {}


def node_of(merchant_id: UUID) -> str | None:
    """None where there is one database for all."""
    if not is_distributed():
        return None
    if merchant_id not in _nodes:
        if len(_nodes) >= MOST_REMEMBERED:
            forget_nodes()
        _nodes[merchant_id] = _ask(merchant_id)
    return _nodes[merchant_id]


def forget_nodes() -> None:
    """Nothing is remembered for ever, because a shop may be moved to another node."""
    _nodes.clear()


@cache
def is_distributed() -> bool:
    with connection.cursor() as cursor:
        return "merchant" in distributed_tables(cursor)


def _ask(merchant_id: UUID) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_NODE, [merchant_id])
        (node,) = cursor.fetchone()
        return str(node)
