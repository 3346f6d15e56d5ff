"""One Chromium for the session, a fresh phone for each test, and a camera whose picture a test chooses."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import chromium
from tests.browser.camera import Camera

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
