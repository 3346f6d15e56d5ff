from collections.abc import Iterator

import pytest

from tests.backups.places import empty_database


@pytest.fixture
def empty(transactional_db: None) -> Iterator[str]:
    """The address of an empty database."""
    with empty_database() as url:
        yield url
