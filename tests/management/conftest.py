from pathlib import Path

import pytest

from tests.management.wheels import build_wheel, copy_source, find_uv, install_wheel


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a Stampwell that was installed from its wheel, outside of the checkout."""
    if (uv := find_uv()) is None:
        pytest.skip("uv is not there, so no wheel can be built")
    folder = tmp_path_factory.mktemp("wheel")
    source = copy_source(folder / "source")
    wheel = build_wheel(uv, source, folder / "dist")
    return install_wheel(uv, source, wheel, folder / "environment")
