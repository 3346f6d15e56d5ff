"""The settings of mail, read from the environment, and a sentence where they cannot work."""

from collections.abc import Mapping
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path

NAMES = ("HOST", "PORT", "USER", "PASSWORD", "PASSWORD_FILE", "TLS", "FROM", "BACKEND")
# Seconds for each answer of the mail server, for its answer to the mail itself, and for all of a visit. Nobody but the
# worker waits meanwhile; a server that distrusts strangers lets them wait for half a minute.
PATIENCE, ANSWER_TO_MAIL, WHOLE = 30.0, 120.0, 180.0
PORTS = {"starttls": 587, "implicit": 465, "off": 25}
TERMINAL = "stampwell.mail.terminal.Terminal"
SMTP = "stampwell.mail.smtp.Server"
OF_DJANGO = "django.core.mail.backends.smtp.EmailBackend"
NOBODY = "stampwell@localhost"

Mailer = dict[str, object]


class MailTrouble(Exception):
    """Mail cannot be sent with these settings; the text says why and what to do now."""


def read_mail(environment: Mapping[str, str]) -> tuple[Mailer, str]:
    """How mail is sent, as Django's MAILERS want it, and its sender."""
    settings = {name: environment.get(f"STAMPWELL_MAIL_{name}", "").strip() for name in NAMES}
    settings["PASSWORD"] = _read_password(settings)
    if settings["HOST"]:
        if settings["BACKEND"] not in ("", OF_DJANGO):
            raise MailTrouble("Set STAMPWELL_MAIL_HOST or STAMPWELL_MAIL_BACKEND, not both.")
        backend, options = SMTP, _read_server(settings)
    else:
        _refuse_half(settings)
        backend, options = settings["BACKEND"] or TERMINAL, {}
    sender = _read_sender(settings)
    return {"BACKEND": backend, "OPTIONS": options}, sender


def _read_server(settings: Mapping[str, str]) -> Mailer:
    if "/" in settings["HOST"] or settings["HOST"].count(":") == 1:
        raise MailTrouble(
            "STAMPWELL_MAIL_HOST is the name of a mail server alone, such as smtp.example.com; "
            "its port is set in STAMPWELL_MAIL_PORT."
        )
    if bool(settings["USER"]) != bool(settings["PASSWORD"]):
        raise MailTrouble("Set both STAMPWELL_MAIL_USER and STAMPWELL_MAIL_PASSWORD (or _PASSWORD_FILE), or neither.")
    tls = _read_tls(settings)
    return {
        "host": settings["HOST"].strip("[]"),
        "port": _read_port(settings["PORT"], PORTS[tls]),
        "username": settings["USER"] or None,
        "password": settings["PASSWORD"] or None,
        "use_tls": tls == "starttls",
        "use_ssl": tls == "implicit",
        "timeout": PATIENCE,
        "answer_to_mail": ANSWER_TO_MAIL,
        "whole": WHOLE,
    }


def _read_password(settings: Mapping[str, str]) -> str:
    """From a file, as systemd and containers hand secrets over, or as it is set."""
    if not settings["PASSWORD_FILE"]:
        return settings["PASSWORD"]
    if settings["PASSWORD"]:
        raise MailTrouble("Set STAMPWELL_MAIL_PASSWORD or STAMPWELL_MAIL_PASSWORD_FILE, not both.")
    try:
        lines = Path(settings["PASSWORD_FILE"]).read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise MailTrouble(f"STAMPWELL_MAIL_PASSWORD_FILE cannot be read: {reason}.") from error
    if not lines or not lines[0].strip():
        raise MailTrouble("The first line of STAMPWELL_MAIL_PASSWORD_FILE is empty: it holds the password.")
    return lines[0].strip()


def _read_tls(settings: Mapping[str, str]) -> str:
    """On port 465 a server speaks TLS from the first byte; asked otherwise, it would stay silent."""
    tls = settings["TLS"].lower() or ("implicit" if settings["PORT"] == "465" else "starttls")
    if tls not in PORTS:
        raise MailTrouble("STAMPWELL_MAIL_TLS is “starttls”, “implicit” (TLS from the first byte) or “off”.")
    return tls


def _read_port(text: str, usual: int) -> int:
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise MailTrouble("STAMPWELL_MAIL_PORT is a number from 1 to 65535.")
    return int(text)


def _refuse_half(settings: Mapping[str, str]) -> None:
    """Without a host the rest would be without effect, and nobody would notice before the first lost mail."""
    if settings["BACKEND"] == OF_DJANGO:
        raise MailTrouble("Set STAMPWELL_MAIL_HOST to the mail server; STAMPWELL_MAIL_BACKEND is not needed then.")
    for name in ("PORT", "USER", "PASSWORD", "TLS"):
        if settings[name]:
            raise MailTrouble(f"STAMPWELL_MAIL_{name} is set, but STAMPWELL_MAIL_HOST is not: which mail server is it?")


def _read_sender(settings: Mapping[str, str]) -> str:
    """The address that mail comes from. A real server refuses that of nobody, so there it has to be said."""
    sender = settings["FROM"] or (settings["USER"] if "@" in settings["USER"] else "")
    if not sender and settings["HOST"]:
        raise MailTrouble("Set STAMPWELL_MAIL_FROM to the address that mail comes from, such as hello@shop.example.")
    sender = sender or NOBODY
    try:
        if "\n" in sender or "\r" in sender or not Address(addr_spec=parseaddr(sender)[1]).domain:
            raise ValueError(sender)
    except (ValueError, IndexError) as error:
        raise MailTrouble(
            "STAMPWELL_MAIL_FROM is an address such as hello@shop.example or Café Lume <hello@shop.example>."
        ) from error
    return sender
