"""How a line of the log looks: text for people, or JSON for programs. Both name the request that they belong to."""

import logging
import os
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import msgspec

from stampwell.clock import now
from stampwell.log_secrets import SUSPICIOUS, SecretsHidden, without_people

current_request: ContextVar[str] = ContextVar("current_request", default="")  # empty outside of any
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)  # an id that may go through the log as it is


class _Line(msgspec.Struct, omit_defaults=True):
    time: datetime
    level: str
    logger: str
    message: str
    request: str = ""
    trace: str = ""
    facts: dict[str, str | int | float] = {}  # what the message says, for whoever wants to count


class TextLine(SecretsHidden):
    """`2026-11-23 10:00:00,000 ERROR stampwell.mail.sending [4f2a9c0d1e8b7a65] A mail was not sent.`"""

    def format(self, record: logging.LogRecord) -> str:
        """The request's id is put in last, because a proxy's may look like a secret."""
        request = current_request.get()
        begin = f"{self.formatTime(record)} {record.levelname} {record.name}"
        return f"{begin}{f' [{request}]' if request else ''} {super().format(record)}"


class JsonLine(SecretsHidden):
    """One object in one line, whatever was written."""

    def format(self, record: logging.LogRecord) -> str:
        line = _Line(
            time=datetime.fromtimestamp(record.created, UTC),
            level=record.levelname,
            logger=record.name,
            message=without_people(record.getMessage()),
            request=current_request.get(),
            trace=self._trace(record),
            facts={name: _hidden(fact) for name, fact in getattr(record, "facts", {}).items()},
        )
        return msgspec.json.encode(line).decode()

    def _trace(self, record: logging.LogRecord) -> str:
        told = record.exc_info if not record.name.startswith(SUSPICIOUS) else None
        parts = [self.formatException(told)] if told else []
        if record.stack_info:
            parts.append(self.formatStack(record.stack_info))
        return without_people("\n".join(parts))


FORMS: dict[str, type[SecretsHidden]] = {"text": TextLine, "json": JsonLine}


def read_logging(form: str) -> dict[str, Any]:
    """What Django takes as LOGGING. Raises ValueError with a sentence for whoever sets the server up."""
    chosen = FORMS.get(form.strip().lower() or "text")
    if chosen is None:
        raise ValueError("STAMPWELL_LOG is “text” or “json”.")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": chosen}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line"},
            "kept": {"class": "stampwell.watch.kept_errors.ErrorsKept"},
        },
        "root": {"handlers": ["console", "kept"], "level": "INFO"},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django.utils.autoreload": {"level": "WARNING"},
            "procrastinate": {"level": "WARNING"},  # each beginning and end of a job
            "httpcore": {"level": "WARNING"},  # it would write down what is sent
            "httpx": {"level": "WARNING"},  # each address that is asked
        },
    }


def say(text: str) -> None:
    """Says something to whoever started us, beside the log."""
    print(said_as(os.environ.get("STAMPWELL_LOG", ""), text), file=sys.stderr, flush=True)


def said_as(form: str, text: str) -> str:
    """What a program says that keeps no log: as it is, or as a line among the other lines of JSON.

    Nothing is taken out: it says what it means to say, such as the link of an invitation.
    """
    if form.strip().lower() != "json":
        return text
    line = _Line(time=now(), level="INFO", logger="stampwell.serve", message=text)
    return msgspec.json.encode(line).decode()


def _hidden(fact: str | float) -> str | int | float:
    return without_people(fact) if isinstance(fact, str) else fact
