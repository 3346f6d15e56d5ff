"""`stampwell worker` itself does jobs beside its schedule, and ends cleanly."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as product_settings
from django.db import connection

from stampwell.cards.recounting import ask_for_recounts
from stampwell.jobs.models import Job
from tests.processes import Program
from tests.serving import database_url
from tests.world import Shop

pytestmark = [pytest.mark.long, pytest.mark.machine_clock]

PATIENCE = 60.0


@pytest.fixture
def worker(queue: None, tmp_path: Path) -> Iterator[Program]:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "STAMPWELL_DATA": str(tmp_path),
        "STAMPWELL_TOKEN_KEY": product_settings.TOKEN_KEY.hex(),
        "STAMPWELL_SECRET_KEY": product_settings.SECRET_KEY,
    }
    with (tmp_path / "worker.log").open("wb") as log:
        process = Program([sys.executable, "-m", "stampwell", "worker"], env=environment, stdout=log, stderr=log)
    yield process
    process.kill()
    process.wait()


def wait_until_done(worker: Program, log: Path) -> None:
    limit = time.monotonic() + PATIENCE
    while not Job.objects.filter(state="done").exists():
        assert worker.poll() is None, log.read_text()
        assert time.monotonic() < limit, log.read_text()
        time.sleep(0.02)


def test_the_worker_does_jobs_and_ends_when_told(worker: Program, lume: Shop, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    lume.publish().card()
    ask_for_recounts()
    wait_until_done(worker, log)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(PATIENCE) == 0
    assert log.read_text() == ""  # nothing was amiss
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_workers")
        assert cursor.fetchone() == (0,)
