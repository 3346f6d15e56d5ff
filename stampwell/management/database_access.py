"""The database that a command works with: somebody else's, one that runs already, or one that it starts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stampwell.database import joined_server
from stampwell.database.client_environment import use_server
from stampwell.database.places import has_cluster


@contextmanager
def joined_database(data: Path) -> Iterator[bool]:
    """Joins the one that runs, else starts it for as long as the block lasts. False: there is none yet."""
    if os.environ.get("DATABASE_URL"):
        yield True
    elif has_cluster(data):
        with joined_server(data) as url:
            use_server(url)
            yield True
    else:
        yield False
