"""Looking over all shops: which of them have work, and doing it shop by shop.

Everything else belongs to one merchant. This is the one place that looks over all of them, so it is also the one place
that must get along with a shop, or with a part of the database, that does not answer.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import psycopg
from django.db import Error, connection, connections

# The databases that hold shops, by their names in the settings. There is one today, and it may be a cluster.
NODES = ("default",)
_DIRECTORY = "SELECT DISTINCT merchant_id FROM merchant_slug"
_BEING_DELETED = "SELECT id FROM merchant WHERE deleting IS NOT NULL"

log = logging.getLogger(__name__)
_in_trouble: set[str] = set()  # what has failed and was written down, until it goes well again


def merchants_where(sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[UUID]:
    """The merchants that `sql` selects, on every node, but for those that are being deleted.

    Where a node does not answer the question, all merchants of the directory are given instead: a caller finds no
    work at most of them, which costs a little, while nobody is left out because of somebody else's fault.
    """
    found = dict.fromkeys(merchant_id for node in NODES for merchant_id in _ask_node(node, sql, parameters))
    leaving = _merchants_being_deleted() if found else ()
    return [merchant_id for merchant_id in found if merchant_id not in leaving]


def merchants_in_directory() -> list[UUID]:
    """All that are open, whichever node holds them."""
    return _ask("default", _DIRECTORY, ())


def for_each_merchant(merchants: Iterable[UUID], act: Callable[[UUID], object]) -> None:
    """Acts for each of them; one that fails is written down, tried again next time, and holds up no other.

    Raises only where there is no database at all.
    """
    for merchant_id in merchants:
        trouble = f"{act.__qualname__} at {merchant_id}"
        try:
            act(merchant_id)
        except Exception:
            _note_trouble(trouble)
            connection.close_if_unusable_or_obsolete()
            connection.ensure_connection()
        else:
            _note_recovery(trouble)


def _merchants_being_deleted() -> list[UUID]:
    """Nobody, where that cannot be asked: what is done for such a shop goes with the rest of it."""
    try:
        return _ask("default", _BEING_DELETED, ())
    except (Error, psycopg.Error):
        return []


def _ask_node(node: str, sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[UUID]:
    trouble = f"Asking {node}: {' '.join(sql.split())}"
    try:
        found = _ask(node, sql, parameters)
    except (Error, psycopg.Error):
        _note_trouble(trouble)
        return merchants_in_directory()
    _note_recovery(trouble)
    return found


def _ask(node: str, sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[UUID]:
    with connections[node].cursor() as cursor:
        cursor.execute(sql, parameters)
        return [merchant_id for (merchant_id,) in cursor.fetchall()]


def _note_trouble(what: str) -> None:
    """Writes a trouble down once, and not twice a second for as long as it lasts."""
    if what not in _in_trouble:
        _in_trouble.add(what)
        log.exception("%s failed and will be tried again", what)


def _note_recovery(what: str) -> None:
    if what in _in_trouble:
        _in_trouble.discard(what)
        log.warning("%s works again", what)
