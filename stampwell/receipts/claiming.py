"""A customer claims a receipt code: its stamps go to their card, once."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.cards.issuing import issue_card
from stampwell.cards.rows import ask_to_lock_card
from stampwell.cards.stamping import Stamped, stamp_asked
from stampwell.clock import new_id, now
from stampwell.customers.joining import ConsentGiven, ContactDetails
from stampwell.events.actors import CUSTOMER
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.clocks import clock_at
from stampwell.merchants.local_time import local_day, start_of_day
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import Terms
from stampwell.receipts.codes import Code, read_code
from stampwell.receipts.finding import FoundCode, hold_written
from stampwell.receipts.keeping import keep_first
from stampwell.receipts.refusals import ReceiptCodeUsed, TooManyReceiptsToday
from stampwell.receipts.rows import ReceiptBatchRow, ReceiptClaimRow, read_claim
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, merchant_transaction

# Of all cards of a customer the codes of a day are counted together, so their claims come one after another.
_HOLD_CUSTOMER = """
    SELECT id FROM customer WHERE merchant_id = %(merchant)s AND id = (
        SELECT customer_id FROM card WHERE merchant_id = %(merchant)s AND id = %(card)s
    ) FOR NO KEY UPDATE
"""
_CLAIMED_TODAY = """
    SELECT count(*) FROM card c JOIN receipt_claim r ON (r.merchant_id, r.card_id) = (c.merchant_id, c.id)
    WHERE c.merchant_id = %s AND c.customer_id = %s AND r.at >= %s
"""


class _HeldRow(msgspec.Struct, frozen=True):
    id: UUID


class ClaimedCode(msgspec.Struct, frozen=True, kw_only=True):
    """What was claimed, as the event shows it: no code, which opens nothing any more either."""

    batch_id: str
    serial: int
    program_id: str
    count: int | None
    amount: int | None
    currency: str | None
    receipt_id: str | None
    expires_at: datetime


class ClaimEvent(msgspec.Struct, frozen=True, kw_only=True):
    receipt_code: ClaimedCode
    card_id: str
    stamp_id: str


def claim_code(merchant: Merchant, text: str, card_id: UUID) -> Stamped:
    """Gives the card what the code is worth, and the code is used.

    Refuses: UnknownReceiptCode, ReceiptCodeUsed, ReceiptCodeExpired, ReceiptCodeRevoked, TooManyReceiptsToday, NotFound
    for a card of another program, and whatever `why_no_stamp` says but of place, hours and the shop's own limit at
    once: of these it was thought when the code was made.
    """
    with merchant_transaction(merchant.id) as tx:
        return _claim(tx, merchant, read_code(text), card_id)


def join_with_code(
    merchant: Merchant,
    text: str,
    terms: Terms,
    *,
    locale: str,
    details: ContactDetails | None = None,
    consent: ConsentGiven | None = None,
) -> Stamped:
    """A new card with what the code is worth. Where the code is refused, nobody gets a card.

    Refuses as `claim_code` does.
    """
    with merchant_transaction(merchant.id) as tx:
        issued = issue_card(merchant, terms, locale=locale, actor=CUSTOMER, details=details, consent=consent)
        return _claim(tx, merchant, read_code(text), issued.card.id)


def _claim(tx: Statements, merchant: Merchant, code: Code, card_id: UUID) -> Stamped:
    # The person before the card, as everybody does who holds both.
    tx.later(_HeldRow, _HOLD_CUSTOMER, {"merchant": tx.merchant_id, "card": card_id})
    asked = ask_to_lock_card(tx, card_id)
    card = asked.rows()[0]
    found = hold_written(tx, code)  # only now: while waiting for them the same code may have come to the card
    batch, at = found.batch, now()
    if card.program_id != batch.program_id:
        raise NotFound
    if refusal := found.why_not(at):
        raise refusal
    if _claimed_today(tx, merchant, card.customer_id, batch, at) >= batch.daily_limit:
        raise TooManyReceiptsToday(limit=batch.daily_limit)
    if not found.is_kept and (refusal := keep_first(tx, batch)):
        raise refusal
    claim = ReceiptClaimRow(id=new_id(), batch_id=batch.id, serial=found.serial, card_id=card.id, at=at)
    if not tx.insert_new("receipt_claim", claim):  # waits for whoever claims it at this moment
        before = read_claim(tx, batch.id, found.serial)
        raise ReceiptCodeUsed(when=before.at if before else at)
    event_id = new_id()  # older than that of the stamp, which follows from it
    stamped = stamp_asked(tx, merchant, asked, batch.purchase, actor=batch.claimer)
    data = ClaimEvent(
        receipt_code=_describe(found),
        card_id=public_id("crd", card.id),
        stamp_id=public_id("stp", stamped.stamp.id),
    )
    record(tx, "receipt_code.claimed", data, at=at, actor=batch.claimer, card_id=card.id, id=event_id)
    return stamped


def _claimed_today(tx: Statements, merchant: Merchant, customer_id: UUID, batch: ReceiptBatchRow, at: datetime) -> int:
    clock = clock_at(merchant, batch.location_id)
    since = start_of_day(clock, local_day(clock, at))
    return tx.value(int, _CLAIMED_TODAY, (tx.merchant_id, customer_id, since)) or 0


def _describe(found: FoundCode) -> ClaimedCode:
    batch = found.batch
    return ClaimedCode(
        batch_id=public_id("rcb", batch.id),
        serial=found.serial,
        program_id=public_id("prg", batch.program_id),
        count=batch.count,
        amount=batch.amount,
        currency=batch.currency,
        receipt_id=batch.receipt_id,
        expires_at=batch.expires,
    )
