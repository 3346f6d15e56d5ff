"""Fixtures that everybody uses: the two shops, and a product that really runs."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from stampwell.merchants.access import _merchant_id_of
from tests.distributable import _only_what_a_distributed_database_takes, watch_statements
from tests.serving import Product, running_product
from tests.world import Shop, open_lume, open_rossi

__all__ = ["_only_what_a_distributed_database_takes"]  # a fixture of every test


@pytest.fixture(autouse=True)
def _forget_slugs() -> None:
    """A slug never changes hands in life; in tests every shop of the same name is another one."""
    _merchant_id_of.cache_clear()


def pytest_configure() -> None:
    watch_statements()
    settings.WEB_THREADS = 0  # a test may have more threads than a web process; test_bulkhead.py counts them itself
    settings.ALLOWED_HOSTS = ["*"]
    # Nothing is collected there, so that files are served under the names they have in the checkout.
    settings.STATIC_ROOT = Path(tempfile.mkdtemp(prefix="stampwell-static-"))
    # Real hashing takes a third of a second on purpose; a test signs in more often than a person.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def lume(db: None) -> Shop:
    return open_lume()


@pytest.fixture
def rossi(db: None) -> Shop:
    return open_rossi()


@pytest.fixture
def product(transactional_db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Stampwell as it is served to people: two web processes over the test's committed database."""
    with running_product(tmp_path_factory.mktemp("product")) as running:
        yield running
