"""Undoing a merge: two customers again, each with what was theirs. What was collected since stays on its card.

It is possible for 30 days, and the newest merge of a customer first: an earlier one is part of what a later one moved.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.cards.describing import describe_card
from stampwell.cards.issuing import CardEvent
from stampwell.cards.merged_cards import (
    CardSeparated,
    CustomersMerged,
    MergedCardFacts,
    MergedCardRow,
    MergeFacts,
    cards_of_merge,
    describe_merge,
    was_recovered_in,
)
from stampwell.cards.refusals import VoucherAlreadyUsed
from stampwell.cards.relinking import relink_card
from stampwell.cards.rows import CardRow, StampRow, lock_card, read_stamp, write_card
from stampwell.cards.undoing import recall_vouchers, without_stamp
from stampwell.clock import new_id, now
from stampwell.customers.merged_people import CAN_BE_UNDONE, MERGE, MergeRow
from stampwell.customers.separating import lock_merged, separate_people
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed as note_change
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import Statements, merchant_reads, merchant_transaction
from stampwell.vouchers.relinking import hang_vouchers
from stampwell.vouchers.rows import still_open


class MergeAlreadyUndone(Refusal):
    code = "merge_already_undone"
    title = _("Already undone")
    staff_text = _("This merge was already undone.")
    customer_text = staff_text
    what_to_do = _("Search for the other customer to see them as they are now.")


class MergeFinal(Refusal):
    code = "merge_final"
    title = _("Too late to undo")
    staff_text = _("A merge can be undone for 30 days, and this one is older.")
    customer_text = staff_text
    what_to_do = _("If it was a mistake, give the other person a new card and add the stamps there.")


class LaterMergeFirst(Refusal):
    code = "later_merge_first"
    title = _("Undo the later merge first")
    staff_text = _("This customer has been merged again since.")
    customer_text = staff_text
    what_to_do = _("Undo the latest merge first, then this one.")


class MergedRewardUsed(Refusal):
    code = "merged_reward_used"
    title = _("Reward already handed out")
    staff_text = _("A reward earned with both cards’ stamps was already used, so the merge can’t be undone.")
    customer_text = staff_text
    what_to_do = _("If the reward was not handed out, restore the voucher first, then undo the merge.")


class Separated(msgspec.Struct, frozen=True):
    merge: MergeRow
    facts: MergeFacts


_READ = f"{MERGE} WHERE merchant_id = %s AND id = %s"
_LATER = """
    SELECT 1 FROM customer_merge
    WHERE merchant_id = %s AND id > %s AND undone IS NULL AND (customer_id = %s OR other_id = %s)
"""
_BACK = """
    UPDATE card SET customer_id = %s, revision = revision + 1
    WHERE merchant_id = %s AND customer_id = %s AND id = ANY(%s)
"""
_BEGIN_AGAIN = """
    UPDATE card SET state = 'active', stamps = %(stamps)s, remainder = %(remainder)s, external_id = %(external_id)s,
        revision = %(revision)s, changed = %(at)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s
"""
_UNNAME = "UPDATE card SET external_id = NULL, revision = %s WHERE merchant_id = %s AND id = %s"
_UNTIE = """
    UPDATE reached_milestone SET recalled = %(at)s
    WHERE merchant_id = %(merchant)s AND card_id = %(into)s AND recalled IS NULL AND (
        voucher_id = ANY(%(vouchers)s)
        OR voucher_id IS NULL AND draw_id = ANY(
            SELECT draw_id FROM reached_milestone
            WHERE merchant_id = %(merchant)s AND card_id = %(card)s AND recalled IS NULL
        )
        OR voucher_id IS NULL AND draw_id IS NULL AND told IS NULL AND reward_id = ANY(
            SELECT reward_id FROM reached_milestone
            WHERE merchant_id = %(merchant)s AND card_id = %(card)s AND recalled IS NULL AND draw_id IS NULL
        )
    )
