"""Looking whether the mail server is there and lets us in, before somebody waits for a mail."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from stampwell.mail.problems import explain
from stampwell.mail.terminal import Terminal


def find_trouble() -> str | None:
    """Connects and signs in, without sending anything; a backend of another kind cannot be asked."""
    backend = chosen_backend()
    if not isinstance(backend, EmailBackend):
        return None
    try:
        with backend:
            pass
    except Exception as error:
        return explain(error, backend)
    return None


def send_trial(address: str) -> str | None:
    """Sends a mail that says so, past the queue; why it could not be sent."""
    text = f"This is a trial from {settings.BASE_URL}. Mail of Stampwell reaches you."
    return send_now(EmailMessage("Stampwell", text, settings.DEFAULT_FROM_EMAIL, [address]))


def send_now(mail: Any) -> str | None:
    """For somebody who waits for it to be sent; why it could not be."""
    backend = chosen_backend()
    try:
        with backend:
            backend.send_messages([mail])
    except Exception as error:
        return explain(error, backend)
    return None


def has_mail_server() -> bool:
    """Whether mail leaves this machine at all, rather than being shown on its terminal."""
    return not isinstance(chosen_backend(), Terminal)


def chosen_backend() -> BaseEmailBackend:
    backend: BaseEmailBackend = mailers.default
    return backend
