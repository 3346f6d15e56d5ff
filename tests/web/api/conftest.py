"""A program that calls the API over HTTP, with answers held to their description."""

from collections.abc import Iterator

import pytest

from stampwell.web.api.limiting import forget_rates
from tests.kept import made_once
from tests.web.api.client import ApiClient
from tests.world import Shop


@pytest.fixture(autouse=True)
def _fresh_rates() -> Iterator[None]:
    forget_rates()
    yield
    forget_rates()


@pytest.fixture
@made_once
def api(lume: Shop) -> ApiClient:
    """Café Lume's till, with a key that may do everything."""
    return ApiClient(lume.api_key())


@pytest.fixture
@made_once
def rival(rossi: Shop) -> ApiClient:
    return ApiClient(rossi.api_key())
