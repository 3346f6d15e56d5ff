"""The owner decides about a scan that waits: it counts, or it does not. Once, whoever asks how often."""

from uuid import UUID

import msgspec

from stampwell.cards.earning import Purchase
from stampwell.cards.rows import StampRow, ask_to_lock_card
from stampwell.cards.stamping_late import stamp_later
from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.merchants.models import Merchant
from stampwell.offline.handing_out import rewards_said, use_as_decided
from stampwell.offline.rows import COLUMNS, KeptScanRow
from stampwell.offline.telling import Decision, tell_decision
from stampwell.offline.waiting_rewards import forget_handed_out
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import Statements, merchant_reads, merchant_transaction
from stampwell.vouchers.rows import ask_to_lock_voucher

MOST_AT_ONCE = 200  # of one kind, with one click
_MOST_TRIED = 1000  # so that no click takes minutes where almost none can be counted
_LOCK = f"SELECT {COLUMNS} FROM kept_scan WHERE merchant_id = %s AND id = %s"
_DECIDE = """
    UPDATE kept_scan SET state = %(state)s, stamp_id = %(stamp_id)s, given = %(given)s,
        redemption_id = %(redemption_id)s, decided_by = %(decided_by)s, decided_at = %(decided_at)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s AND state = 'waiting'
"""
_WAITING = f"""
    SELECT {COLUMNS} FROM (
        SELECT {COLUMNS}, row_number() OVER (PARTITION BY reason, voucher_id IS NOT NULL ORDER BY id) AS place
        FROM kept_scan WHERE merchant_id = %(merchant)s AND state = 'waiting'
            AND (%(sender)s::uuid IS NULL OR sender_id = %(sender)s)
    ) AS kept
    WHERE place <= %(most)s ORDER BY id
"""
# Those of cards that have ended come last: nobody can count them.
_OF_A_KIND = """
    SELECT kept_scan.id FROM kept_scan
    JOIN card ON card.merchant_id = kept_scan.merchant_id AND card.id = kept_scan.card_id
    WHERE kept_scan.merchant_id = %s AND kept_scan.state = 'waiting' AND kept_scan.reason = %s
        AND (kept_scan.voucher_id IS NOT NULL) = %s
    ORDER BY card.state <> 'active', kept_scan.id LIMIT %s
"""
_HOW_MANY = "SELECT count(*) FROM kept_scan WHERE merchant_id = %s AND state = 'waiting'"
_KINDS = """
    SELECT reason, voucher_id IS NOT NULL AS rewards, count(*)::int AS count FROM kept_scan
    WHERE merchant_id = %(merchant)s AND state = 'waiting'
        AND (%(sender)s::uuid IS NULL OR sender_id = %(sender)s)
    GROUP BY 1, 2 ORDER BY 1, 2
"""
_BY_SENDER = """
    SELECT sender_id, count(*)::int AS count FROM kept_scan WHERE merchant_id = %s AND state = 'waiting' GROUP BY 1
"""


class Decided(msgspec.Struct, frozen=True):
    """The scan as it is now. `again` is whether it had been decided before; then nothing was done."""

    scan: KeptScanRow
    again: bool


class AtOnce(msgspec.Struct, frozen=True):
    """How many of a kind were decided, and why the others could not be."""

    done: int
    refusals: list[Refusal]


class KindOfScan(msgspec.Struct, frozen=True):
    """Why they wait, and whether they are `rewards` that were handed out or cards that were scanned."""

    reason: str
    rewards: bool


class Kind(KindOfScan, frozen=True):
    count: int


class _OfSender(msgspec.Struct, frozen=True):
    sender_id: UUID
    count: int


class _Effect(msgspec.Struct, frozen=True):
    stamp: StampRow | None = None
    redemption_id: UUID | None = None


_NOTHING = _Effect()


