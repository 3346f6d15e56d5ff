"""A real Chromium that fails the test by itself on a console error, a policy violation or an outside request."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request
from playwright.sync_api import Error as PageGone

EXECUTABLES = (
    "/usr/bin/chromium-headless-shell",
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
LOCAL = {"127.0.0.1", "localhost"}
# Two slow cores: a camera's first result may take this long.
CAMERA_SECONDS = 25.0
# What comes is waited for until nobody believes in it any more: a machine may be as slow as it likes.
PATIENCE = 30.0  # seconds


def executable() -> str | None:
    """Where Chromium is on this machine, None when it is not."""
    return next((place for place in EXECUTABLES if Path(place).exists()), None)


def launch(playwright: Playwright, *, camera_file: Path) -> Browser:
    return playwright.chromium.launch(
        executable_path=executable(),
        args=[*FLAGS, f"--use-file-for-fake-video-capture={camera_file}"],
    )


class Watch:
    """Collects what must not happen in a browser; `allow` names what this test makes happen on purpose."""

    def __init__(self, context: BrowserContext) -> None:
        self.faults: list[str] = []
        self._allowed: list[re.Pattern[str]] = []
        context.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        context.on("weberror", lambda error: self._note(f"uncaught: {error.error}"))
        context.on("request", self._look_at)

    def allow(self, pattern: str) -> None:
        self._allowed.append(re.compile(pattern))

    def allow_refusals(self, *statuses: int) -> None:
        """The server refuses with these: what the page sends and fetches, and the script of its service worker."""
        codes = "|".join(map(str, statuses))
        self.allow(rf"status of ({codes})\b|HTTP response code \(({codes})\)")

    def complain(self) -> None:
        faults = [fault for fault in self.faults if not any(it.search(fault) for it in self._allowed)]
        assert not faults, "the browser complained:\n" + "\n".join(faults)

    def _note(self, fault: str) -> None:
        self.faults.append(fault)

    def _look_at(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in LOCAL:
            self._note(f"request to the outside: {request.url}")


class Phone:
    """One person's browser: `page` to drive, `watch` that complains at the end."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.watch = Watch(context)
        self.page = context.new_page()


@contextmanager
def phone(
    browser: Browser,
    *,
    base_url: str | None = None,
    locale: str = "en",
    scheme: Literal["light", "dark"] = "light",
    width: int = 390,
    height: int = 844,
    **options: Any,
) -> Iterator[Phone]:
    """A fresh browser profile the size of a phone, allowed to use the camera and to keep the screen on."""
    context = browser.new_context(
        base_url=base_url,
        locale=locale,
        color_scheme=scheme,
        viewport={"width": width, "height": height},
        permissions=["camera", "screen-wake-lock"],
        **options,
    )
    try:
        held = Phone(context)
        yield held
        held.watch.complain()
    finally:
        context.close()


def wait_js(page: Page, expression: str, *, seconds: float = PATIENCE) -> Any:
    """The first truthy value of the expression in the page. A page that gives way to another says nothing.

    Playwright's own `wait_for_function` uses eval, which the pages' policy forbids.
    """
    end = time.monotonic() + seconds
    while True:
        if value := _value(page, expression):
            return value
        assert time.monotonic() < end, f"never became true: {expression}"
        page.wait_for_timeout(50)


def _value(page: Page, expression: str) -> Any:
    try:
        return page.evaluate(expression)
    except PageGone as gone:
        if "context was destroyed" not in gone.message:
            raise
        return None
