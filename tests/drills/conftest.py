from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database.folders import data_folder


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "short: a drill of a few seconds, part of every run of the tests")


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with data_folder() as folder:
        yield folder
