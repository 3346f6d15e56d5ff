"""What people find in their mailboxes."""

from django.core import mail
from django.core.mail import EmailMessage

from stampwell.mail.sending import send_due


def letters() -> list[EmailMessage]:
    """All that has been sent in this test, the oldest first; what was kept to be sent goes out now."""
    send_due()
    return list(mail.outbox)
