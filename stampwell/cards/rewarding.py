"""What a card gets for the milestones that it reached, and what is written of the rounds that it filled."""

from datetime import datetime

import msgspec

from stampwell.cards.drawing import DrawEvent, DrawFacts, PrizeGivenFacts, describe_draw, describe_prize, draw_for
from stampwell.cards.rounds import Progress, Reached
from stampwell.cards.rows import CardRow, CompletedRoundRow, ReachedMilestoneRow
from stampwell.clock import new_id
from stampwell.draws.drawing import write_draw
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import RewardTerms, Terms
from stampwell.transactions import Statements
from stampwell.vouchers.issuing import issue_voucher
from stampwell.vouchers.rows import VoucherRow


class MilestoneEvent(msgspec.Struct, frozen=True):
    """`voucher_id` is null where words alone were given; `words` are those that came without a draw, by the age."""

    card_id: str
    round: int
    stamps: int
    voucher_id: str | None
    words: PrizeGivenFacts | None


class RoundEvent(msgspec.Struct, frozen=True):
    card_id: str
    round: int


class Words(msgspec.Struct, frozen=True):
    """A reward of these terms that is words alone."""

    terms: Terms
    reward: RewardTerms

    @property
    def facts(self) -> PrizeGivenFacts:
        return describe_prize(self.reward, "words", self.terms.locale)


class Rewards(msgspec.Struct, frozen=True):
    """`draws` tell what was drawn, of which words alone gave no voucher. `words` came without a draw, by the age."""

    vouchers: list[VoucherRow]
    draws: list[DrawFacts]
    words: list[Words]


class _Reward(msgspec.Struct, frozen=True):
    voucher: VoucherRow | None
    draw: DrawFacts | None
    words: Words | None


def give_rewards(
    tx: Statements,
    merchant: Merchant,
    card: CardRow,
    progress: Progress,
    *,
    at: datetime,
    actor: Actor,
    departed: CardRow | None = None,
) -> Rewards:
    """Vouchers for the milestones that were reached, and the rows of the rounds that were completed. `departed` is the
    card whose stamps came over to this one, as it was.
    """
    given = [_give_reward(tx, merchant, card, reached, departed, at=at, actor=actor) for reached in progress.reached]
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
    return Rewards(
        [one.voucher for one in given if one.voucher],
        [one.draw for one in given if one.draw],
        [one.words for one in given if one.words],
    )


def _give_reward(
    tx: Statements,
    merchant: Merchant,
    card: CardRow,
    reached: Reached,
    departed: CardRow | None,
    *,
    at: datetime,
    actor: Actor,
) -> _Reward:
    round, milestone = reached.round, reached.milestone
    reward, prize, drawn, event_id, told = milestone.reward, None, None, None, None
    if reward.prizes:
        outcome = draw_for(tx, merchant, card, reached, at=at, departed=departed)
        prize, drawn, event_id = outcome.prize, outcome.drawn, new_id()
        reward = prize.reward
    voucher = None
    if prize is None or prize.kind == "voucher":
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
    voucher_id = voucher.id if voucher else None
    if prize and drawn:
        write_draw(tx, drawn, voucher_id)
        told = describe_draw(drawn, prize, reached.terms.locale, voucher_id)
        event = DrawEvent(told)
        record(tx, "draw.drawn", event, at=at, actor=actor, card_id=card.id, voucher_id=voucher_id, id=event_id)
    words = None if voucher or drawn else Words(reached.terms, reward)
    tie = ReachedMilestoneRow(
        id=new_id(),
        card_id=card.id,
        round=round,
        stamps=milestone.stamps,
        voucher_id=voucher_id,
        reward_id=None if voucher else reward.id,
        draw_id=drawn.id if drawn else None,
        told=at if words else None,
    )
    tx.insert("reached_milestone", tie)
    public_voucher = public_id("vch", voucher_id) if voucher_id else None
    data = MilestoneEvent(
        public_id("crd", card.id), round, milestone.stamps, public_voucher, words.facts if words else None
    )
    record(tx, "milestone.reached", data, at=at, actor=actor, card_id=card.id, voucher_id=voucher_id)
    return _Reward(voucher, told, words)
