"""One Chromium for the session, a fresh phone for each test, and a camera whose picture a test chooses."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, sync_playwright

from tests.browser import chromium
from tests.browser.camera import Camera

PATIENCE = 10.0  # seconds

# Playwright keeps an event loop in this thread; Django would take the tests' queries for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("camera") / "film.mjpeg"


@pytest.fixture(scope="session")
def browser(film: Path) -> Iterator[Browser]:
    if chromium.executable() is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    Camera(film)
    with sync_playwright() as playwright:
        launched = chromium.launch(playwright, camera_file=film)
        yield launched
        launched.close()


@pytest.fixture(autouse=True)
def server_at_rest(request: pytest.FixtureRequest) -> Iterator[None]:
    """A page that is closed leaves its last request behind, and the tables are emptied after the test: they must not
    meet, for each would wait for the other.
    """
    if "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    limit, at_rest = time.monotonic() + PATIENCE, 0
    while at_rest < 3:  # looks in a row: between two questions to the database a request is idle too
        assert time.monotonic() < limit, "the server does not come to rest"
        at_rest = 0 if _is_anybody_busy() else at_rest + 1
        time.sleep(0.02)


def _is_anybody_busy() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend' AND state <> 'idle'"
        )
        (busy,) = cursor.fetchone()
    return bool(busy)


@pytest.fixture
def camera(film: Path) -> Camera:
    return Camera(film)


@pytest.fixture
def new_phone(browser: Browser) -> Iterator[Callable[..., chromium.Phone]]:
    """Makes phones (see `chromium.phone`) and lets each complain when the test is over."""
    with ExitStack() as phones:

        def make(**options: Any) -> chromium.Phone:
            return phones.enter_context(chromium.phone(browser, **options))

        yield make


@pytest.fixture
def phone(new_phone: Callable[..., chromium.Phone]) -> chromium.Phone:
    return new_phone()
