"""Rows that the tables do not take: said in a sentence, without a word of what the rows hold."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import psycopg
from django.db import Error as DatabaseError

from stampwell.moving.trouble import MoveTrouble

# Classes of PostgreSQL's codes: what was asked of it cannot be done with these values, however often.
_OF_THE_ROWS = ("0A", "21", "22", "23", "42", "44", "54", "P0")
_UNREADABLE = (msgspec.MsgspecError, ValueError, KeyError, OverflowError, RecursionError)


@contextmanager
def told_in_words(part: str) -> Iterator[None]:
    """Around the whole transaction: its writes may fail at the end only. Raises MoveTrouble.

    PostgreSQL's own words quote the rows. A server that cannot be reached is another matter, and is told as ever.
    """
    try:
        yield
    except (DatabaseError, psycopg.Error) as error:
        if not _is_of_the_rows(error):
            raise
        raise _trouble(part) from None
    except _UNREADABLE:
        raise _trouble(part) from None


def _is_of_the_rows(error: Exception) -> bool:
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    code = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    # Without a code it is psycopg's own: a text that cannot be sent, such as one with NUL.
    return code.startswith(_OF_THE_ROWS) if code else isinstance(cause, psycopg.DataError)


def _trouble(part: str) -> MoveTrouble:
    return MoveTrouble(
        f"The archive holds rows of “{part}” that cannot be written here: it was not made by Stampwell. The shop stays "
        "hidden; `stampwell shop discard SHOP` takes away what is there."
    )
