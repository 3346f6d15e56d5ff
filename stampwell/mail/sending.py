"""Sends the mail that waits, one after the other, and writes down what became of each.

What somebody waits for goes first, however much other mail is due. Two rules keep that fair: each tenth mail is the
one that is due the longest, of whatever rank; and an awaited mail with which the server was shut a few times goes the
usual way from then on, for perhaps the server shuts because of this one.

A mail is taken in hand by moving its `due` ahead, in a short transaction; no transaction is open while the mail server
is spoken to. Whoever dies in between leaves it due again when that time is over.
"""

import logging
import random
import threading
from contextlib import suppress
from datetime import timedelta
from email.utils import format_datetime
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.db.models import Q, QuerySet

from stampwell.clock import now
from stampwell.mail.checking import chosen_backend
from stampwell.mail.configuration import WHOLE
from stampwell.mail.models import Mail, Rank
from stampwell.mail.problems import Verdict, explain, judge
from stampwell.mail.queue import Content
from stampwell.outgoing import RetryPlan
from stampwell.tokens import unseal
from stampwell.transactions.outages import OUTAGES, tell_outage

CLAIMED = timedelta(seconds=WHOLE) + timedelta(minutes=2)  # a visit has ended by then, or its process has
LATER = RetryPlan(
    (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=15),
        timedelta(hours=1),
        timedelta(hours=4),
        timedelta(hours=12),
        timedelta(days=1),
        timedelta(days=1),
        timedelta(days=1),
    )
)
DOUBTFUL = RetryPlan((timedelta(minutes=15), timedelta(hours=2)))  # each try may be one mail too many
# A mail that is due later than this was put off while a clock was ahead: it is due now.
FURTHEST = LATER.longest * 2
ASKED_AGAIN = 1.0  # seconds, where the database did not answer
KEY_IS_GONE = "It was sealed with a STAMPWELL_TOKEN_KEY that is gone. Bring that key back and retry it, or drop it."
FAIR_TURN = 10
SHUT_OUT = 3  # times in hand, after which a mail is awaited no more
State = Mail.State
BY_RANK, BY_DUE = ("rank", "due", "id"), ("due", "id")

log = logging.getLogger(__name__)


class Round(msgspec.Struct, frozen=True):
    """How many the server took, and whether it takes no mail at all at the moment, whosever it is."""

    taken: int
    is_shut: bool = False


def send_due(*, stopping: threading.Event | None = None) -> Round:
    """Sends whatever is due, what is awaited first, until the server takes no more."""
    stopping, taken, turns = stopping or threading.Event(), 0, count(1)
    while not stopping.is_set() and (mail := _take_in_hand(_order(next(turns)))):
        verdict = _send(mail, stopping)
        taken += verdict is None
        if verdict is Verdict.NOT_ITS_FAULT:
            return Round(taken, is_shut=True)
    return Round(taken)


def is_any_due() -> bool:
    return _due().exists()


def _due() -> "QuerySet[Mail]":
    """What nobody has taken in hand yet is due at once, also where it was kept while a clock was ahead."""
    at = now()
    return Mail.objects.filter(Q(due__lte=at) | Q(claims=0) | Q(due__gt=at + FURTHEST), state=State.WAITING)


def _order(turn: int) -> tuple[str, ...]:
    return BY_RANK if turn % FAIR_TURN else BY_DUE


def _take_in_hand(order: tuple[str, ...] = BY_RANK) -> Mail | None:
    while mail := _due().order_by(*order).first():
        if mail.expires <= now():
            _write(mail, state=State.EXPIRED, ended=now(), content=None)
        elif _write(mail, claims=mail.claims + 1, due=now() + CLAIMED):
            mail.claims += 1
            return mail
    return None


def _send(mail: Mail, stopping: threading.Event) -> Verdict | None:
    """None where it was taken."""
    backend = chosen_backend()
    try:
        backend.send_messages([_message(mail)])
    except InvalidTag:
        return _note_failure(mail, Verdict.REFUSED, KEY_IS_GONE)
    except Exception as error:
        with suppress(Exception):  # one that was refused is half open
            backend.close()
        return _note_failure(mail, judge(error), explain(error, backend))
    _note_taken(mail, stopping)
    return None


def _note_taken(mail: Mail, stopping: threading.Event) -> None:
    """However long the database is away: what is not written down here is sent a second time."""
    while True:
        try:
            _write(mail, state=State.SENT, ended=now(), content=None, problem="")
        except OUTAGES as lost:
            tell_outage(lost)
            connection.close()
            if connection.in_atomic_block or stopping.wait(ASKED_AGAIN):
                raise
        else:
            return


def _message(mail: Mail) -> Any:
    """The same one at each try, down to its id: a receiver that got it twice can tell."""
    assert mail.content is not None, "it waits"
    content = msgspec.json.decode(unseal(bytes(mail.content)), type=Content)
    headers = {
        "Message-ID": f"<{mail.id.hex}@{urlsplit(settings.BASE_URL).hostname}>",
        "Date": format_datetime(mail.created),
        "Auto-Submitted": "auto-generated",  # no holiday answer comes back
    }
    if content.unsubscribe:
        headers |= {
            "List-Unsubscribe": f"<{content.unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    recipient = unseal(bytes(mail.recipient)).decode()
    message = EmailMultiAlternatives(
        content.subject, content.text, settings.DEFAULT_FROM_EMAIL, [recipient], headers=headers
    )
    if content.html:
        message.attach_alternative(content.html, "text/html")
    return message


def _note_failure(mail: Mail, verdict: Verdict, problem: str) -> Verdict:
    log.error("A mail (%s) was not sent. %s", mail.kind, problem)
    if verdict is Verdict.NOT_ITS_FAULT:
        rank = Rank.USUAL if mail.claims >= SHUT_OUT else mail.rank
        _write(mail, due=now(), problem=problem, rank=rank)  # behind those of its rank that are due already
        return verdict
    plan, failures = (DOUBTFUL if verdict is Verdict.DOUBTFUL else LATER), mail.failures + 1
    chance = random.random()  # noqa: S311 - only spreads tries
    due = None if verdict is Verdict.REFUSED else plan.next_try(failures=failures, at=now(), chance=chance)
    if due is None:
        _write(mail, state=State.FAILED, ended=now(), failures=failures, problem=problem)
    else:
        _write(mail, due=due, failures=failures, problem=problem)
    return verdict


def _write(mail: Mail, **what: Any) -> bool:
    """Unless somebody else has taken it in hand since, or thrown it away."""
    ours = Mail.objects.filter(id=mail.id, claims=mail.claims, state=State.WAITING)
    return bool(ours.update(**what))
