"""The mail to whoever runs the installation. In English, as all that the server says to its operator."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec
from django.conf import settings

from stampwell.clock import now
from stampwell.mail.models import Rank
from stampwell.mail.operator import mail_operator
from stampwell.mail.queue import Content, keep_mail

REST = timedelta(minutes=10)  # before a mail server that did not take a mail is asked again

log = logging.getLogger(__name__)

FOOT = """\
What lasts is told once a day, and again when it is over. What to do is in docs/operating/trouble.md.
STAMPWELL_ALARM_TO says who gets this mail."""


class Letter(msgspec.Struct, frozen=True):
    subject: str
    text: str


class Line(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def said(self) -> str: ...
    @property
    def since(self) -> datetime: ...


def keep_letter(letter: Letter) -> bool:
    """For the worker to send, in the transaction that notes that it was told. A day later there is another one."""
    content, expires = Content(letter.subject, letter.text), now() + timedelta(days=1)
    for address in settings.ALARM_TO:
        keep_mail(address, content, kind="alarm", expires=expires, rank=Rank.AWAITED)
    return True


class Post:
    """Sends letters past the queue, where the worker or the database is what is wrong.

    Where that does not work, it rests a while before it tries again.
    """

    def __init__(self) -> None:
        self._rests_until = datetime.min.replace(tzinfo=UTC)

    def send(self, letter: Letter) -> bool:
        if now() < self._rests_until:
            return False
        if trouble := mail_operator(letter.subject, letter.text):
            log.error("The operator was not told “%s”. %s", letter.subject, trouble)
            self._rests_until = now() + REST
            return False
        return True


def write_letter(*, new: Sequence[Line], old: Sequence[Line], over: Sequence[Line]) -> Letter | None:
    """`new` is what is to be told, `old` what was told and lasts, `over` what is well again. None if nothing is new."""
    if not new and not over:
        return None
    parts = [settings.BASE_URL]
    if new:
        parts.append(_list("What is wrong:", [f"{one.said} (since {_moment(one.since)})" for one in new]))
    if over:
        parts.append(_list("What is well again:", [f"{one.title} (since {_moment(one.since)})" for one in over]))
    if old:
        parts.append(_list("What you were told of already, and is still wrong:", [one.title for one in old]))
    return Letter(f"[Stampwell {_host()}] {_subject(new, old)}", "\n\n".join([*parts, FOOT]))


def _subject(new: Sequence[Line], old: Sequence[Line]) -> str:
    if len(new) == 1:
        return new[0].title
    if new:
        return f"{len(new)} things are wrong"
    return "Some of it is well again" if old else "All is well again"


def _list(head: str, lines: Sequence[str]) -> str:
    return "\n".join([head, *(f"- {line}" for line in lines)])


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%d %B %Y, %H:%M} UTC"


def _host() -> str:
    return settings.BASE_URL.partition("://")[2]
