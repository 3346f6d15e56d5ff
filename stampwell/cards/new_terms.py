"""Changing the terms of a program that has cards: a promise to whoever collects, so it is asked for whom they hold.

New cards and new rounds always get the present terms. What is better may be given to everybody now, by a job. What is
worse begins on a day that card holders were told of long before.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.cards.moving_terms import NEW_TERMS, NewTermsReport, rewards_now
from stampwell.cards.terms_mail import TERMS_MAIL, TermsMailReport, count_addresses
from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.jobs.asking import ask_for, find_job
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.local_time import local_day, start_of_day
from stampwell.merchants.models import Merchant
from stampwell.programs.comparing import Change, Verdict, compare, judge
from stampwell.programs.drafting import ProgramDraft, why_not_publish
from stampwell.programs.limits import LAST_END
from stampwell.programs.models import Program, ProgramVersion
from stampwell.programs.publishing import Published, announce_version, find_program, propose_terms, publish_version
from stampwell.programs.terms import Terms, terms_of
from stampwell.refusal import Kind, NotFound, Refusal
from stampwell.transactions import Statements, merchant_transaction

DAYS_OF_NOTICE = 14

type Apply = Literal["new_rounds", "everybody"] | datetime
"""For whom new terms hold: new cards and rounds from now on, every card now, or new cards and rounds from then on."""


class NoticeNeeded(Refusal):
    """Facts: days, earliest (the first moment at which they may begin)."""

    code = "notice_needed"
    title = _("Customers have to be told before")
    staff_text = _(
        "Something gets worse for customers who have this card, so it can begin in %(days)d days at the earliest."
    )
    customer_text = staff_text
    what_to_do = _("Choose a later day. Until then the card says what will change.")


class StartUnclear(Refusal):
    code = "start_unclear"
    kind = Kind.INVALID
    title = _("This cannot be the first day")
    staff_text = _("New terms that are announced have to begin later than now.")
    customer_text = staff_text
    what_to_do = _("Choose a later day.")


class NotBetter(Refusal):
    code = "not_better"
    title = _("This is not better for everybody")
    staff_text = _("Only what is better in every way can be given to cards that customers have.")
    customer_text = staff_text
    what_to_do = _("Let it apply to new rounds, or take back what is worse or of another kind.")


class Standing(msgspec.Struct, frozen=True):
    """So many cards have so many stamps in a round under these terms."""

    version_id: UUID
    stamps: int
    cards: int


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What new terms would mean. `rewards` become ready at once if everybody gets them; `by_mail` customers are told by
    mail if they are announced."""

    changes: list[Change]
    verdict: Verdict
    standings: list[Standing]
    rewards: int
    by_mail: int
    earliest: datetime

    @property
    def cards(self) -> int:
        return sum(standing.cards for standing in self.standings)


class TermsChanged(msgspec.Struct, frozen=True):
    published: Published
    verdict: Verdict
    job_id: UUID | None


_STANDINGS = """
    SELECT version_id, stamps, count(*) AS cards FROM card
    WHERE merchant_id = %s AND program_id = %s AND state = 'active' GROUP BY version_id, stamps ORDER BY stamps
"""


def look_ahead(merchant: Merchant, program: Program, draft: ProgramDraft) -> Outlook:
    """Refuses what `publish_program` refuses."""
    with merchant_transaction(merchant.id) as tx:
        return _look_ahead(tx, merchant, program, draft, at=now())


def change_terms(
    merchant: Merchant, program_id: UUID, draft: ProgramDraft, *, apply: Apply, actor: Actor
) -> TermsChanged:
    """Refuses: NotFound, NoticeNeeded, NotBetter, StartUnclear and what `publish_program` refuses."""
    at = now()
    if refusal := why_not_publish(merchant, draft, at):
        raise refusal
    with merchant_transaction(merchant.id) as tx:
        merchant = lock_merchant(tx)
        program = find_program(merchant, program_id)
        outlook = _look_ahead(tx, merchant, program, draft, at=at)
        if isinstance(apply, datetime):
            if not at < apply or apply.date() > LAST_END:
                raise StartUnclear
            if apply < outlook.earliest:
                raise NoticeNeeded(days=DAYS_OF_NOTICE, earliest=outlook.earliest)
            mail_job_id = ask_for(tx, TERMS_MAIL, asker=actor) if outlook.by_mail else None
            announced = announce_version(
                tx, merchant, draft, program, starts=apply, at=at, actor=actor, mail_job_id=mail_job_id
            )
            return TermsChanged(announced, outlook.verdict, None)
        if outlook.verdict == "worse" and outlook.cards:
            raise NoticeNeeded(days=DAYS_OF_NOTICE, earliest=outlook.earliest)
        if apply == "everybody" and outlook.verdict not in ("same", "better") and outlook.cards:
            raise NotBetter
        job_id = ask_for(tx, NEW_TERMS, asker=actor) if apply == "everybody" else None
        published = publish_version(tx, merchant, draft, program, at=at, actor=actor, job_id=job_id)
        return TermsChanged(published, outlook.verdict, job_id)


class Giving(msgspec.Struct, frozen=True):
    """How far the job is that gives the present terms to everybody."""

    done: int
    total: int | None
    is_over: bool
    moved: int
    rewards: int


def read_giving(merchant: Merchant, program: Program) -> Giving | None:
    """None where the present terms are not for everybody, or where that was so long ago that the job is forgotten."""
    version = ProgramVersion.objects.get(merchant=merchant, id=program.current_version_id)
    if version.job_id is None:
        return None
    try:
        job = find_job(merchant.id, version.job_id)
    except NotFound:
        return None
    report = msgspec.json.decode(job.report, type=NewTermsReport)
    return Giving(job.done, job.total, job.ended is not None, report.moved, report.rewards)


def count_mailed(merchant: Merchant, program: Program) -> int:
    """How many customers were told by mail of what is announced, until now."""
    if program.next_version_id is None:
        return 0
    version = ProgramVersion.objects.get(merchant=merchant, id=program.next_version_id)
    if version.mail_job_id is None:
        return 0
    try:
        job = find_job(merchant.id, version.mail_job_id)
    except NotFound:
        return 0
    return msgspec.json.decode(job.report, type=TermsMailReport).mailed


def earliest_start(merchant: Merchant, at: datetime) -> datetime:
    """The midnight of the shop with so many whole days before it."""
    return start_of_day(merchant, local_day(merchant, at) + timedelta(days=DAYS_OF_NOTICE))


def _look_ahead(tx: Statements, merchant: Merchant, program: Program, draft: ProgramDraft, *, at: datetime) -> Outlook:
    present = terms_of(merchant.id, program.current_version_id)
    proposed = propose_terms(merchant, draft, program)
    changes = compare(present, proposed)
    standings = tx.rows(Standing, _STANDINGS, (tx.merchant_id, program.id))
    return Outlook(
        changes=changes,
        verdict=judge(changes),
        standings=standings,
        by_mail=count_addresses(tx, program.id, judge(changes)) if standings else 0,
        rewards=sum(_rewards_of(merchant, standing, proposed) for standing in standings),
        earliest=earliest_start(merchant, at) if standings and judge(changes) == "worse" else at,
    )


def _rewards_of(merchant: Merchant, standing: Standing, proposed: Terms) -> int:
    present = terms_of(merchant.id, standing.version_id)
    return rewards_now(present, proposed, standing.stamps) * standing.cards
