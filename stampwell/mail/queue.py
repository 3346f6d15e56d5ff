"""Mail that is kept until the worker has sent it, and what its operator does with it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal, cast
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.mail.models import Mail, Rank
from stampwell.tokens import seal, unseal

MOST_LISTED = 50
KEPT = timedelta(days=7)  # so that whoever asks where a mail is can be answered
SEALED_BY_ANOTHER_KEY = "(sealed with a key that is gone)"
State = Mail.State
StateName = Literal["waiting", "sent", "failed", "expired"]
OPEN = (State.WAITING, State.FAILED)


class Content(msgspec.Struct, frozen=True):
    """`html` says the same as `text`; "" for a mail of text alone. `unsubscribe` is the address where its receiver ends
    such mails with one click (RFC 8058); "" for a mail that advertises nothing.
    """

    subject: str
    text: str
    html: str = ""
    unsubscribe: str = ""


class QueuedMail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail as the operator sees it. `problem` is a sentence on what went wrong last, and "" if nothing did."""

    id: str
    kind: str
    recipient: str
    state: str
    created: datetime
    due: datetime
    expires: datetime
    ended: datetime | None
    claims: int
    problem: str


class MailState(msgspec.Struct, frozen=True):
    """How far a mail came. `ended` is None while it waits; `was_tried` says whether it went wrong at least once."""

    state: StateName
    ended: datetime | None
    was_tried: bool


class QueueLength(msgspec.Struct, frozen=True):
    """`oldest_seconds` is of what waits for us, not for the mail server of whom it goes to or behind other mail."""

    waiting: int
    oldest_seconds: float
    failed: int


def keep_mail(
    recipient: str,
    content: Content,
    *,
    kind: str,
    expires: datetime,
    about: UUID | None = None,
    job_id: UUID | None = None,
    rank: Rank = Rank.USUAL,
) -> UUID:
    """The worker sends it soon after the caller's transaction is committed, and never if it is not.

    It goes to one person. After `expires` it would lead nowhere, so it is not sent any more.
    """
    at = now()
    mail = Mail.objects.create(
        kind=kind,
        recipient=seal(recipient.encode()),
        content=seal(msgspec.json.encode(content)),
        about=about,
        job_id=job_id,
        state=State.WAITING,
        created=at,
        due=at,
        expires=expires,
        claims=0,
        failures=0,
        problem="",
        rank=rank,
    )
    return mail.id


def withdraw_mail(about: UUID) -> None:
    """What was not sent yet is not sent any more: its link is dead, or another one takes its place."""
    Mail.objects.filter(about=about, state__in=OPEN).delete()


def withdraw_mail_of_jobs(job_ids: Collection[UUID]) -> None:
    """What these jobs have written and was not sent yet is not sent any more: it is no longer true."""
    Mail.objects.filter(job_id__in=job_ids, state__in=OPEN).delete()


def has_waiting_mail(job_id: UUID) -> bool:
    """Whether something that this job has written may still be sent."""
    return Mail.objects.filter(job_id=job_id, state=State.WAITING).exists()


def forget_mail(abouts: Collection[UUID]) -> None:
    """Also of what was sent: to whom, and that there was any."""
    Mail.objects.filter(about__in=abouts).delete()


def mail_states(ids: Collection[UUID]) -> dict[UUID, MailState]:
    """By their ids, of those that are there: what was sent is forgotten after a week."""
    mails = Mail.objects.filter(id__in=ids).only("state", "ended", "problem")
    return {mail.id: MailState(cast("StateName", mail.state), mail.ended, bool(mail.problem)) for mail in mails}


def undeliverable(abouts: Collection[UUID]) -> set[UUID]:
    """Those of which the latest mail could not be sent."""
    latest = Mail.objects.filter(about__in=abouts).order_by("about", "-id").distinct("about")
    return {mail.about for mail in latest.only("about", "state") if mail.about and mail.state == State.FAILED}


def list_mail(*, state: str | None = None, most: int = MOST_LISTED) -> list[QueuedMail]:
    """The latest first."""
    mails = Mail.objects.defer("content").order_by("-id")
    if state is not None:
        mails = mails.filter(state=state)
    return [_describe(mail) for mail in mails[:most]]


def retry_mail(mail_id: UUID) -> bool:
    """Has one that failed sent now; False for one in another state, or whose time is over."""
    failed = Mail.objects.filter(id=mail_id, state=State.FAILED, expires__gt=now())
    return bool(failed.update(state=State.WAITING, due=now(), ended=None, failures=0, problem=""))


def drop_mail(mail_id: UUID) -> bool:
    """Throws away one that was not sent; False where there is no such mail."""
    count, _kinds = Mail.objects.filter(id=mail_id, state__in=OPEN).delete()
    return bool(count)


def measure_queue() -> QueueLength:
    waiting = Mail.objects.filter(state=State.WAITING)
    # Who was put off by a mail server of their own says nothing of ours, and what goes to many has time.
    told = waiting.filter(failures=0, rank__lt=Rank.TO_MANY)
    oldest = told.order_by("created").values_list("created", flat=True).first()
    seconds = max((now() - oldest).total_seconds(), 0.0) if oldest else 0.0
    return QueueLength(waiting.count(), seconds, Mail.objects.filter(state=State.FAILED).count())


def _recipient_of(mail: Mail) -> str:
    try:
        return unseal(bytes(mail.recipient)).decode()
    except InvalidTag:
        return SEALED_BY_ANOTHER_KEY


def _describe(mail: Mail) -> QueuedMail:
    return QueuedMail(
        id=public_id("mai", mail.id),
        kind=mail.kind,
        recipient=_recipient_of(mail),
        state=mail.state,
        created=mail.created,
        due=mail.due,
        expires=mail.expires,
        ended=mail.ended,
        claims=mail.claims,
        problem=mail.problem,
    )
