"""One Chromium for the session, a fresh phone for each test, and a camera whose picture a test chooses."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser import chromium
from tests.browser.camera import Camera
from tests.browser.live import Live

# Playwright keeps an event loop in this thread; Django would take the tests' queries for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
expect.set_options(timeout=chromium.PATIENCE * 1000)


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


@pytest.fixture(scope="session")
def live_server() -> Iterator[Live]:
    """Takes the place of pytest-django's."""
    server = Live("localhost")
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def server_at_rest(request: pytest.FixtureRequest) -> Iterator[None]:
    """A page that is closed leaves its last request behind, and the tables are emptied after the test: they must not
    meet, for each would wait for the other.
    """
    if "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    door = request.getfixturevalue("live_server").door
    door.open()
    yield
    door.shut()


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
