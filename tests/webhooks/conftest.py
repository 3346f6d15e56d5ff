from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from pytest_django import Settings

from stampwell.outgoing import hang_up
from tests.webhooks.receiver import Receiver, receiver


@pytest.fixture
def hooks(settings: Settings) -> Iterator[Receiver]:
    """A receiver on this machine, which the operator lets shops reach."""
    settings.OUTGOING_INSIDE = [ip_network("127.0.0.0/8")]
    with receiver() as double:
        yield double
    hang_up()
