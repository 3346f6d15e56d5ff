from collections.abc import Iterator

import pytest
from django.db import connection


@pytest.fixture
def queue(transactional_db: None) -> Iterator[None]:
    """An empty queue: its tables are no models, so nobody else empties them, and workers of other tests leave some."""
    empty()
    yield
    empty()


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
