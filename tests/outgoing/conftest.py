from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from pytest_django import Settings

from stampwell.outgoing import hang_up


@pytest.fixture(autouse=True)
def _no_connection_is_kept() -> Iterator[None]:
    yield
    hang_up()


@pytest.fixture
def laptop_allowed(settings: Settings) -> None:
    """As an operator says it who lets shops reach this machine."""
    settings.OUTGOING_INSIDE = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
