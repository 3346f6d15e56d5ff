"""What a card gets for the milestones that it reached, and what is written of the rounds that it filled."""

from datetime import datetime

import msgspec

from stampwell.cards.drawing import DrawEvent, describe_draw, draw_for
from stampwell.cards.rounds import Progress, Reached
from stampwell.cards.rows import CardRow, CompletedRoundRow, ReachedMilestoneRow
from stampwell.clock import new_id
from stampwell.draws.drawing import write_draw
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements
from stampwell.vouchers.issuing import issue_voucher
from stampwell.vouchers.rows import VoucherRow


class MilestoneEvent(msgspec.Struct, frozen=True):
    card_id: str
    round: int
    stamps: int
    voucher_id: str


class RoundEvent(msgspec.Struct, frozen=True):
    card_id: str
    round: int


def give_rewards(
    tx: Statements, merchant: Merchant, card: CardRow, progress: Progress, *, at: datetime, actor: Actor
) -> list[VoucherRow]:
    """Vouchers for the milestones that were reached, and the rows of the rounds that were completed."""
    issued = [_give_reward(tx, merchant, card, reached, at=at, actor=actor) for reached in progress.reached]
    for done in progress.completed:
        completed = CompletedRoundRow(
            id=new_id(),
            card_id=card.id,
            round=done.round,
            version_id=done.terms.version_id,
            goal=done.terms.goal,
            completed=at,
        )
        tx.insert("completed_round", completed)
        data = RoundEvent(public_id("crd", card.id), done.round)
        record(tx, "round.completed", data, at=at, actor=actor, card_id=card.id)
    return issued


def _give_reward(
    tx: Statements, merchant: Merchant, card: CardRow, reached: Reached, *, at: datetime, actor: Actor
) -> VoucherRow:
    round, milestone = reached.round, reached.milestone
    reward, drawn, event_id = milestone.reward, None, None
    if reward.prizes:
        outcome = draw_for(tx, merchant, card, reached, at=at)
        reward, drawn, event_id = outcome.reward, outcome.drawn, new_id()
    voucher = issue_voucher(
        tx,
        merchant,
        reached.terms,
        reward,
        card_id=card.id,
        issue=card.issue,
        source="milestone",
        at=at,
        actor=actor,
    )
    if drawn:
        write_draw(tx, drawn, voucher.id)
        told = DrawEvent(describe_draw(drawn, reward, reached.terms.locale, voucher.id))
        record(tx, "draw.drawn", told, at=at, actor=actor, card_id=card.id, voucher_id=voucher.id, id=event_id)
    tie = ReachedMilestoneRow(id=new_id(), card_id=card.id, round=round, stamps=milestone.stamps, voucher_id=voucher.id)
    tx.insert("reached_milestone", tie)
    data = MilestoneEvent(public_id("crd", card.id), round, milestone.stamps, public_id("vch", voucher.id))
    record(tx, "milestone.reached", data, at=at, actor=actor, card_id=card.id, voucher_id=voucher.id)
    return voucher
