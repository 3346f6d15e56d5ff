"""Mail through a mail server: it arrives in the reader's language, and no page fails where it cannot be sent."""

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.translation import gettext, override
from pytest_django import Settings

from stampwell.mail.configuration import read_mail
from stampwell.management.commands.worker import look_at_mail
from tests.doubles.smtp import PASSWORD, USER, MailServer, running_mail_server
from tests.serving import free_port
from tests.world import Shop


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    """A mail server, and a product that is set up to send through it."""
    with running_mail_server() as double:
        send_through(settings, PORT=str(double.port))
        yield double


def send_through(settings: Settings, **others: str) -> None:
    said = {"HOST": "127.0.0.1", "TLS": "off", "USER": USER, "PASSWORD": PASSWORD, **others}
    mailer, settings.DEFAULT_FROM_EMAIL = read_mail({f"STAMPWELL_MAIL_{name}": value for name, value in said.items()})
    settings.MAILERS = {"default": mailer}


def ask_for_a_password(language: str, email: str) -> Any:
    return Client(headers={"accept-language": language}).post("/accounts/password/reset/", {"email": email})


@pytest.mark.parametrize("language", ["en", "kk", "ja"])
def test_a_link_for_a_new_password_arrives_and_works(server: MailServer, lume: Shop, language: str) -> None:
    with override(language):
        subject = gettext("Choose a new password")

    assert ask_for_a_password(language, lume.owner.email).status_code == 302

    [mail] = server.mails
    assert server.is_signed_in
    assert (mail["To"], mail["From"]) == (lume.owner.email, USER)
    assert mail["Subject"] == subject
    text = "\n".join(mail.get_content().splitlines())
    link = re.search(r"^https?://\S+/accounts/password/reset/key/\S+$", text, re.M)
    assert link is not None
    visitor = Client()
    page = visitor.get(re.sub(r"^https?://[^/]+", "", link[0]), follow=True)
    new = "four words in a row"
    visitor.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    answer = visitor.post("/accounts/login/", {"login": lume.owner.email, "password": new})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"AUTH": "535 not you"}, "does not take STAMPWELL_MAIL_USER and STAMPWELL_MAIL_PASSWORD."),
        ({"MAIL": "553 who are you"}, "does not take STAMPWELL_MAIL_FROM as a sender (answer 553)."),
        ({"RCPT": "550 {person} is not here"}, "does not take mail for this person (answer 550)."),
        ({"DATA": "452 full"}, "did not take the mail (answer 452)."),
    ],
)
def test_a_server_that_refuses_fails_no_page_and_is_told_without_the_person(
    server: MailServer, lume: Shop, caplog: pytest.LogCaptureFixture, answers: dict[str, str], why: str
) -> None:
    server.answers = {verb: answer.format(person=lume.owner.email) for verb, answer in answers.items()}

    assert ask_for_a_password("en", lume.owner.email).status_code == 302

    [told] = [record.getMessage() for record in caplog.records if record.name == "stampwell.mail.sending"]
    assert told == f"A mail was not sent. 127.0.0.1:{server.port} {why} `stampwell mail check` tries it again."


def test_a_server_that_is_not_there_fails_no_page(
    settings: Settings, lume: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    send_through(settings, PORT=str(free_port()))

    assert ask_for_a_password("en", lume.owner.email).status_code == 302
    assert "Nobody answers at 127.0.0.1:" in caplog.text
    assert lume.owner.email not in caplog.text


def test_a_person_whose_address_no_server_takes_fails_no_page(server: MailServer, lume: Shop) -> None:
    assert ask_for_a_password("en", "müller@lume.example").status_code < 500


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
    send_through(settings, **{"PORT": str(server.port), **said})

    with pytest.raises(CommandError, match=why):
        call_command("mail", "check")
    with caplog.at_level(logging.ERROR):
        look_at_mail()
    assert why in caplog.text


def test_the_terminal_shows_a_link_that_can_be_copied(
    settings: Settings, lume: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    mailer, settings.DEFAULT_FROM_EMAIL = read_mail({})
    settings.MAILERS = {"default": mailer}

    ask_for_a_password("lv", lume.owner.email)
    look_at_mail()

    assert re.search(r"^https?://\S+/accounts/password/reset/key/\S{20,}$", capsys.readouterr().err, re.M)
