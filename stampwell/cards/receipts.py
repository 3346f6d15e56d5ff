"""A receipt earns its stamps once in a program: a receipt of one location, for tills count for themselves."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.cards.refusals import ReceiptAlreadyUsed
from stampwell.cards.rows import CardRow, StampRow
from stampwell.clock import new_id
from stampwell.events.actors import Actor
from stampwell.transactions import Statements


class StampedReceiptRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    program_id: UUID
    given_by: UUID
    receipt_id: str
    stamp_id: UUID


def claim_receipt(tx: Statements, receipt_id: str, card: CardRow, stamp: StampRow) -> None:
    """Ties the receipt to a stamp already written; waits for whoever is claiming it at this moment.

    Refuses: ReceiptAlreadyUsed.
    """
    claim = StampedReceiptRow(
        id=new_id(),
        program_id=card.program_id,
        given_by=giver_of(tx, stamp),
        receipt_id=receipt_id,
        stamp_id=stamp.id,
    )
    if not tx.insert_new("stamped_receipt", claim):
        raise ReceiptAlreadyUsed(when=stamped_at(tx, claim.program_id, claim.given_by, receipt_id) or stamp.at)


def giver_of(tx: Statements, hand: StampRow | Actor) -> UUID:
    """Whose receipts are counted together: those of the location, else of the device, of the key, of the shop."""
    return hand.location_id or hand.station_id or hand.api_key_id or tx.merchant_id


def open_receipt(tx: Statements, stamp: StampRow, *, actor: Actor) -> None:
    """After the stamp was undone: staff had the wrong card, so the receipt may be used for the right one.

    A program tells of a refund, and a till may repeat the sale after that: then it earns nothing.
    """
    if stamp.receipt_id and actor.source != "api":
        tx.write("DELETE FROM stamped_receipt WHERE merchant_id = %s AND stamp_id = %s", (tx.merchant_id, stamp.id))


def stamped_at(tx: Statements, program_id: UUID, given_by: UUID, receipt_id: str) -> datetime | None:
    """When the receipt earned its stamps in this program, or None."""
    return tx.value(
        datetime,
        "SELECT s.at FROM stamped_receipt r"
        " JOIN stamp s ON (s.merchant_id, s.id) = (r.merchant_id, r.stamp_id)"
        " WHERE r.merchant_id = %s AND r.program_id = %s AND r.given_by = %s AND r.receipt_id = %s",
        (tx.merchant_id, program_id, given_by, receipt_id),
    )
