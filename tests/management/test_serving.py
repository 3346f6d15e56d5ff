"""`stampwell serve` as it really runs: looked at from outside, ended by signals."""

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from django.conf import settings

from stampwell.database.leftovers import describe_process
from stampwell.installation.models import KnownKey
from tests.certificates import make_pair
from tests.processes import Program
from tests.serving import PATIENCE, database_url, free_port

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True), pytest.mark.machine_clock]
ROOT = Path(__file__).resolve().parents[2]


class Served:
    def __init__(self, folder: Path, port: int, process: Program) -> None:
        self.folder, self.port, self.process = folder, port, process

    @property
    def said(self) -> str:
        return (self.folder / "said").read_text()

    def wait_until(self, pattern: str) -> "re.Match[str]":
        ends = time.monotonic() + 2 * PATIENCE
        while not (found := re.search(pattern, self.said)):
            assert self.process.poll() is None, self.said
            assert time.monotonic() < ends, self.said
            time.sleep(0.05)
        return found

    def children(self) -> dict[str, int]:
        """The programs that it wrote down, by the last word of their command."""
        [record] = self.folder.glob("data/programs-*")
        lines = record.read_text().splitlines()[1:]
        return {word: int(pid) for pid, word in (line.split(" ") for line in lines)}


def surroundings(folder: Path, port: int, **others: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": database_url(),
        "STAMPWELL_SETTINGS": "",
        "STAMPWELL_DATA": str(folder / "data"),
        "STAMPWELL_LISTEN": f"127.0.0.1:{port}",
        "STAMPWELL_BASE_URL": f"http://127.0.0.1:{port}",
        "STAMPWELL_TOKEN_KEY": settings.TOKEN_KEY.hex(),
        **others,
    }


@contextmanager
def serving(folder: Path, *flags: str, **others: str) -> Iterator[Served]:
    port = free_port()
    with (folder / "said").open("wb") as said:
        command = [sys.executable, "-m", "stampwell", "serve", *flags]
        process = Program(command, stdout=said, stderr=said, cwd=folder, env=surroundings(folder, port, **others))
    served = Served(folder, port, process)
    try:
        served.wait_until("is running")
        yield served
    finally:
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=PATIENCE)


def refused(folder: Path, *flags: str, **others: str) -> str:
    """What it said when it did not start."""
    command = [sys.executable, "-m", "stampwell", "serve", *flags]
    process = Program(command, stderr=subprocess.PIPE, cwd=folder, env=surroundings(folder, free_port(), **others))
    _out, said = process.communicate(timeout=2 * PATIENCE)
    assert process.wait() == 1
    assert b"Traceback" not in said
    return said.decode()


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        url = f"http://127.0.0.1:{served.port}"
        assert httpx.get(f"{url}/accounts/login/").status_code == 200
        assert KnownKey.objects.count() == 1
        assert f"Process {served.process.pid} serves the data folder" in refused(tmp_path)
        worker = served.children()["worker"]

        served.process.terminate()

        assert served.process.wait(timeout=2 * PATIENCE) == 0
    assert served.said.endswith("Stopping.\nStopped.\n")
    assert describe_process(worker)[0] in ("", "Z")
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_the_supervisor_loads_neither_django_nor_the_databases_library() -> None:
    """It stays for as long as the product runs, and all that it loads comes before the first answer."""
    loaded = "import sys, stampwell.management.serving; print({'django', 'psycopg', 'asyncio'} & sys.modules.keys())"

    done = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"


def test_a_part_that_dies_is_started_again(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-web") as served:
        worker = served.children()["worker"]

        os.kill(worker, signal.SIGKILL)

        served.wait_until("The worker process ended by itself")
        ends = time.monotonic() + PATIENCE
        while served.children()["worker"] == worker:
            assert time.monotonic() < ends
            time.sleep(0.05)


def test_web_and_worker_may_be_two_processes_of_one_folder(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-web"):
        (tmp_path / "web").mkdir()
        with serving(tmp_path / "web", "--no-worker", STAMPWELL_DATA=str(tmp_path / "data")) as web:
            assert httpx.get(f"http://127.0.0.1:{web.port}/accounts/login/").status_code == 200


def test_a_key_that_does_not_fit_the_data_is_refused(tmp_path: Path) -> None:
    KnownKey.objects.create(name="token_key", fingerprint=bytes(16))

    said = refused(tmp_path)

    assert "The token key is not the one that this database was made with" in said
    assert not (tmp_path / "data" / "static").exists()


def test_where_the_log_is_json_every_line_of_a_refused_start_is(tmp_path: Path) -> None:
    KnownKey.objects.create(name="token_key", fingerprint=bytes(16))

    said = [json.loads(line)["message"] for line in refused(tmp_path, STAMPWELL_LOG="json").splitlines()]

    assert [line for line in said if "The token key is not the one that this database was made with" in line] != []


def test_an_address_without_https_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    said = refused(tmp_path, STAMPWELL_BASE_URL="http://cards.example.com")

    assert "which is not https" in said
    assert not (tmp_path / "data").exists()


def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    said = refused(tmp_path, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert "The database cannot be used. It says:" in said


def test_what_is_no_database_address_is_told(tmp_path: Path) -> None:
    assert "DATABASE_URL is not the address of a PostgreSQL" in refused(tmp_path, DATABASE_URL="mysql://x")


def test_a_renewed_certificate_is_served_without_a_new_start(tmp_path: Path) -> None:
    today = datetime.now(UTC)
    pair = make_pair(tmp_path / "tls", "localhost", today - timedelta(days=80))
    tls = {"STAMPWELL_TLS_CERTIFICATE": str(pair.certificate), "STAMPWELL_TLS_KEY": str(pair.key)}
    with serving(tmp_path, "--no-worker", STAMPWELL_BASE_URL="https://localhost", **tls) as served:
        old = _serial_number(served.port)
        trusting = ssl.create_default_context(cafile=pair.certificate)
        answer = httpx.get(
            f"https://localhost:{served.port}/accounts/login/", headers={"Host": "localhost"}, verify=trusting
        )
        assert answer.status_code == 200
        make_pair(tmp_path / "tls", "localhost", today)

        served.process.send_signal(signal.SIGHUP)

        served.wait_until("The certificate is read anew")
        ends = time.monotonic() + 2 * PATIENCE
        while _serial_number(served.port) == old:
            assert time.monotonic() < ends, served.said


def _serial_number(port: int) -> int:
    """Asked again where a worker that ends cuts the connection off."""
    while True:
        with suppress(OSError):
            shown = ssl.get_server_certificate(("127.0.0.1", port), timeout=PATIENCE)
            return x509.load_pem_x509_certificate(shown.encode()).serial_number
