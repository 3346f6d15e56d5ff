"""The index by which words are found. It needs two extensions that come with PostgreSQL itself."""

import logging

from django.db import DatabaseError, connection

log = logging.getLogger(__name__)

EXTENSIONS = ("pg_trgm", "btree_gin")
NAME = "customer_by_words"
_IS_VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"


def prepare_search_index() -> None:
    """Makes the index where it is not there yet; says what to do where the database lacks an extension.

    Customers are found without it too, only not as fast.
    """
    with connection.cursor() as cursor:
        cursor.execute(_IS_VALID, [NAME])
        if (found := cursor.fetchone()) == (True,):
            return
        missing = [name for name in EXTENSIONS if not _have_extension(name)]
        if missing:
            log.warning(
                "Finding customers by name is slow in a big shop: PostgreSQL lacks %s. Let a superuser run in this"
                " database: %s The index is then made by itself. (docs/operating/database.md)",
                " and ".join(missing),
                " ".join(f"CREATE EXTENSION {name};" for name in missing),
            )
            return
        if found:  # its making was cut off
            cursor.execute(f"DROP INDEX CONCURRENTLY {NAME}")
        cursor.execute("SET statement_timeout = 0")  # it blocks nobody, however long it takes
        cursor.execute("SET lock_timeout = 0")  # nor by its waits: they are for old transactions
        try:
            cursor.execute(f"CREATE INDEX CONCURRENTLY {NAME} ON customer USING gin (merchant_id, search gin_trgm_ops)")
        finally:
            cursor.execute("RESET statement_timeout")
            cursor.execute("RESET lock_timeout")


def _have_extension(name: str) -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
    except DatabaseError:
        return False
    return True
