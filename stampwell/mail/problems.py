"""Why a mail server did not take a mail: in a sentence for the operator, and what is to be done with the mail now."""

import smtplib
import socket
import ssl
from enum import Enum, auto

from django.core.mail.backends.base import BaseEmailBackend

from stampwell.mail.smtp import Unanswered

TRY = "`stampwell mail check` tries it again."
# The first kind that fits; a kind stands before those that it is one of.
REASONS: list[tuple[type[Exception], str]] = [
    (smtplib.SMTPAuthenticationError, "{server} does not take STAMPWELL_MAIL_USER and STAMPWELL_MAIL_PASSWORD."),
    (smtplib.SMTPSenderRefused, "{server} does not take STAMPWELL_MAIL_FROM as a sender (answer {answer})."),
    (smtplib.SMTPRecipientsRefused, "{server} does not take mail for this person (answer {answer})."),
    (Unanswered, "{server} did not say whether it took the mail."),
    (smtplib.SMTPResponseException, "{server} did not take the mail (answer {answer})."),
    (smtplib.SMTPNotSupportedError, "{server} does not offer what is set in STAMPWELL_MAIL_TLS and _PORT."),
    (smtplib.SMTPException, "{server} broke off: look at STAMPWELL_MAIL_TLS and _PORT."),
    (ssl.SSLCertVerificationError, "The certificate of {server} is not trusted: {answer}."),
    (ssl.SSLError, "{server} does not speak TLS as it is set in STAMPWELL_MAIL_TLS and _PORT."),
    (socket.gaierror, "There is no mail server of the name {server}: look at STAMPWELL_MAIL_HOST."),
    (TimeoutError, "{server} does not answer: look at STAMPWELL_MAIL_TLS and _PORT, and at the firewall."),
    (OSError, "Nobody answers at {server}: look at STAMPWELL_MAIL_HOST and _PORT."),
    (ValueError, "Mail cannot be sent to an address that is written like this."),
    (Exception, "The backend of mail failed ({answer})."),
]


class Verdict(Enum):
    """What is true of the mail after an error."""

    REFUSED = auto()  # for good: another try would end the same way
    LATER = auto()  # the server takes it perhaps in a while
    DOUBTFUL = auto()  # the server may have taken it, or not
    NOT_ITS_FAULT = auto()  # no mail at all goes out at the moment


def judge(error: Exception) -> Verdict:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _by_code(next((code for code, _words in error.recipients.values()), 0))
    if isinstance(error, smtplib.SMTPDataError):
        return _by_code(error.smtp_code)
    if isinstance(error, Unanswered):
        return Verdict.DOUBTFUL
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return Verdict.REFUSED
    return Verdict.NOT_ITS_FAULT if isinstance(error, OSError) else Verdict.LATER


def _by_code(code: int) -> Verdict:
    if code == 421:  # it closes, whoever asks
        return Verdict.NOT_ITS_FAULT
    return {4: Verdict.LATER, 5: Verdict.REFUSED}.get(code // 100, Verdict.DOUBTFUL)


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
