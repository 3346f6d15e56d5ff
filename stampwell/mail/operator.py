"""Mail to whoever runs the installation."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from stampwell.mail.checking import chosen_backend
from stampwell.mail.problems import explain


def mail_operator(subject: str, text: str) -> str | None:
    """Why it could not be sent."""
    headers = {"Auto-Submitted": "auto-generated"}  # no holiday answer comes back
    mail: Any = EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, settings.ALARM_TO, headers=headers)
    backend = chosen_backend()
    try:
        with backend:
            backend.send_messages([mail])
    except Exception as error:
        return explain(error, backend)
    return None
