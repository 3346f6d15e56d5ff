"""The worker's part in sending mail: beside everything else, and with a rest where no mail goes out."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django import Settings

from stampwell.clock import now
from stampwell.mail.configuration import read_mail
from stampwell.mail.postman import Postman
from stampwell.mail.queue import Content, keep_mail, list_mail
from tests.doubles.smtp import GREETING, MailServer, running_mail_server

pytestmark = pytest.mark.django_db(transaction=True)
LONG = 60.0  # seconds; it ends at once


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with running_mail_server() as double:
        said = {"HOST": "127.0.0.1", "PORT": str(double.port), "TLS": "off", "FROM": "hello@lume.example"}
        settings.MAILERS = {"default": read_mail({f"STAMPWELL_MAIL_{name}": value for name, value in said.items()})[0]}
        yield double


def keep() -> None:
    keep_mail("eve@lume.example", Content("Hello", "Hello.\n"), kind="trial", expires=now() + timedelta(days=1))


def test_mail_goes_out_by_itself(server: MailServer) -> None:
    postman = Postman()
    postman.look()
    assert server.visits == 0
    keep()

    postman.look()
    postman.wait(LONG)

    assert [mail.state for mail in list_mail()] == ["sent"]


def test_a_server_that_hangs_holds_up_nobody_but_the_postman(server: MailServer) -> None:
    server.hangs_at = GREETING
    keep()
    postman = Postman()

    postman.look()
    postman.look()
    server.is_over.set()
    postman.wait(LONG)

    assert server.visits == 1
    assert [mail.state for mail in list_mail()] == ["waiting"]


def test_a_server_that_takes_nothing_has_its_rest(server: MailServer) -> None:
    server.leaves_at = GREETING
    keep()
    postman = Postman()

    for _second in range(3):
        postman.look()
        postman.wait(LONG)

    assert server.visits == 1


def test_a_postman_who_was_stopped_begins_no_further_mail(server: MailServer) -> None:
    keep()
    postman = Postman()
    postman.stop(patience=LONG)

    postman.look()
    postman.wait(LONG)

    assert server.mails == []