"""
_HERE = "SELECT id FROM voucher WHERE merchant_id = %s AND card_id = %s AND id = ANY(%s) ORDER BY id"


def undo_merge(merchant: Merchant, merge_id: UUID, *, actor: Actor) -> Separated:
    """Refuses: NotFound, MergeAlreadyUndone, MergeFinal, LaterMergeFirst, MergedRewardUsed, EarnedVoucherShown,
    EarnedVoucherHeld.
    """
    with merchant_transaction(merchant.id) as tx:
        merchant = lock_merchant(tx)
        merge = tx.row(MergeRow, _READ, (tx.merchant_id, merge_id))
        if merge is None:
            raise NotFound
        if refusal := why_not_undo(tx, merge, at=now()):
            raise refusal
        return _separate(tx, merchant, merge, actor=actor)


def require_merge_of(merchant: Merchant, customer_id: UUID, merge_id: UUID) -> None:
    """Refuses: NotFound where it is a merge of somebody else."""
    with merchant_reads(merchant.id) as tx:
        merge = tx.row(MergeRow, _READ, (tx.merchant_id, merge_id))
    if merge is None or merge.customer_id != customer_id:
        raise NotFound


def why_not_undo(tx: Statements, merge: MergeRow, *, at: datetime) -> Refusal | None:
    """The reason why this merge cannot be undone now, or None; whether a reward was used is seen when it is undone."""
    if merge.undone:
        return MergeAlreadyUndone()
    if merge.forgotten or at - merge.merged >= CAN_BE_UNDONE:
        return MergeFinal()
    if tx.exists(_LATER, (tx.merchant_id, merge.id, merge.customer_id, merge.customer_id)):
        return LaterMergeFirst()
    return None


def _separate(tx: Statements, merchant: Merchant, merge: MergeRow, *, actor: Actor) -> Separated:
    kept, other = lock_merged(tx, merge)
    rows = cards_of_merge(tx, merge.id)
    for card_id in sorted({*merge.cards, *(row.into_id for row in rows)}):
        lock_card(tx, card_id)
    at = now()
    tx.write(_BACK, (other.id, tx.merchant_id, kept.id, merge.cards))
    parted = [_part(tx, merchant, merge, row, at=at, actor=actor) for row in reversed(rows)]
    told_on = rows[0].into_id if rows else max(merge.cards, default=None)
    separate_people(tx, merge, kept, other, told_on=told_on, at=at, actor=actor)
    undone = msgspec.structs.replace(merge, undone=at)
    facts = describe_merge(undone, parted[::-1])
    record(tx, "customer.separated", CustomersMerged(facts), at=at, actor=actor, card_id=told_on)
    note_change(tx, "customer.separated", by=actor, subject_id=kept.id)
    return Separated(undone, facts)


def _part(
    tx: Statements, merchant: Merchant, merge: MergeRow, row: MergedCardRow, *, at: datetime, actor: Actor
) -> MergedCardFacts:
    """The vouchers go back first: those of the other card are not recalled with what both earned together."""
    back = tx.values(UUID, _HERE, (tx.merchant_id, row.into_id, row.vouchers))
    hang_vouchers(tx, back, to=row.card_id)
    facts = {"merchant": tx.merchant_id, "into": row.into_id, "card": row.card_id, "vouchers": row.vouchers}
    tx.write(_UNTIE, facts | {"at": at})
    into, _open = lock_card(tx, row.into_id)
    card, _none = lock_card(tx, row.card_id)
    left = _take_out(tx, merchant, into, row, at=at, actor=actor)
    if row.external_id_moved:
        tx.write(_UNNAME, (left.revision, tx.merchant_id, left.id))
    again = _begin_again(tx, merge, card, into, row, at=at, actor=actor)
    if was_recovered_in(tx, row):
        again = _replace_links(tx, again, at=at, actor=actor)
    for shown in (left, again):
        vouchers = still_open(lock_card(tx, shown.id)[1], at)
        data = CardSeparated(public_id("mrg", merge.id), describe_card(tx, shown, vouchers, at=at))
        record(tx, "card.separated", data, at=at, actor=actor, card_id=shown.id)
    return MergedCardFacts(public_id("crd", row.card_id), public_id("crd", row.into_id), again.stamps)


def _take_out(
    tx: Statements, merchant: Merchant, into: CardRow, row: MergedCardRow, *, at: datetime, actor: Actor
) -> CardRow:
    """The card without the stamps that came over; what only both together earned is withdrawn.

    Refuses: MergedRewardUsed, EarnedVoucherShown, EarnedVoucherHeld.
    """
    if row.arrival_id is None:
        left = msgspec.structs.replace(into, revision=into.revision + 1)
        write_card(tx, into, left, at=at)
        return left
    arrival = read_stamp(tx, row.arrival_id)
    left, taken = without_stamp(tx, merchant, into, arrival, at=at)
    left = msgspec.structs.replace(left, stamps_that_day=into.stamps_that_day)
    try:
        recall_vouchers(tx, left, at=at, actor=actor)
    except VoucherAlreadyUsed as used:
        raise MergedRewardUsed from used
    change = left.remainder - into.remainder
    tx.insert("stamp", _taken_back(arrival, into, count=-taken, remainder_change=change, at=at, actor=actor))
    write_card(tx, into, left, at=at)
    return left


def _begin_again(
    tx: Statements,
    merge: MergeRow,
    card: CardRow,
    into: CardRow,
    row: MergedCardRow,
    *,
    at: datetime,
    actor: Actor,
) -> CardRow:
    """The card as it was: nothing has happened on it since."""
    stamps, remainder = 0, 0
    if row.departure_id:
        departure = read_stamp(tx, row.departure_id)
        stamps, remainder = -departure.count, -departure.remainder_change
        back = _taken_back(departure, card, count=stamps, remainder_change=remainder, at=at, actor=actor)
        tx.insert("stamp", back)
    again = msgspec.structs.replace(
        card,
        state="active",
        customer_id=merge.other_id,
        stamps=stamps,
        remainder=remainder,
        external_id=into.external_id if row.external_id_moved else card.external_id,
        revision=card.revision + 1,
    )
    tx.write(_BEGIN_AGAIN, msgspec.structs.asdict(again) | {"merchant": tx.merchant_id, "at": at})
    return again


def _replace_links(tx: Statements, card: CardRow, *, at: datetime, actor: Actor) -> CardRow:
    """The phone that was lost may hold the links of both cards, and would have this one back."""
    moved = relink_card(tx, card, at=at)
    vouchers = still_open(lock_card(tx, moved.id)[1], at)
    facts = CardEvent(describe_card(tx, moved, vouchers, at=at))
    record(tx, "card.recovered", facts, at=at, actor=actor, card_id=moved.id)
    return moved


def _taken_back(
    row: StampRow, card: CardRow, *, count: int, remainder_change: int, at: datetime, actor: Actor
) -> StampRow:
    return msgspec.structs.replace(
        row,
        id=new_id(),
        count=count,
        round=card.round,
        remainder_change=remainder_change,
        at=at,
        occurred=at,
        source=actor.source,
        location_id=actor.location_id,
        station_id=actor.station_id,
        staff_member_id=actor.staff_member_id,
        api_key_id=actor.api_key_id,
        reverses_id=row.id,
    )
