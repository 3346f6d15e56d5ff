"""Carrying stamps and vouchers over to another card of the same program, when the customers of both are merged."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.cards.describing import describe_card
from stampwell.cards.given_rewards import GivenReward, given_in_round, take_given
from stampwell.cards.issuing import CardEvent
from stampwell.cards.merged_cards import CardMergedEvent, MergedCardRow
from stampwell.cards.rewarding import give_rewards
from stampwell.cards.rounds import Progress, Reached, advance
from stampwell.cards.rows import CardRow, ReachedMilestoneRow, StampRow, write_card
from stampwell.clock import new_id
from stampwell.customers.merged_people import MergeRow
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import terms_of
from stampwell.transactions import Statements
from stampwell.vouchers.relinking import rehang_vouchers
from stampwell.vouchers.rows import VoucherRow, still_open


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """`card` goes into `into`, which is as `after` then. `stamps` arrive there: those of the card, and what the money
    of both that was too little for a stamp makes together. `given` were given on the card by these stamps before.
    """

    card: CardRow
    into: CardRow
    after: CardRow
    stamps: int
    progress: Progress
    given: list[tuple[GivenReward, Reached]]


_END = """
    UPDATE card SET state = 'void', stamps = 0, remainder = 0, external_id = %(external_id)s,
        revision = %(revision)s, changed = %(at)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s
