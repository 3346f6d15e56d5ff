from pathlib import Path

import pytest
from pytest_django import Settings

from stampwell.wallet.apple.development_chain import Chain, make_development_chain
from stampwell.wallet.apple.signature import PassIdentity, load_identity


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    return make_development_chain(tmp_path_factory.mktemp("chain"))


@pytest.fixture
def identity(chain: Chain) -> PassIdentity:
    return load_identity(chain.files)


@pytest.fixture(autouse=True)
def own_data_folder(settings: Settings, tmp_path: Path) -> None:
    """Pictures and keys of a test stay in the test's own folder."""
    settings.DATA_DIR = tmp_path
