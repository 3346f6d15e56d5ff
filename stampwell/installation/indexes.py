"""Indexes whose making was cut off: PostgreSQL keeps them up to date, and finds nothing by them."""

import re
from collections.abc import Callable

from django.db import Error, connection

# One that somebody makes at this moment is not finished either.
_UNFINISHED = """
    SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
    ORDER BY 1
"""
_OF_A_REPAIR = re.compile(r'_cc(new|old)\d*"?$')  # what PostgreSQL calls its copy while it makes an index anew


def unfinished_indexes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_UNFINISHED)
        return [name for (name,) in cursor.fetchall()]


def mend_indexes(say: Callable[[str], object]) -> None:
    """Makes them anew while everybody goes on. One that cannot be made is told, and holds up nothing."""
    for name in unfinished_indexes():
        drop = _OF_A_REPAIR.search(name)
        say(f"The index {name} was left unfinished. {'Removing it.' if drop else 'Making it anew.'}")
        try:
            _without_limits(f"{'DROP' if drop else 'REINDEX'} INDEX CONCURRENTLY {name}")
        except Error as error:
            say(f"The index {name} stays unfinished. The database says: {str(error).strip()}")


def _without_limits(statement: str) -> None:
    """It blocks nobody, however long it takes and waits."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET lock_timeout = 0")
        try:
            cursor.execute(statement)
        finally:
            cursor.execute("RESET statement_timeout")
            cursor.execute("RESET lock_timeout")
