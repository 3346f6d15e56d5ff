"""Undoing a stamp: another row that takes it away, and the vouchers that it unlocked with it."""

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from stampwell.cards.describing import CardFacts, StampFacts, describe_card, describe_stamp
from stampwell.cards.earning import counted_day
from stampwell.cards.honouring import take_back_paper
from stampwell.cards.protecting import take_back_count
from stampwell.cards.receipts import open_receipt
from stampwell.cards.refusals import (
    EarnedVoucherHeld,
    EarnedVoucherShown,
    StampAlreadyReversed,
    UndoTooLate,
    VoucherAlreadyUsed,
    card_ended,
)
from stampwell.cards.rows import CardRow, StampRow, lock_card, read_stamp, write_card
from stampwell.clock import new_id, now
from stampwell.draws.drawing import take_back_draw
from stampwell.events.actors import OF_UNLIMITED, UNLIMITED, Actor
from stampwell.events.recording import record
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import terms_of
from stampwell.refusal import Refusal
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.describing import VoucherFacts, describe_voucher
from stampwell.vouchers.issuing import void_voucher
from stampwell.vouchers.rows import VoucherRow, is_held, lock_voucher, state_at, still_open

SCANNER_UNDO = timedelta(seconds=60)


class UndoneFacts(msgspec.Struct, frozen=True):
    stamp: StampFacts
    card: CardFacts
    vouchers_recalled: list[VoucherFacts]


class Undone(msgspec.Struct, frozen=True, kw_only=True):
    """The card and its open vouchers as they are after the undoing; `stamp` is the row that takes the other away."""

    stamp: StampRow
    card: CardRow
    vouchers: list[VoucherRow]
    recalled: list[VoucherRow]
    facts: UndoneFacts


def undo_stamp(
    merchant: Merchant, stamp_id: UUID, *, reason: str, actor: Actor, within: timedelta | None = None
) -> Undone:
    """Takes back a stamp and recalls the vouchers that it unlocked; `within` limits how old it may be.

    Refuses: NotFound, StampAlreadyReversed, VoucherAlreadyUsed, EarnedVoucherShown, EarnedVoucherHeld, UndoTooLate;
    CardMerged; and CardErased: a reason would name whom all else has forgotten.
    """
    with merchant_transaction(merchant.id) as tx:
        stamp = read_stamp(tx, stamp_id)
        card, vouchers = lock_card(tx, stamp.card_id)
        at, previous = now(), tx.later(_PreviousRow, _PREVIOUS, (tx.merchant_id, card.id, stamp.id))
        if card.state != "active":
            raise card_ended(card.state)
        if stamp.count < 0 or stamp.reverses_id or stamp.merge_id or is_reversed(tx, stamp):
            raise StampAlreadyReversed
        if within is not None and at - stamp.at > within:
            raise UndoTooLate
        if card.last_stamp in (stamp.at, stamp.occurred):
            # The right card may be stamped at once after the wrong one was undone; an earlier stamp still counts.
            card = msgspec.structs.replace(card, last_stamp=row.counted if (row := previous.row()) else None)
        return _take_back(tx, merchant, card, vouchers, stamp, reason=reason, actor=actor, at=at)


def is_reversed(tx: Statements, stamp: StampRow) -> bool:
    sql = "SELECT id FROM stamp WHERE merchant_id = %s AND reverses_id = %s"
    return tx.exists(sql, (tx.merchant_id, stamp.id))


