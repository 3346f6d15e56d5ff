"""Pausing a program, ending it, putting it away, and going on with it.

What stops stamps is written into the row of the merchant too: a stamp has that row in hand, and asks nothing more.
Both are written here alone, in one transaction, while the merchant's row is held.
"""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.events.recording import record
from stampwell.languages.texts import text_in
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.course import ProgramOver, is_over, write_stops
from stampwell.programs.limits import LAST_END
from stampwell.programs.models import Program
from stampwell.programs.publishing import ProgramEvent, Published, describe, find_program
from stampwell.programs.terms import terms_of
from stampwell.refusal import Kind, Refusal
from stampwell.transactions import Statements, merchant_transaction


class LastDayUnclear(Refusal):
    code = "last_day_unclear"
    kind = Kind.INVALID
    title = _("This day cannot be the last one")
    staff_text = _("The last day has to be today or a later one.")
    customer_text = staff_text
    what_to_do = _("Choose today or a later day.")


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of `Program` that say how it goes on."""

    joining_paused: datetime | None = None
    stamping_paused: datetime | None = None
    closed: datetime | None = None
    archived: datetime | None = None


def pause_program(merchant: Merchant, program_id: UUID, *, stamping: bool, actor: Actor) -> Published:
    """Nobody gets a card; with `stamping`, cards get no stamps either. A day that was set as the last one stays.

    Refuses: NotFound, ProgramOver.
    """
    with merchant_transaction(merchant.id) as tx:
        merchant, program, at = _held(tx, program_id)
        if is_over(program, at):
            raise ProgramOver
        course = Course(
            joining_paused=program.joining_paused or at,
            stamping_paused=(program.stamping_paused or at) if stamping else None,
            closed=program.closed,
        )
        return _write(tx, merchant, program, course, "program.paused", at=at, actor=actor)


def go_on(merchant: Merchant, program_id: UUID, *, actor: Actor) -> Published:
    """Gives cards and stamps again, with no day as the last one. Refuses: NotFound."""
    with merchant_transaction(merchant.id) as tx:
        merchant, program, at = _held(tx, program_id)
        return _write(tx, merchant, program, Course(), "program.resumed", at=at, actor=actor)


def end_program(
    merchant: Merchant, program_id: UUID, *, last_day: date | None = None, archive: bool = False, actor: Actor
) -> Published:
    """Ends it with a day of the shop's clock, or at once. Archived, it is over and leaves the lists.

    A program that is over already keeps the moment at which it ended. Refuses: NotFound, LastDayUnclear.
    """
    with merchant_transaction(merchant.id) as tx:
        merchant, program, at = _held(tx, program_id)
        clocks = clocks_of(merchant)
        if last_day and not (last_day <= LAST_END and clocks.end_of_day(last_day) > at):
            raise LastDayUnclear
        ended = program.closed if is_over(program, at) else at
        closed = clocks.end_of_day(last_day) if last_day and not archive else ended
        course = Course(
            joining_paused=program.joining_paused,
            stamping_paused=program.stamping_paused,
            closed=closed,
            archived=(program.archived or at) if archive else None,
        )
        return _write(tx, merchant, program, course, "program.closed", at=at, actor=actor)


def _held(tx: Statements, program_id: UUID) -> tuple[Merchant, Program, datetime]:
    """The clock is read last: whoever held the shop's row before was earlier."""
    merchant = lock_merchant(tx)
    return merchant, find_program(merchant, program_id), now()


def _write(
    tx: Statements,
    merchant: Merchant,
    program: Program,
    course: Course,
    type: Literal["program.paused", "program.resumed", "program.closed"],
    *,
    at: datetime,
    actor: Actor,
) -> Published:
    """What stays as it was is no event."""
    columns = msgspec.structs.asdict(course)
    before = {name: getattr(program, name) for name in columns}
    is_new = before != columns
    for name, value in columns.items():
        setattr(program, name, value)
    terms = terms_of(merchant.id, program.current_version_id)
    facts = describe(merchant, program, terms, at=at)
    if is_new:
        Program.objects.filter(merchant=merchant, id=program.id).update(**columns)
        write_stops(merchant, program)
        record(tx, type, ProgramEvent(facts), at=at, actor=actor)
        changed(
            tx,
            type,
            by=actor,
            name=text_in(terms.name, terms.locale, terms.locale),
            subject_id=program.id,
            before=msgspec.to_builtins(before),
            after=msgspec.to_builtins(columns),
        )
    return Published(program, facts)
