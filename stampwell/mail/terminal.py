"""Mail on the terminal, for a machine without a mail server: readable, and with links that can be copied."""

import sys
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Terminal(BaseEmailBackend):
    """Django's own prints what goes over the wire, where a long link is folded."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            rule = "-" * 72
            print(f"{rule}\nTo: {', '.join(mail.to)}\nSubject: {mail.subject}\n\n{mail.body}\n{rule}", file=sys.stderr)
        sys.stderr.flush()
        return len(email_messages)