def decide(merchant: Merchant, scan_id: UUID, decision: Decision, *, actor: Actor) -> Decided:
    """Gives what the scan would have given, or nothing, and writes down who decided. A reward that counts as handed out
    uses its voucher where that is still unused, else none.

    Refuses: NotFound, CardVoid where the card has ended since, TooManyStamps.
    """
    with merchant_transaction(merchant.id) as tx:
        scan = tx.hold(KeptScanRow, _LOCK, (merchant.id, scan_id)).row()
        if scan is None:
            raise NotFound
        if scan.state != "waiting":
            return Decided(scan, again=True)
        assert scan.card_id is not None, "what waits is of a card"
        if scan.voucher_id:  # before its scan is changed: whoever brings one takes them in this order too
            ask_to_lock_voucher(tx, scan.voucher_id)
        at, event_id = now(), new_id()  # told first: the decision is the cause of what follows
        effect = _give(tx, merchant, scan, actor) if decision == "count" else _NOTHING
        changed = msgspec.structs.replace(
            scan,
            state="counted" if decision == "count" else "refused",
            stamp_id=effect.stamp.id if effect.stamp else None,
            given=effect.stamp.count if effect.stamp else None,
            redemption_id=effect.redemption_id,
            decided_by=actor.staff_member_id,
            decided_at=at,
        )
        data = tell_decision(changed, decision, rewards_said(merchant.id, [scan]).get(scan.id))
        told = {"card_id": scan.card_id, "voucher_id": scan.voucher_id, "location_id": scan.location_id}
        record(tx, "scan.decided", data, at=at, actor=actor, id=event_id, **told)
        facts = msgspec.structs.asdict(changed) | {"merchant": merchant.id}
        tx.change(_DECIDE, facts)
        if scan.voucher_id:
            forget_handed_out(tx, scan.voucher_id)
    return Decided(changed, again=False)


def _give(tx: Statements, merchant: Merchant, scan: KeptScanRow, actor: Actor) -> _Effect:
    there = msgspec.structs.replace(actor, location_id=scan.location_id)
    if scan.voucher_id:
        used = use_as_decided(tx, merchant, scan, actor=there)
        return _Effect(redemption_id=used.redemption.id if used else None)
    assert scan.card_id is not None, "what waits is of a card"
    stamped = stamp_later(
        tx,
        merchant,
        ask_to_lock_card(tx, scan.card_id),
        Purchase(count=scan.count, amount=scan.amount, override=True),
        actor=there,
        happened=scan.happened_at,
        decided=True,
    )
    return _Effect(stamp=stamped.stamp)


def decide_all(merchant: Merchant, kind: KindOfScan, decision: Decision, *, actor: Actor) -> AtOnce:
    """The oldest of a kind, up to `MOST_AT_ONCE`, each in a transaction of its own. What cannot be
    counted is left waiting and holds up no other.
    """
    with merchant_reads(merchant.id) as tx:
        ids = tx.values(UUID, _OF_A_KIND, (merchant.id, kind.reason, kind.rewards, _MOST_TRIED))
    done, refusals = 0, []
    for scan_id in ids:
        if done == MOST_AT_ONCE:
            break
        try:
            done += not decide(merchant, scan_id, decision, actor=actor).again
        except Refusal as refusal:
            refusals.append(refusal)
    return AtOnce(done, refusals)


def scans_to_decide(merchant_id: UUID, *, most: int, sender_id: UUID | None = None) -> list[KeptScanRow]:
    """The oldest first, at `most` so many of each kind; of one device or key alone, where it is given."""
    facts = {"merchant": merchant_id, "most": most, "sender": sender_id}
    with merchant_reads(merchant_id) as tx:
        return tx.rows(KeptScanRow, _WAITING, facts)


def kinds_to_decide(merchant_id: UUID, *, sender_id: UUID | None = None) -> list[Kind]:
    facts = {"merchant": merchant_id, "sender": sender_id}
    with merchant_reads(merchant_id) as tx:
        return tx.rows(Kind, _KINDS, facts)


def how_many_to_decide(merchant_id: UUID) -> int:
    with merchant_reads(merchant_id) as tx:
        return tx.value(int, _HOW_MANY, (merchant_id,)) or 0


def to_decide_by_sender(merchant_id: UUID) -> dict[UUID, int]:
    """How many wait of each device and key that has any."""
    with merchant_reads(merchant_id) as tx:
        return {one.sender_id: one.count for one in tx.rows(_OfSender, _BY_SENDER, (merchant_id,))}
