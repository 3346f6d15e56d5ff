"""The settings of mail: what is said in them, and what cannot work is refused when the product starts."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stampwell.mail.configuration import MailTrouble, read_mail

SERVER = {"HOST": "smtp.example", "FROM": "hello@lume.example"}


def read(**settings: str) -> tuple[str, dict[str, Any], str]:
    mailer, sender = read_mail({f"STAMPWELL_MAIL_{name}": value for name, value in settings.items()})
    options: Any = mailer["OPTIONS"]
    return str(mailer["BACKEND"]), options, sender


def test_without_a_server_mail_is_written_to_the_terminal() -> None:
    assert read() == ("stampwell.mail.terminal.Terminal", {}, "stampwell@localhost")


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({}, (587, True, False)),
        ({"TLS": "StartTLS", "PORT": "2525"}, (2525, True, False)),
        ({"TLS": "implicit"}, (465, False, True)),
        ({"PORT": "465"}, (465, False, True)),
        ({"TLS": "off"}, (25, False, False)),
    ],
)
def test_the_port_and_the_encryption_follow_each_other(
    settings: dict[str, str], wanted: tuple[int, bool, bool]
) -> None:
    _backend, options, _sender = read(**SERVER, **settings)

    assert (options["port"], options["use_tls"], options["use_ssl"]) == wanted
    assert (options["host"], options["timeout"]) == ("smtp.example", 30.0)


def test_a_user_that_is_an_address_is_the_sender() -> None:
    _backend, options, sender = read(HOST="smtp.example", USER="ada@lume.example", PASSWORD="p")

    assert (options["username"], options["password"], sender) == ("ada@lume.example", "p", "ada@lume.example")


def test_the_password_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("many words\n")

    _backend, options, _sender = read(**SERVER, USER="ada", PASSWORD_FILE=str(file))

    assert options["password"] == "many words"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\n", "first line of STAMPWELL_MAIL_PASSWORD_FILE is empty"),
        (b"\xff", "it is no text"),
        (None, "No such file"),
    ],
)
def test_a_file_without_a_password_is_told(tmp_path: Path, content: bytes | None, what: str) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(MailTrouble, match=what):
        read(**SERVER, USER="ada", PASSWORD_FILE=str(file))


@pytest.mark.parametrize("sender", ["hello@lume.example", "Café Lume <hello@lume.example>", "hello@kafejnīca.lv"])
def test_a_sender_may_have_a_name(sender: str) -> None:
    assert read(HOST="smtp.example", FROM=sender)[2] == sender


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}, "Set STAMPWELL_MAIL_HOST"),
        ({"USER": "ada", "PASSWORD": "p"}, "STAMPWELL_MAIL_HOST is not"),
        ({"PORT": "25"}, "STAMPWELL_MAIL_HOST is not"),
        ({**SERVER, "BACKEND": "their.Backend"}, "not both"),
        ({**SERVER, "HOST": "smtp://smtp.example"}, "is the name of a mail server alone"),
        ({**SERVER, "HOST": "smtp.example:587"}, "is the name of a mail server alone"),
        ({**SERVER, "USER": "ada"}, "or neither"),
        ({**SERVER, "PASSWORD": "p"}, "or neither"),
        ({**SERVER, "USER": "ada", "PASSWORD": "p", "PASSWORD_FILE": "f"}, "not both"),
        ({**SERVER, "TLS": "yes"}, "STAMPWELL_MAIL_TLS is"),
        ({**SERVER, "PORT": "smtp"}, "STAMPWELL_MAIL_PORT is a number"),
        ({**SERVER, "PORT": "0"}, "STAMPWELL_MAIL_PORT is a number"),
        ({"HOST": "smtp.example"}, "Set STAMPWELL_MAIL_FROM"),
        ({**SERVER, "FROM": "Café Lume"}, "STAMPWELL_MAIL_FROM is an address"),
        ({**SERVER, "FROM": "a@b.example\nBcc: c@d.example"}, "STAMPWELL_MAIL_FROM is an address"),
    ],
)
def test_what_cannot_work_is_refused_in_a_sentence(settings: dict[str, str], what: str) -> None:
    with pytest.raises(MailTrouble, match=what):
        read(**settings)


def test_the_product_does_not_start_with_settings_that_cannot_work() -> None:
    environment = {**os.environ, "STAMPWELL_MAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend"}

    done = subprocess.run(
        [sys.executable, "-c", "import stampwell.settings"], env=environment, capture_output=True, text=True
    )

    said = "Set STAMPWELL_MAIL_HOST to the mail server; STAMPWELL_MAIL_BACKEND is not needed then.\n"
    assert (done.returncode, done.stderr) == (1, said)
