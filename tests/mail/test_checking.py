"""Whether the mail server is there and lets us in: told by `stampwell mail check` and by the worker."""

import logging
import re
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from stampwell.mail.configuration import read_mail
from stampwell.mail.sending import send_due
from stampwell.management.commands.worker import tell_mail_trouble
from stampwell.management.tls_files import Pair
from tests.certificates import make_pair
from tests.doubles.smtp import HANDSHAKE, PASSWORD, USER, MailServer, running_mail_server
from tests.world import Shop


@pytest.fixture(autouse=True)
def _every_visit_ends() -> Iterator[None]:
    """Whatever goes wrong: a watch that goes on would keep the connection open until its time is over."""
    before = set(threading.enumerate())
    yield
    after = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    assert [timer for timer in after if timer not in before and not timer.finished.is_set()] == []


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with running_mail_server() as double:
        send_through(settings, double)
        yield double


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    return make_pair(tmp_path_factory.mktemp("tls"), "localhost", begins, timedelta(days=36_500))


def send_through(settings: Settings, server: MailServer, **others: str) -> None:
    said = {"HOST": "localhost", "PORT": str(server.port), "TLS": "off", "USER": USER, "PASSWORD": PASSWORD, **others}
    mailer, settings.DEFAULT_FROM_EMAIL = read_mail({f"STAMPWELL_MAIL_{name}": value for name, value in said.items()})
    settings.MAILERS = {"default": mailer}


def encrypting(pair: Pair) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pair.certificate, pair.key)
    return context


def test_the_check_says_that_it_works_and_sends_a_trial(server: MailServer, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("mail", "check")
    assert server.mails == []
    call_command("mail", "check", "ada@lume.example")

    assert [mail["To"] for mail in server.mails] == ["ada@lume.example"]
    said = "The mail server lets us in.\nThe mail for ada@lume.example was taken.\n"
    assert capsys.readouterr().out == said


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"PASSWORD": "wrong"}, "does not take STAMPWELL_MAIL_USER"),
        ({"TLS": "starttls"}, "does not offer what is set in STAMPWELL_MAIL_TLS"),
        ({"TLS": "implicit"}, "does not speak TLS as it is set"),
        ({"HOST": "nobody.invalid"}, "There is no mail server of the name nobody.invalid"),
    ],
)
def test_a_wrong_setting_is_told_by_the_check_and_by_the_worker(
    server: MailServer,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    said: dict[str, str],
    why: str,
) -> None:
    send_through(settings, server, **said)

    with pytest.raises(CommandError, match=why):
        call_command("mail", "check")
    with caplog.at_level(logging.ERROR):
        tell_mail_trouble()
    assert why in caplog.text


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_mail_and_password_go_encrypted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, pair: Pair, tls: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pair.certificate))
    with running_mail_server(tls=encrypting(pair), is_implicit=tls == "implicit") as server:
        send_through(settings, server, TLS=tls)
        call_command("mail", "check", "ada@lume.example")

    assert (server.was_encrypted, server.is_signed_in, len(server.mails)) == (True, True, 1)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_nothing_goes_to_a_server_that_cannot_prove_its_name(settings: Settings, pair: Pair, tls: str) -> None:
    with running_mail_server(tls=encrypting(pair), is_implicit=tls == "implicit") as server:
        send_through(settings, server, TLS=tls)
        with pytest.raises(CommandError, match=r"The certificate of localhost:\d+ is not trusted"):
            call_command("mail", "check", "ada@lume.example")

    assert (server.is_signed_in, server.mails) == (False, [])


@pytest.mark.parametrize(("tls", "verb"), [("starttls", "STARTTLS"), ("starttls", HANDSHAKE), ("implicit", HANDSHAKE)])
def test_a_server_that_hangs_before_it_encrypts_is_left(settings: Settings, pair: Pair, tls: str, verb: str) -> None:
    with running_mail_server(tls=encrypting(pair), is_implicit=tls == "implicit") as server:
        send_through(settings, server, TLS=tls)
        settings.MAILERS["default"]["OPTIONS"]["timeout"] = 0.2
        server.hangs_at = verb
        with pytest.raises(CommandError, match="does not answer"):
            call_command("mail", "check")


@pytest.mark.django_db
def test_the_terminal_shows_a_link_that_can_be_copied(
    settings: Settings, lume: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    mailer, settings.DEFAULT_FROM_EMAIL = read_mail({})
    settings.MAILERS = {"default": mailer}

    Client(headers={"accept-language": "lv"}).post("/accounts/password/reset/", {"email": lume.owner.email})
    send_due()
    tell_mail_trouble()

    assert re.search(r"^https?://\S+/accounts/password/reset/key/\S{20,}$", capsys.readouterr().err, re.M)
