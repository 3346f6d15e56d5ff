"""The owner decides about a scan that waits: it counts, or it does not. Once, whoever asks how often."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.cards.earning import Purchase
from stampwell.cards.rows import ask_to_lock_card
from stampwell.cards.stamping_late import stamp_later
from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.models import Merchant
from stampwell.offline.rows import COLUMNS, KeptScanRow
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import merchant_reads, merchant_transaction

Decision = Literal["count", "leave"]
MOST_AT_ONCE = 200  # of one kind, with one click
_MOST_TRIED = 1000  # so that no click takes minutes where almost none can be counted
_LOCK = f"SELECT {COLUMNS} FROM kept_scan WHERE merchant_id = %s AND id = %s"
_DECIDE = """
    UPDATE kept_scan SET state = %s, stamp_id = %s, given = %s, decided_by = %s, decided_at = %s
    WHERE merchant_id = %s AND id = %s AND state = 'waiting'
"""
_WAITING = f"""
    SELECT {COLUMNS} FROM (
        SELECT {COLUMNS}, row_number() OVER (PARTITION BY reason ORDER BY id) AS place
        FROM kept_scan WHERE merchant_id = %s AND state = 'waiting'
    ) AS kept
    WHERE place <= %s ORDER BY id
"""
# Those of cards that have ended come last: nobody can count them.
_OF_A_KIND = """
    SELECT kept_scan.id FROM kept_scan
    JOIN card ON card.merchant_id = kept_scan.merchant_id AND card.id = kept_scan.card_id
    WHERE kept_scan.merchant_id = %s AND kept_scan.state = 'waiting' AND kept_scan.reason = %s
    ORDER BY card.state <> 'active', kept_scan.id LIMIT %s
"""
_HOW_MANY = "SELECT count(*) FROM kept_scan WHERE merchant_id = %s AND state = 'waiting'"
_KINDS = """
    SELECT reason, count(*)::int AS count FROM kept_scan WHERE merchant_id = %s AND state = 'waiting'
    GROUP BY reason ORDER BY reason
"""


class DecisionEvent(msgspec.Struct, frozen=True):
    scan_id: str
    decision: Decision
    reason: str
    card_id: str | None
    scanned_at: datetime


class Decided(msgspec.Struct, frozen=True):
    """The scan as it is now. `again` is whether it had been decided before; then nothing was done."""

    scan: KeptScanRow
    again: bool


class AtOnce(msgspec.Struct, frozen=True):
    """How many of a kind were decided, and why the others could not be."""

    done: int
    refusals: list[Refusal]


class Kind(msgspec.Struct, frozen=True):
    reason: str
    count: int


def decide(merchant: Merchant, scan_id: UUID, decision: Decision, *, actor: Actor) -> Decided:
    """Gives what the scan would have given, or nothing, and writes down who decided.

    Refuses: NotFound, CardVoid where the card has ended since, TooManyStamps.
    """
    with merchant_transaction(merchant.id) as tx:
        scan = tx.hold(KeptScanRow, _LOCK, (merchant.id, scan_id)).row()
        if scan is None:
            raise NotFound
        if scan.state != "waiting":
            return Decided(scan, again=True)
        at, stamp = now(), None
        assert scan.card_id is not None, "what waits is of a card"
        # Before the stamp, so that the journal tells the cause first.
        data = DecisionEvent(
            public_id("ksc", scan.id), decision, scan.reason, public_id("crd", scan.card_id), scan.happened_at
        )
        record(tx, "scan.decided", data, at=at, actor=actor, card_id=scan.card_id, location_id=scan.location_id)
        if decision == "count":
            stamp = stamp_later(
                tx,
                merchant,
                ask_to_lock_card(tx, scan.card_id),
                Purchase(count=scan.count, amount=scan.amount, override=True),
                actor=msgspec.structs.replace(actor, location_id=scan.location_id),
                happened=scan.happened_at,
                decided=True,
            ).stamp
        changed = msgspec.structs.replace(
            scan,
            state="counted" if decision == "count" else "refused",
            stamp_id=stamp.id if stamp else None,
            given=stamp.count if stamp else None,
            decided_by=actor.staff_member_id,
            decided_at=at,
        )
        values = (changed.state, changed.stamp_id, changed.given, changed.decided_by, at, merchant.id, scan.id)
        tx.change(_DECIDE, values)
    return Decided(changed, again=False)


def decide_all(merchant: Merchant, reason: str, decision: Decision, *, actor: Actor) -> AtOnce:
    """The oldest that wait for one reason, up to `MOST_AT_ONCE`, each in a transaction of its own. What cannot be
    counted is left waiting and holds up no other.
    """
    with merchant_reads(merchant.id) as tx:
        ids = tx.values(UUID, _OF_A_KIND, (merchant.id, reason, _MOST_TRIED))
    done, refusals = 0, []
    for scan_id in ids:
        if done == MOST_AT_ONCE:
            break
        try:
            done += not decide(merchant, scan_id, decision, actor=actor).again
        except Refusal as refusal:
            refusals.append(refusal)
    return AtOnce(done, refusals)


def scans_to_decide(merchant_id: UUID, *, most: int) -> list[KeptScanRow]:
    """The oldest first, at `most` so many of each kind."""
    with merchant_reads(merchant_id) as tx:
        return tx.rows(KeptScanRow, _WAITING, (merchant_id, most))


def kinds_to_decide(merchant_id: UUID) -> list[Kind]:
    with merchant_reads(merchant_id) as tx:
        return tx.rows(Kind, _KINDS, (merchant_id,))


def how_many_to_decide(merchant_id: UUID) -> int:
    with merchant_reads(merchant_id) as tx:
        return tx.value(int, _HOW_MANY, (merchant_id,)) or 0
