from collections.abc import Iterator

import pytest

from tests.structure.statements import modules


@pytest.fixture(scope="module", autouse=True)
def _source_is_let_go() -> Iterator[None]:
    """What was read of the whole source is hundreds of thousands of nodes, which nobody else shall walk over."""
    yield
    modules.cache_clear()
