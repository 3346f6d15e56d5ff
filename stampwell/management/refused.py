"""Where the database as a whole refuses: no sign-in, a server that is too old, a role that may not make tables."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import NotSupportedError, OperationalError, ProgrammingError
from django.db.migrations.exceptions import MigrationSchemaMissing
from psycopg.errors import InsufficientPrivilege

from stampwell.database import DatabaseTrouble
from stampwell.database.explaining import explain_refusal


@contextmanager
def refusals_explained() -> Iterator[None]:
    """They are DatabaseTrouble; all other errors stay what they are."""
    try:
        yield
    except (OperationalError, psycopg.OperationalError, NotSupportedError, MigrationSchemaMissing) as error:
        raise DatabaseTrouble(explain_refusal(error)) from error
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        raise DatabaseTrouble(explain_refusal(error)) from error
