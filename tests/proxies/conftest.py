"""The product behind a real proxy; where the package is missing, the tests say so and are skipped."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from stampwell.wallet.apple.development_chain import make_development_chain
from tests.certificates import Chain, make_chain
from tests.proxies.running import PROGRAMS, Proxy, find_program, quiet_port, running_proxy
from tests.serving import running_product


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """No clock of ours can be stopped for the proxy and TLS, so it is of today."""
    return make_chain(tmp_path_factory.mktemp("tls"), "localhost", datetime.now(UTC) - timedelta(days=1))


@pytest.fixture(params=sorted(PROGRAMS))
def program(request: pytest.FixtureRequest) -> str:
    return installed(request.param)


def installed(program: str) -> str:
    if find_program(program) is None:
        pytest.skip(f"{program} is not installed, and could not be fetched")
    return program


@pytest.fixture(scope="package", params=sorted(PROGRAMS))
def proxy(
    request: pytest.FixtureRequest, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, chain: Chain
) -> Iterator[Proxy]:
    """For all tests of this package: they only ask, or write rows of their own."""
    program = installed(request.param)
    folder = tmp_path_factory.mktemp(program)
    make_development_chain(folder / "data" / "wallet" / "development")
    address = f"https://localhost:{quiet_port()}"
    behind = {"STAMPWELL_BASE_URL": address, "STAMPWELL_TRUSTED_PROXIES": "127.0.0.1"}
    with running_product(folder, STAMPWELL_DATA=str(folder / "data"), **behind) as product:
        listen = product.url.removeprefix("http://")
        with running_proxy(program, folder, address=address, listen=listen, chain=chain) as proxy:
            yield proxy
