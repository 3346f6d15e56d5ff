"""Mail to whoever runs the installation, past the queue: for when the worker or the database is what is wrong."""

from django.conf import settings
from django.core.mail import EmailMessage

from stampwell.mail.checking import send_now


def mail_operator(subject: str, text: str) -> str | None:
    """Why it could not be sent."""
    headers = {"Auto-Submitted": "auto-generated"}  # no holiday answer comes back
    return send_now(EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, settings.ALARM_TO, headers=headers))
