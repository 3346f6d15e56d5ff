"""Why a mail server did not take a mail, in a sentence for the operator."""

import smtplib
import socket
import ssl

from django.core.mail.backends.base import BaseEmailBackend

TRY = "`stampwell mail check` tries it again."
# The first kind that fits; a kind stands before those that it is one of.
REASONS: list[tuple[type[Exception], str]] = [
    (smtplib.SMTPAuthenticationError, "{server} does not take STAMPWELL_MAIL_USER and STAMPWELL_MAIL_PASSWORD."),
    (smtplib.SMTPSenderRefused, "{server} does not take STAMPWELL_MAIL_FROM as a sender (answer {answer})."),
    (smtplib.SMTPRecipientsRefused, "{server} does not take mail for this person (answer {answer})."),
    (smtplib.SMTPResponseException, "{server} did not take the mail (answer {answer})."),
    (smtplib.SMTPNotSupportedError, "{server} does not offer what is set in STAMPWELL_MAIL_TLS and _PORT."),
    (smtplib.SMTPException, "{server} broke off: look at STAMPWELL_MAIL_TLS and _PORT."),
    (ssl.SSLCertVerificationError, "The certificate of {server} is not trusted: {answer}."),
    (ssl.SSLError, "{server} does not speak TLS as it is set in STAMPWELL_MAIL_TLS and _PORT."),
    (socket.gaierror, "There is no mail server of the name {server}: look at STAMPWELL_MAIL_HOST."),
    (TimeoutError, "{server} does not answer: look at STAMPWELL_MAIL_TLS and _PORT, and at the firewall."),
    (OSError, "Nobody answers at {server}: look at STAMPWELL_MAIL_HOST and _PORT."),
    (Exception, "The backend of mail failed ({answer})."),
]


def explain(error: Exception, backend: BaseEmailBackend) -> str:
    """Never with what the server repeats of the mail itself, such as the person's address."""
    server = f"{getattr(backend, 'host', '')}:{getattr(backend, 'port', '')}"
    reason = next(text for kind, text in REASONS if isinstance(error, kind))
    return f"{reason.format(server=server, answer=_answer(error))} {TRY}"


def _answer(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return ", ".join(sorted({str(code) for code, _words in error.recipients.values()}))
    if isinstance(error, smtplib.SMTPResponseException):
        return str(error.smtp_code)
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return type(error).__name__
