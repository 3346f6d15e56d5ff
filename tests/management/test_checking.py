"""`stampwell check`: each thing that has to be right has its line, and the worst of them is the exit code."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from stampwell.backups.record import note_failure, note_success
from stampwell.clock import now, stopped_at
from stampwell.findings import Finding, Level, worst_of
from stampwell.installation.models import KnownKey
from stampwell.management.checking import look_at_modes
from stampwell.management.installation_checks import (
    look_at_backup,
    look_at_figures,
    look_at_installation,
    look_at_worker,
)
from stampwell.management.known_settings import look_at_names
from stampwell.management.outside_checks import look_from_outside
from stampwell.watch.errors import bring_errors, note_error
from stampwell.watch.figures import take_figures
from stampwell.watch.heartbeat import beat
from tests.doubles.smtp import PASSWORD, USER, running_mail_server
from tests.serving import Product, database_url, free_port
from tests.world import Shop

ROOT = Path(__file__).resolve().parents[2]


def check(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return stampwell(folder, "check", "--no-network", **environment)


def stampwell(folder: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    surroundings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "STAMPWELL_SETTINGS": "",
        "STAMPWELL_DATA": str(folder / "data"),
        "STAMPWELL_LISTEN": f"127.0.0.1:{free_port()}",
    }
    command = [sys.executable, "-m", "stampwell", *words]
    return subprocess.run(command, env=surroundings | environment, cwd=folder, capture_output=True, text=True)


@pytest.mark.machine_clock
def test_before_the_first_start_it_says_what_is_missing(tmp_path: Path) -> None:
    done = check(tmp_path)

    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith("amber ") and "There is no database in" in line]
    assert [line for line in lines if line.startswith("amber ") and "Start it with `stampwell serve`" in line]
    assert [*tmp_path.iterdir()] == []


@pytest.mark.machine_clock
@pytest.mark.parametrize(
    ("setting", "value", "why"),
    [
        ("STAMPWELL_BASE_URL", "cards.example.com", "does not begin with https://"),
        ("STAMPWELL_BASE_URL", "http://cards.example.com", "which is not https"),
        ("STAMPWELL_LISTEN", "80", "STAMPWELL_LISTEN is an address and a port"),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "The database cannot be used."),
        ("STAMPWELL_TLS_KEY", "/nowhere", "Set both"),
    ],
)
def test_what_does_not_work_is_red(setting: str, value: str, why: str, tmp_path: Path) -> None:
    done = check(tmp_path, **{setting: value})

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("RED ") and why in line]


def texts(findings: list[Finding]) -> str:
    return "\n".join(map(str, findings))


@pytest.mark.django_db
@pytest.mark.machine_clock
def test_an_installation_that_works_has_nothing_red(lume: Shop, tmp_path: Path) -> None:
    beat()

    found = list(look_at_installation(tmp_path, network=False))

    assert worst_of(found) < Level.RED, texts(found)
    assert "good  The worker works." in texts(found)
    assert "good  Shops: 1. Accounts: 1." in texts(found)
    assert "There is no backup yet." in texts(found)


@pytest.mark.django_db
@pytest.mark.machine_clock
def test_a_trial_mail_can_be_asked_for(tmp_path: Path) -> None:
    with running_mail_server() as server:
        through = {"HOST": "localhost", "PORT": str(server.port), "TLS": "off", "USER": USER, "PASSWORD": PASSWORD}
        settings = {f"STAMPWELL_MAIL_{name}": value for name, value in through.items()}
        done = stampwell(tmp_path, "check", "mail", "--to", "ada@lume.example", DATABASE_URL=database_url(), **settings)

    assert (done.returncode, done.stdout) == (0, "The mail for ada@lume.example was taken.\n"), done.stderr
    assert [mail["To"] for mail in server.mails] == ["ada@lume.example"]


def test_nobody_to_write_to_without_mail(tmp_path: Path) -> None:
    done = stampwell(tmp_path, "check", "--to", "ada@lume.example")

    assert (done.returncode, done.stdout) == (2, "")
    assert "--to belongs to `stampwell check mail`" in done.stderr


@pytest.mark.django_db
@pytest.mark.machine_clock
def test_what_does_not_belong_together_is_said_alone(tmp_path: Path) -> None:
    KnownKey.objects.create(name="token_key", fingerprint=bytes(16))

    [found] = look_at_installation(tmp_path, network=False)

    assert found.level is Level.RED
    assert "The token key is not the one" in found.text


@pytest.mark.django_db
def test_a_worker_that_stands_still_is_red() -> None:
    assert look_at_worker().level is Level.AMBER
    with stopped_at(now() - timedelta(minutes=10)):
        beat()
    assert "for 10 minutes" in look_at_worker().text
    beat()
    assert look_at_worker().level is Level.GOOD


@pytest.mark.django_db
def test_what_the_worker_has_measured_is_looked_at() -> None:
    for _time in range(10):
        note_error()
    bring_errors()
    assert [*look_at_figures()] == []

    take_figures()

    [found] = look_at_figures()
    assert found.level is Level.AMBER
    assert "requests were answered with an error of ours" in found.text
    with stopped_at(now() + timedelta(minutes=11)):
        assert [*look_at_figures()] == []


def test_a_planned_backup_is_old_when_the_alarm_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped_at(now() - timedelta(hours=27)):
        note_success(tmp_path, place="/backups/1", size=1)
    assert look_at_backup(tmp_path).level is Level.GOOD  # made by hand

    monkeypatch.setenv("STAMPWELL_BACKUP_TO", "/backups")

    assert look_at_backup(tmp_path).level is Level.AMBER


def test_the_age_of_the_backup(tmp_path: Path) -> None:
    with stopped_at(now() - timedelta(days=9)):
        note_success(tmp_path, place="/backups/1", size=1)
    note_failure(tmp_path, "The disk is full.")
    assert look_at_backup(tmp_path).text.endswith("The disk is full.")
    note_success(tmp_path, place="/backups/2", size=1)
    assert look_at_backup(tmp_path).level is Level.GOOD


def test_from_outside_it_answers(product: Product) -> None:
    assert [(found.level, found.text) for found in look_from_outside(product.url)] == [
        (Level.GOOD, f"{product.url} answers, and knows who asks.")
    ]


def test_an_address_that_does_not_answer_is_told() -> None:
    [found] = look_from_outside(f"http://127.0.0.1:{free_port()}")

    assert found.level is Level.AMBER
    assert "Is `stampwell serve` running?" in found.text


def test_a_misspelt_setting_is_told() -> None:
    [found] = look_at_names({"STAMPWELL_BASEURL": "x", "STAMPWELL_DATA": "y", "OTHER": "z"})

    assert found.text == "STAMPWELL_BASEURL is set, and nothing reads it. Did you mean STAMPWELL_BASE_URL?"


def test_what_everybody_may_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAMPWELL_SETTINGS", "")
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    (keys / "token_key").touch(mode=0o600)
    assert [*look_at_modes(tmp_path)] == []

    (keys / "token_key").chmod(0o644)

    assert f"chmod o= {keys / 'token_key'}" in texts([*look_at_modes(tmp_path)])