def _take_back(
    tx: Statements,
    merchant: Merchant,
    card: CardRow,
    vouchers: list[VoucherRow],
    stamp: StampRow,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Undone:
    take_back_count(tx, merchant, stamp, counted=_counted_at(stamp))  # first, as the locks of a stamp are taken
    changed, taken = without_stamp(tx, merchant, card, stamp, at=at)
    recalled = recall_vouchers(tx, changed, at=at, actor=actor)
    undo = msgspec.structs.replace(
        stamp,
        id=new_id(),
        count=-taken,
        round=card.round,
        amount=-stamp.amount if stamp.amount is not None else None,
        remainder_change=changed.remainder - card.remainder,
        at=at,
        occurred=at,
        counted=None,
        source=actor.source,
        overrode=False,
        receipt_id=None,
        location_id=actor.location_id,
        station_id=actor.station_id,
        staff_member_id=actor.staff_member_id,
        api_key_id=actor.api_key_id,
        reverses_id=stamp.id,
        reason=reason,
    )
    tx.insert("stamp", undo)
    write_card(tx, card, changed, at=at)
    open_receipt(tx, stamp, actor=actor)
    take_back_paper(tx, stamp, at=at)
    gone = {voucher.id for voucher in recalled}
    vouchers = still_open([voucher for voucher in vouchers if voucher.id not in gone], at)
    facts = UndoneFacts(
        describe_stamp(undo),
        describe_card(tx, changed, vouchers, at=at),
        [describe_voucher(tx, voucher, at=at) for voucher in recalled],
    )
    record(tx, "stamp.reversed", facts, at=at, actor=actor, card_id=card.id)
    return Undone(stamp=undo, card=changed, vouchers=vouchers, recalled=recalled, facts=facts)


def without_stamp(
    tx: Statements, merchant: Merchant, card: CardRow, stamp: StampRow, *, at: datetime
) -> tuple[CardRow, int]:
    """The card as it is without the stamp, and how many marks that takes away.

    The money of an amount is taken back too. If it has become part of a later stamp since, that stamp goes too.
    """
    remainder, taken = card.remainder - stamp.remainder_change, stamp.count
    terms = terms_of(merchant.id, card.version_id)
    if terms.amount_per_stamp:
        more, remainder = divmod(remainder, terms.amount_per_stamp)
        taken = max(taken - more, 0)
    is_of_that_day = stamp.source not in UNLIMITED and card.stamped_day == _day_of(tx, merchant, stamp)
    changed = msgspec.structs.replace(
        _go_back(tx, card, taken, at=at),
        remainder=max(remainder, 0),
        stamps_that_day=max(card.stamps_that_day - stamp.count, 0) if is_of_that_day else card.stamps_that_day,
        revision=card.revision + 1,
    )
    return changed, taken


class _StampedRow(msgspec.Struct, frozen=True):
    id: UUID
    at: datetime
    counted: datetime
    location_id: UUID | None


# The moment that pause and daily limit went by, as `_counted_at` says.
_COUNTED = "coalesce(s.counted, CASE WHEN s.source = 'api' THEN s.at ELSE s.occurred END)"
# Longer than it is one day or the other anywhere: what was before has no say in the day of the stamp.
_LOOK_BACK = timedelta(days=3)
_STAMPED = f"""
    SELECT s.id, s.at, {_COUNTED} AS counted, s.location_id FROM stamp s
    WHERE s.merchant_id = %s AND s.card_id = %s AND s.at > %s AND s.at <= %s AND s.count > 0 AND s.reverses_id IS NULL
        AND s.merge_id IS NULL AND s.source NOT IN {OF_UNLIMITED}
    ORDER BY s.at, s.id
"""


def _day_of(tx: Statements, merchant: Merchant, stamp: StampRow) -> date:
    """The day that the stamp was counted to, found as it was found then."""
    counted, before = _counted_at(stamp), None
    if merchant.location_zones:
        facts = (tx.merchant_id, stamp.card_id, counted - _LOOK_BACK, stamp.at)
        for row in tx.rows(_StampedRow, _STAMPED, facts):
            if row.id == stamp.id:
                break
            day = counted_day(merchant, before, row.location_id, row.counted)
            if before is None or day >= before or row.counted == row.at:  # what came late moves no card back
                before = day
    return counted_day(merchant, before, stamp.location_id, counted)


def _counted_at(stamp: StampRow) -> datetime:
    """What was kept counts by when it happened, whoever kept it, and so does what the owner decided; what a program
    tells alone counts by when it is told. Rows that do not say it are of before, or were told at once.
    """
    return stamp.counted or (stamp.at if stamp.source == "api" else stamp.occurred)


class _PreviousRow(msgspec.Struct, frozen=True):
    counted: datetime | None


# When the card was stamped last without the stamp that is undone. What was written before the moment by which the
# newest one counts can only count by an earlier one.
_PREVIOUS = f"""
    WITH standing AS NOT MATERIALIZED (
        SELECT s.at, {_COUNTED} AS counted FROM stamp s
        WHERE s.merchant_id = %s AND s.card_id = %s AND s.id <> %s AND s.reverses_id IS NULL AND s.merge_id IS NULL
            AND s.source NOT IN {OF_UNLIMITED}
        AND NOT EXISTS (
            SELECT FROM stamp u WHERE u.merchant_id = s.merchant_id AND u.reverses_id = s.id
        )
    )
    SELECT max(counted) AS counted FROM standing
    WHERE at >= (SELECT counted FROM standing ORDER BY at DESC LIMIT 1)
"""


class _RoundRow(msgspec.Struct, frozen=True):
    version_id: UUID
    goal: int


_OPEN_AGAIN = """
    UPDATE completed_round SET reopened = %s WHERE merchant_id = %s AND card_id = %s AND round = %s AND reopened IS NULL
    RETURNING version_id, goal
"""


def _go_back(tx: Statements, card: CardRow, taken: int, *, at: datetime) -> CardRow:
    """The card after taking marks away; completed rounds open again where needed."""
    stamps = card.stamps - taken
    while stamps < 0:
        done = tx.row(_RoundRow, _OPEN_AGAIN, (at, tx.merchant_id, card.id, card.round - 1))
        assert done is not None, "every round before the present one was completed"
        card = msgspec.structs.replace(card, version_id=done.version_id, goal=done.goal, round=card.round - 1)
        stamps += done.goal
    return msgspec.structs.replace(card, stamps=stamps)


class _GivenRow(msgspec.Struct, frozen=True):
    voucher_id: UUID | None
    draw_id: UUID | None


_RECALL = """
    UPDATE reached_milestone SET recalled = %s
    WHERE merchant_id = %s AND card_id = %s AND recalled IS NULL AND (round, stamps) > (%s, %s)
    RETURNING voucher_id, draw_id
"""


def recall_vouchers(tx: Statements, card: CardRow, *, at: datetime, actor: Actor) -> list[VoucherRow]:
    """Withdraws the vouchers of the milestones that lie beyond where the card is now; words that were drawn there are
    among the other prizes again.

    Refuses: VoucherAlreadyUsed, EarnedVoucherShown, EarnedVoucherHeld.
    """
    given = tx.rows(_GivenRow, _RECALL, (at, tx.merchant_id, card.id, card.round, card.stamps))
    vouchers = [lock_voucher(tx, one.voucher_id) for one in given if one.voucher_id]
    if refusals := [refusal for voucher in vouchers if (refusal := _why_not_recall(voucher, at))]:
        raise next((one for one in refusals if isinstance(one, VoucherAlreadyUsed)), refusals[0])
    recalled = [void_voucher(tx, voucher, at=at, actor=actor) for voucher in vouchers if voucher.state != "void"]
    for words in given:
        if words.draw_id and not words.voucher_id:
            take_back_draw(tx, card.program_id, words.draw_id)
    return recalled


def _why_not_recall(voucher: VoucherRow, at: datetime) -> Refusal | None:
    match state_at(voucher, at):
        case "redeemed":
            return VoucherAlreadyUsed()
        case "reserved" if is_held(voucher, at):
            return EarnedVoucherHeld(until=voucher.reserved_until)
        case "reserved":
            return EarnedVoucherShown()
    return None
