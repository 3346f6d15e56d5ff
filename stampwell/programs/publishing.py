"""Making a program, and publishing its next version."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.draws.chains import begin_chain
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.events.recording import record
from stampwell.ids import slug_of, wanted_id
from stampwell.languages.texts import read_texts, text_in
from stampwell.mail.queue import withdraw_mail_of_jobs
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.models import Merchant, Picture
from stampwell.programs.code_successors import refuse_replaced_codes
from stampwell.programs.course import write_stops
from stampwell.programs.describing import ProgramFacts, describe_program
from stampwell.programs.drafted_rewards import reward_and_prizes
from stampwell.programs.drafting import DesignDraft, ProgramDraft, why_not_publish
from stampwell.programs.limits import LONGEST_NAME, LONGEST_OFFER
from stampwell.programs.models import Milestone, Program, ProgramVersion
from stampwell.programs.terms import Terms, terms_from, terms_of
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, merchant_transaction


class ProgramEvent(msgspec.Struct, frozen=True):
    program: ProgramFacts


class Published(msgspec.Struct, frozen=True):
    program: Program
    facts: ProgramFacts


def publish_program(
    merchant: Merchant, draft: ProgramDraft, *, actor: Actor, program: Program | None = None
) -> Published:
    """Publishes a new program, or the next version of one: cards keep the version of their round.

    Refuses: MilestonesUnclear, EarningUnclear, WelcomeFillsCard, RedeemCodeMissing, DrawUnclear, CodeElsewhere,
    CodeDoesNotFit, CodeReplaced, HoursUnclear, NeverUsable, PoolArchived, the refusals of `read_texts`, and NotFound
    for a location, a logo or a pool of codes of somebody else.
    """
    at = now()
    if refusal := why_not_publish(merchant, draft, at):
        raise refusal
    with merchant_transaction(merchant.id) as tx:
        merchant = lock_merchant(tx)  # of two owners at once the second sees the slug and the currency of the first
        return publish_version(tx, merchant, draft, program, at=at, actor=actor)


def publish_version(
    tx: Statements,
    merchant: Merchant,
    draft: ProgramDraft,
    program: Program | None,
    *,
    at: datetime,
    actor: Actor,
    job_id: UUID | None = None,
) -> Published:
    """What new cards and new rounds get from now on. The caller holds the shop's row and has asked `why_not_publish`.

    What was announced for later is taken back.
    """
    version = _version(merchant, draft, program)
    if program is None:
        program = _new_program(merchant, version)
    version.job_id = job_id
    _write_version(merchant, program, version, draft, at=at)
    _begin_draws(tx, program, draft, at=at)
    return begin_version(tx, merchant, program, version.id, at=at, actor=actor)


def begin_version(
    tx: Statements, merchant: Merchant, program: Program, version_id: UUID, *, at: datetime, actor: Actor
) -> Published:
    """Makes a version that is written the present one."""
    terms = terms_of(merchant.id, version_id)
    is_first = program.current_version_id == version_id
    before = None if is_first else _told(terms_of(merchant.id, program.current_version_id))
    program.current_version_id = version_id
    _write_next(merchant, program, None, None)
    facts = describe(merchant, program, terms, at=at)
    record(tx, "program.published", ProgramEvent(facts), at=at, actor=actor)
    changed(
        tx,
        "program.changed" if before else "program.published",
        by=actor,
        name=text_in(terms.name, terms.locale, terms.locale),
        subject_id=program.id,
        before=before,
        after=_told(terms),
    )
    return Published(program, facts)


def announce_version(
    tx: Statements,
    merchant: Merchant,
    draft: ProgramDraft,
    program: Program,
    *,
    starts: datetime,
    at: datetime,
    actor: Actor,
    mail_job_id: UUID | None = None,
) -> Published:
    """What new cards and new rounds get from `starts` on, instead of what was announced before."""
    version = _version(merchant, draft, program)
    version.mail_job_id = mail_job_id
    _write_version(merchant, program, version, draft, at=at)
    _begin_draws(tx, program, draft, at=at)
    return write_announced(tx, merchant, program, version.id, starts, at=at, actor=actor)


def write_announced(
    tx: Statements,
    merchant: Merchant,
    program: Program,
    version_id: UUID | None,
    starts: datetime | None,
    *,
    at: datetime,
    actor: Actor,
) -> Published:
    """None takes back what was announced."""
    _write_next(merchant, program, version_id, starts)
    terms = terms_of(merchant.id, program.current_version_id)
    facts = describe(merchant, program, terms, at=at)
    record(tx, "program.announced", ProgramEvent(facts), at=at, actor=actor)
    changed(
        tx,
        "program.announced" if version_id else "program.taken_back",
        by=actor,
        name=text_in(terms.name, terms.locale, terms.locale),
        subject_id=program.id,
        before=_told(terms) if version_id else None,
        after=_told(terms_of(merchant.id, version_id)) if version_id else None,
    )
    return Published(program, facts)


def propose_terms(merchant: Merchant, draft: ProgramDraft, program: Program) -> Terms:
    """The terms that publishing would make, written nowhere. Refuses what `publish_program` refuses."""
    if refusal := why_not_publish(merchant, draft, now()):
        raise refusal
    version = _version(merchant, draft, program)
    version.program_id = program.id
    milestones = [(step.stamps, *reward_and_prizes(merchant, version, step.reward)) for step in draft.milestones]
    return terms_from(version, sorted(milestones, key=lambda step: step[0]))


def _told(terms: Terms) -> dict[str, Any]:
    """What an owner reads of the terms before and after a change."""
    return {
        "version": terms.number,
        "name": text_in(terms.name, terms.locale, terms.locale),
        "goal": terms.goal,
        "rewards": [
            f"{milestone.stamps}: {text_in(milestone.reward.name, terms.locale, terms.locale)}"
            for milestone in terms.milestones
        ],
    }


def describe(merchant: Merchant, program: Program, terms: Terms, *, at: datetime) -> ProgramFacts:
    return describe_program(terms, program, merchant_slug=merchant.slug, at=at)


def find_program(merchant: Merchant, program_id: UUID) -> Program:
    """Refuses: NotFound."""
    program = Program.objects.filter(merchant=merchant, id=program_id).first()
    if program is None:
        raise NotFound
    return program


def _write_version(
    merchant: Merchant, program: Program, version: ProgramVersion, draft: ProgramDraft, *, at: datetime
) -> None:
    version.program_id, version.published = program.id, at
    version.save(force_insert=True)
    for milestone in draft.milestones:
        reward, prizes = reward_and_prizes(merchant, version, milestone.reward)
        reward.save(force_insert=True)
        for prize, own in prizes:
            own.save(force_insert=True)
            prize.save(force_insert=True)
        Milestone.objects.create(merchant=merchant, version_id=version.id, stamps=milestone.stamps, reward_id=reward.id)


def _begin_draws(tx: Statements, program: Program, draft: ProgramDraft, *, at: datetime) -> None:
    """Their seeds are committed to before anybody can draw."""
    if any(milestone.reward.draw for milestone in draft.milestones):
        begin_chain(tx, program.id, at=at)


def _write_next(merchant: Merchant, program: Program, version_id: UUID | None, starts: datetime | None) -> None:
    program.next_version_id, program.next_starts = version_id, starts
    Program.objects.filter(merchant=merchant, id=program.id).update(
        current_version_id=program.current_version_id, next_version_id=version_id, next_starts=starts
    )
    write_stops(merchant, program)
    # Only now: the job that writes mail holds the program, so nothing is added behind this.
    versions = ProgramVersion.objects.filter(merchant=merchant, program=program, mail_job_id__isnull=False)
    withdraw_mail_of_jobs([one.mail_job_id for one in versions if one.mail_job_id and one.id != version_id])


def _new_program(merchant: Merchant, version: ProgramVersion) -> Program:
    program = Program(merchant=merchant, slug=_free_slug(merchant, version.name), current_version_id=version.id)
    program.save(force_insert=True)
    return program


def _free_slug(merchant: Merchant, name: dict[str, str]) -> str:
    text = name.get("en") or name.get(merchant.locale) or next(iter(name.values()))
    slug = slug_of(text, most=40) or "card"
    taken = set(Program.objects.filter(merchant=merchant).values_list("slug", flat=True))
    return next(s for s in [slug, *(f"{slug}-{n}" for n in range(2, len(taken) + 3))] if s not in taken)


def _version(merchant: Merchant, draft: ProgramDraft, program: Program | None) -> ProgramVersion:
    refuse_replaced_codes(merchant, draft)
    earning = draft.earning
    number = ProgramVersion.objects.filter(merchant=merchant, program=program).count() + 1 if program else 1
    return ProgramVersion(
        id=new_id(),
        merchant=merchant,
        number=number,
        locale=merchant.locale,
        name=read_texts(draft.name, locale=merchant.locale, limit=LONGEST_NAME),
        offer=read_texts(draft.offer, locale=merchant.locale, limit=LONGEST_OFFER) if draft.offer else {},
        goal=draft.goal,
        earning_by=earning.by,
        amount_per_stamp=earning.amount_per_stamp if earning.by == "amount" else None,
        minimum_spend=earning.minimum_spend,
        currency=earning.currency or merchant.currency,
        cooldown_seconds=earning.cooldown_seconds,
        daily_cap=earning.daily_cap,
        only_when_open=earning.only_when_open,
        welcome_stamps=earning.welcome_stamps,
        asks_for=list(draft.asks_for),
        design=_design(merchant, draft.design),
    )


def _design(merchant: Merchant, draft: DesignDraft) -> dict[str, object]:
    """Refuses: NotFound."""
    if draft.logo and not Picture.objects.filter(merchant=merchant, id=wanted_id("pic", draft.logo)).exists():
        raise NotFound
    design: dict[str, object] = msgspec.to_builtins(draft)
    return design
