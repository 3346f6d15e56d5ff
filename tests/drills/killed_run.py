"""A test to be killed, while everything runs that tests start. Its file's name hides it from other runs.

The product answers over an empty database: it is asked for nothing, and to make the tables takes ten seconds.
"""

import os
import signal
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import sync_playwright

from stampwell.management.development import running_doubles
from stampwell.wallet.apple.development_chain import make_development_chain
from tests.browser import chromium
from tests.serving import running_product

FOLDER = "STAMPWELL_KILLED_RUN"


@pytest.mark.machine_clock
def test_everything_runs_until_it_is_killed(tmp_path: Path) -> None:
    make_development_chain(tmp_path / "wallet" / "development")
    with (
        psycopg.connect(os.environ["DATABASE_URL"]),
        running_product(tmp_path) as product,
        running_doubles(tmp_path),
        sync_playwright() as playwright,
    ):
        if chromium.executable():  # a machine without one has none to leave behind
            chromium.launch(playwright, camera_file=tmp_path / "film.mjpeg").new_page().goto(product.url)

        ready = Path(os.environ[FOLDER]) / "ready"
        ready.with_suffix(".new").write_text(f"{os.getpid()} {os.environ['STAMPWELL_DATA']}")
        ready.with_suffix(".new").rename(ready)
        pytest.fail(f"woken by {signal.sigwait([signal.SIGUSR1])}, not killed")
