from pathlib import Path

import pytest

from tests.management.wheels import build_wheel, copy_source, find_uv, install_wheel


@pytest.fixture(scope="session")
def uv() -> str:
    if (found := find_uv()) is None:
        pytest.skip("uv is not there, so no wheel can be built")
    return found


@pytest.fixture(scope="session")
def wheel(uv: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What people install, built from a fresh checkout; that lies beside its folder, as `source`."""
    folder = tmp_path_factory.mktemp("wheel")
    return build_wheel(uv, copy_source(folder / "source"), folder / "dist")


@pytest.fixture(scope="session")
def programs(uv: str, wheel: Path) -> Path:
    """The programs of a Stampwell that was installed from its wheel, outside of the checkout."""
    folder = wheel.parent.parent
    return install_wheel(uv, folder / "source", wheel, folder / "environment")
