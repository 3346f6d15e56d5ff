"""A worker that is killed with a mail in hand loses none, and sends none under another id."""

import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from stampwell.clock import now
from stampwell.mail.models import Mail
from stampwell.mail.queue import Content, keep_mail, list_mail
from tests.doubles.smtp import END, MailServer, running_mail_server
from tests.processes import Program
from tests.serving import database_url

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
PATIENCE = 60  # seconds


def start_worker(server: MailServer, folder: Path) -> Program:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "STAMPWELL_DATA": str(folder),
        "STAMPWELL_TOKEN_KEY": settings.TOKEN_KEY.hex(),
        "STAMPWELL_SECRET_KEY": settings.SECRET_KEY,
        "STAMPWELL_BASE_URL": settings.BASE_URL,
        "STAMPWELL_MAIL_HOST": "127.0.0.1",
        "STAMPWELL_MAIL_PORT": str(server.port),
        "STAMPWELL_MAIL_TLS": "off",
        "STAMPWELL_MAIL_FROM": "hello@lume.example",
    }
    with (folder / "worker.log").open("ab") as log:
        return Program([sys.executable, "-m", "stampwell", "worker"], env=environment, stdout=log, stderr=log)


def wait_for(happened: Callable[[], bool], log: Path) -> None:
    limit = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < limit, log.read_text()
        time.sleep(0.02)


def test_a_worker_killed_after_the_mail_leaves_it_to_the_next(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    for number in range(5):
        keep_mail(f"p{number}@lume.example", Content("Hi", "Hi\n"), kind="trial", expires=now() + timedelta(days=1))
    with running_mail_server() as server:
        server.hangs_at = END
        first = start_worker(server, tmp_path)
        wait_for(lambda: len(server.mails) == 1, log)
        first.kill()
        first.wait()
        server.hangs_at = ""
        Mail.objects.update(due=now())  # as if the time in which the mail is in hand were over

        second = start_worker(server, tmp_path)
        wait_for(lambda: all(mail.state == "sent" for mail in list_mail()), log)
        second.terminate()
        second.wait()

    assert sorted(str(mail["To"]) for mail in server.mails) == [
        "p0@lume.example",
        *(f"p{number}@lume.example" for number in range(5)),
    ]
    assert len({mail["Message-ID"] for mail in server.mails}) == 5