"""
_NAME = "UPDATE card SET external_id = %s, revision = %s WHERE merchant_id = %s AND id = %s"


def look_at_pair(tx: Statements, merchant: Merchant, into: CardRow, card: CardRow, *, at: datetime) -> Carried:
    """What becomes of both; changes nothing."""
    terms = terms_of(merchant.id, into.version_id)
    more, remainder = 0, into.remainder
    if terms.amount_per_stamp:
        more, remainder = divmod(into.remainder + card.remainder, terms.amount_per_stamp)
    progress = advance(tx, into, terms, card.stamps + more)
    left, given, new = given_in_round(tx, card), [], []
    for reached in progress.reached:
        tie = take_given(merchant.id, left, reached)
        if tie:
            given.append((tie, reached))
        else:
            new.append(reached)
    progress.reached = new
    return Carried(
        card=card,
        into=into,
        after=_after(into, card, progress, remainder=remainder),
        stamps=card.stamps + more,
        progress=progress,
        given=given,
    )


def _after(into: CardRow, card: CardRow, progress: Progress, *, remainder: int) -> CardRow:
    """The pause between two stamps and the limit of a day go on as if all had been stamped on one card."""
    days = [one.stamped_day for one in (into, card) if one.stamped_day]
    last = [one.last_stamp for one in (into, card) if one.last_stamp]
    day = max(days, default=None)
    return msgspec.structs.replace(
        into,
        version_id=progress.terms.version_id,
        goal=progress.terms.goal,
        round=progress.round,
        stamps=progress.stamps,
        remainder=remainder,
        stamped_day=day,
        stamps_that_day=sum(one.stamps_that_day for one in (into, card) if one.stamped_day == day) if day else 0,
        last_stamp=max(last, default=None),
        external_id=into.external_id or card.external_id,
        revision=into.revision + 1,
    )


def carry_over(
    tx: Statements,
    merchant: Merchant,
    merge: MergeRow,
    pair: Carried,
    vouchers: list[VoucherRow],
    *,
    at: datetime,
    actor: Actor,
) -> list[VoucherRow]:
    """Both cards are locked; `vouchers` are the open ones of both. Returns those of the card that is left."""
    card, into = pair.card, pair.into
    departure, arrival = _write_stamps(tx, merge.id, pair, at=at, actor=actor)
    moves_name = card.external_id is not None and into.external_id is None
    ended = msgspec.structs.replace(
        card,
        state="void",
        customer_id=merge.customer_id,
        stamps=0,
        remainder=0,
        external_id=None if moves_name else card.external_id,
        revision=card.revision + 1,
    )
    tx.write(_END, msgspec.structs.asdict(ended) | {"merchant": tx.merchant_id, "at": at})
    write_card(tx, into, pair.after, at=at)
    if moves_name:
        tx.write(_NAME, (card.external_id, pair.after.revision, tx.merchant_id, into.id))
    hung = rehang_vouchers(tx, card.id, to=into.id)
    _note_given(tx, pair)
    issued = give_rewards(tx, merchant, into, pair.progress, at=at, actor=actor, departed=card).vouchers
    row = MergedCardRow(
        id=new_id(),
        merge_id=merge.id,
        card_id=card.id,
        into_id=into.id,
        departure_id=departure,
        arrival_id=arrival,
        vouchers=hung,
        external_id_moved=moves_name,
    )
    tx.insert("merged_card", row)
    vouchers = still_open([*(_held_by(into, voucher) for voucher in vouchers), *issued], at)
    _record(tx, merge.id, pair, ended, vouchers, at=at, actor=actor)
    return vouchers


def _held_by(card: CardRow, voucher: VoucherRow) -> VoucherRow:
    return msgspec.structs.replace(voucher, card_id=card.id)


def _write_stamps(
    tx: Statements, merge_id: UUID, pair: Carried, *, at: datetime, actor: Actor
) -> tuple[UUID | None, UUID | None]:
    """What the one loses and the other one gets; no rows where there is nothing."""
    if not pair.card.stamps and not pair.card.remainder:
        return None, None
    departure = _row(pair.card, merge_id, at=at, actor=actor)
    departure = msgspec.structs.replace(departure, count=-pair.card.stamps, remainder_change=-pair.card.remainder)
    arrival = _row(pair.into, merge_id, at=at, actor=actor)
    change = pair.after.remainder - pair.into.remainder
    arrival = msgspec.structs.replace(arrival, count=pair.stamps, remainder_change=change)
    tx.insert("stamp", departure)
    tx.insert("stamp", arrival)
    return departure.id, arrival.id


def _row(card: CardRow, merge_id: UUID, *, at: datetime, actor: Actor) -> StampRow:
    return StampRow(
        id=new_id(),
        card_id=card.id,
        count=0,
        round=card.round,
        amount=None,
        currency=None,
        remainder_change=0,
        at=at,
        occurred=at,
        source=actor.source,
        overrode=False,
        receipt_id=None,
        location_id=actor.location_id,
        station_id=actor.station_id,
        staff_member_id=actor.staff_member_id,
        api_key_id=actor.api_key_id,
        reverses_id=None,
        reason="",
        merge_id=merge_id,
    )


def _note_given(tx: Statements, pair: Carried) -> None:
    """What these stamps earned before stands where they are now, so that an undo finds it there."""
    for given, reached in pair.given:
        tie = ReachedMilestoneRow(
            id=new_id(),
            card_id=pair.into.id,
            round=reached.round,
            stamps=reached.milestone.stamps,
            voucher_id=given.voucher_id,
            reward_id=None if given.voucher_id else given.reward_id,
            draw_id=given.draw_id,
        )
        tx.insert("reached_milestone", tie)


def _record(
    tx: Statements,
    merge_id: UUID,
    pair: Carried,
    ended: CardRow,
    vouchers: list[VoucherRow],
    *,
    at: datetime,
    actor: Actor,
) -> None:
    data = CardMergedEvent(
        merge_id=public_id("mrg", merge_id),
        card=describe_card(tx, pair.after, vouchers, at=at),
        merged_card_id=public_id("crd", ended.id),
        stamps=pair.stamps,
    )
    record(tx, "card.merged", data, at=at, actor=actor, card_id=pair.into.id)
    gone = CardEvent(describe_card(tx, ended, [], at=at))
    record(tx, "card.voided", gone, at=at, actor=actor, card_id=ended.id)
