"""Giving better terms to the cards of before: a job that moves each card once, whatever is stamped meanwhile.

A card is moved while it is held, and only from terms that are no better than the new ones. One that began a round
under the new terms meanwhile, or under terms newer still, is left as it is. Its stamps stay: those beyond the new goal
count in the next round.
"""

from collections import Counter
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.cards.describing import CardFacts, describe_card
from stampwell.cards.given_rewards import given_in_round, take_given
from stampwell.cards.rewarding import give_rewards
from stampwell.cards.rounds import Progress, Reached, advance
from stampwell.cards.rows import CardRow, lock_card, write_card
from stampwell.clock import now
from stampwell.events.actors import Actor, Source
from stampwell.events.recording import record
from stampwell.jobs.run import Run
from stampwell.merchants.models import Merchant
from stampwell.programs.comparing import compare, judge, reward_key
from stampwell.programs.models import ProgramVersion
from stampwell.programs.terms import Terms, terms_of
from stampwell.transactions import Statements
from stampwell.vouchers.rows import VoucherRow, still_open

NEW_TERMS = "new_terms"  # the kind of the job
AT_ONCE = 50  # cards that are held in one step: whoever stamps one of them waits so long
_NONE = UUID(int=0)


class NewTermsReport(msgspec.Struct, frozen=True):
    """How many cards have the new terms, and how many rewards became ready by that."""

    moved: int = 0
    rewards: int = 0


class TermsMoved(msgspec.Struct, frozen=True):
    card: CardFacts


class _AskerRow(msgspec.Struct, frozen=True):
    source: Source
    staff_member_id: UUID | None
    station_id: UUID | None
    api_key_id: UUID | None


class _Move(msgspec.Struct, frozen=True):
    """Which cards go where, and on whose word."""

    merchant: Merchant
    target: Terms
    before: frozenset[UUID]
    actor: Actor


_ASKER = "SELECT source, staff_member_id, station_id, api_key_id FROM job WHERE merchant_id = %s AND id = %s"
_COUNT = """
    SELECT count(*) FROM card
    WHERE merchant_id = %s AND program_id = %s AND state = 'active' AND version_id = ANY(%s)
"""
_NEXT = """
    SELECT id FROM card
    WHERE merchant_id = %s AND program_id = %s AND state = 'active' AND version_id = ANY(%s) AND id > %s
    ORDER BY id LIMIT %s
"""


def give_new_terms(run: Run) -> None:
    """The job that `new_terms.change_terms` asks for."""
    with run.step() as tx:
        move = _read_move(tx, run.job_id)
        if run.total is None:
            facts = (tx.merchant_id, move.target.program_id, sorted(move.before))
            run.note(tx, total=tx.value(int, _COUNT, facts))
    while _move_further(run, move):
        pass


def _read_move(tx: Statements, job_id: UUID) -> _Move:
    version = ProgramVersion.objects.get(merchant_id=tx.merchant_id, job_id=job_id)
    target = terms_of(tx.merchant_id, version.id)
    older = ProgramVersion.objects.filter(
        merchant_id=tx.merchant_id, program_id=version.program_id, number__lt=version.number
    ).values_list("id", flat=True)
    asker = tx.row(_AskerRow, _ASKER, (tx.merchant_id, job_id))
    assert asker is not None, "it is running"
    return _Move(
        merchant=Merchant.objects.get(id=tx.merchant_id),
        target=target,
        before=frozenset(id for id in older if is_improved(terms_of(tx.merchant_id, id), target)),
        actor=Actor(**msgspec.structs.asdict(asker)),
    )


def _move_further(run: Run, move: _Move) -> bool:
    """Whether there may be more."""
    with run.step() as tx:
        after = UUID(run.cursor) if run.cursor else _NONE
        facts = (tx.merchant_id, move.target.program_id, sorted(move.before), after, AT_ONCE)
        cards = tx.values(UUID, _NEXT, facts)
        # All of them before anything is written: whoever draws holds a card, and then all draws of its program.
        held = [lock_card(tx, card_id) for card_id in cards]
        given = [rewards for one in held if (rewards := _move_held(tx, move, *one)) is not None]
        so_far = run.report_so_far(NewTermsReport)
        report = NewTermsReport(so_far.moved + len(given), so_far.rewards + sum(given))
        if cards:
            run.note(tx, done=run.done + len(cards), cursor=cards[-1].hex, report=report)
        return len(cards) == AT_ONCE


def move_card(tx: Statements, move: _Move, card_id: UUID) -> int | None:
    """How many rewards became ready; None for a card that is no longer to be moved, now that it is held."""
    return _move_held(tx, move, *lock_card(tx, card_id))


def _move_held(tx: Statements, move: _Move, card: CardRow, vouchers: list[VoucherRow]) -> int | None:
    if card.version_id not in move.before or card.state != "active":
        return None
    return write_move(tx, move, card, vouchers, at=now())


def write_move(tx: Statements, move: _Move, card: CardRow, vouchers: list[VoucherRow], *, at: datetime) -> int:
    """Moves a card that the caller holds and has found to be moved."""
    progress = advance(tx, msgspec.structs.replace(card, stamps=0), move.target, card.stamps)
    progress.reached = _not_given_yet(tx, card, progress)
    changed = msgspec.structs.replace(
        card,
        version_id=progress.terms.version_id,
        goal=progress.terms.goal,
        round=progress.round,
        stamps=progress.stamps,
        revision=card.revision + 1,
    )
    write_card(tx, card, changed, at=at)
    issued = give_rewards(tx, move.merchant, card, progress, at=at, actor=move.actor).vouchers
    facts = describe_card(tx, changed, still_open([*vouchers, *issued], at), at=at)
    record(tx, "card.terms_changed", TermsMoved(facts), at=at, actor=move.actor, card_id=card.id)
    return len(issued)


def is_improved(before: Terms, after: Terms) -> bool:
    return judge(compare(before, after)) in ("same", "better")


def rewards_now(before: Terms, after: Terms, stamps: int) -> int:
    """How many rewards a card with so many stamps gets at once, if it has had all that its round gave until now."""
    if before.version_id == after.version_id or not is_improved(before, after):
        return 0
    given = Counter(reward_key(before, step.reward) for step in before.milestones if step.stamps <= stamps)
    rounds, rest = divmod(stamps, after.goal)
    reached = rounds * len(after.milestones) + sum(step.stamps <= rest for step in after.milestones)
    known = Counter(reward_key(after, step.reward) for step in after.milestones if step.stamps <= stamps)
    return reached - (given & known).total()


def _not_given_yet(tx: Statements, card: CardRow, progress: Progress) -> list[Reached]:
    """Those milestones whose reward this round has not given before. The row of one that was given moves along to
    where it stands now, so that an undo finds it there.
    """
    given, new = given_in_round(tx, card), []
    for reached in progress.reached:
        tie = take_given(tx.merchant_id, given, reached) if reached.round == card.round else None
        if tie is None:
            new.append(reached)
        elif tie.stamps != reached.milestone.stamps:
            sql = "UPDATE reached_milestone SET stamps = %s WHERE merchant_id = %s AND id = %s"
            tx.change(sql, (reached.milestone.stamps, tx.merchant_id, tie.id))
    return new
