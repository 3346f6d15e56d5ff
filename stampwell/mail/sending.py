"""The backend that all mail goes through: a mail that cannot be sent is written down, and no page fails."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from stampwell.mail.problems import explain

log = logging.getLogger(__name__)


class Mail(BaseEmailBackend):
    """Sends through the backend that was chosen in the settings."""

    def __init__(self, *, backend: str, options: dict[str, Any], alias: str | None = None) -> None:
        super().__init__(alias=alias)
        self.chosen: BaseEmailBackend = import_string(backend)(alias=alias, **options)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """The log names neither the person nor the link in the mail."""
        try:
            return self.chosen.send_messages(email_messages) or 0
        except Exception as error:
            log.error("A mail was not sent. %s", explain(error, self.chosen))
            with suppress(Exception):  # one that was refused is half open
                self.chosen.close()
            return 0
