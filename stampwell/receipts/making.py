"""Making receipt codes: one for a receipt, one for a guest at the counter, or many at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from secrets import token_bytes
from uuid import UUID

import msgspec
from django.conf import settings

from stampwell.cards.earning import Purchase, earn, most_by_purchase, why_wrong_amount
from stampwell.cards.protecting import count_given
from stampwell.cards.receipts import giver_of, stamped_at
from stampwell.cards.refusals import ReceiptAlreadyUsed, TooManyStamps
from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.merchants.clocks import clock_at
from stampwell.merchants.local_time import end_of_day, local_day
from stampwell.merchants.locations import why_closed_there
from stampwell.merchants.managers import is_manager
from stampwell.merchants.models import Merchant
from stampwell.programs.course import why_no_stamps
from stampwell.programs.models import Program
from stampwell.programs.terms import Terms, terms_of
from stampwell.receipts.codes import SECRET_BYTES, new_number, write_code
from stampwell.receipts.refusals import ReceiptCodeTooLate, ReceiptHasOtherCode
from stampwell.receipts.rows import BatchKind, ReceiptBatchRow, list_series_with, read_of_receipt
from stampwell.receipts.series import make_in_series
from stampwell.receipts.series_codes import CountedReceipt, Place, count_receipt, place_in_id, write_code_at
from stampwell.refusal import NotFound
from stampwell.tokens import seal, unseal
from stampwell.transactions import Statements, merchant_transaction

RECEIPT_LASTS = timedelta(days=30)
BATCH_LASTS = timedelta(days=365)
SHOWN_FOR = timedelta(seconds=90)  # a code on the screen of staff
LONGEST = timedelta(days=3 * 366)
MOST_IN_BATCH = 10_000
LONGEST_NAME = 60
DAILY_LIMIT = 5  # codes for one card, where nobody says otherwise
MOST_A_DAY = 100


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a code is to be worth: a number of stamps, or an amount in minor units; neither means one visit."""

    program_id: UUID
    count: int | None = None
    amount: int | None = None
    currency: str | None = None
    expires: datetime | None = None
    daily_limit: int = DAILY_LIMIT


class Made(msgspec.Struct, frozen=True):
    """`is_new` is false where the receipt had its code before."""

    batch: ReceiptBatchRow
    is_new: bool


def make_receipt_code(merchant: Merchant, wanted: Wanted, receipt_id: str, *, actor: Actor) -> Made:
    """One code for a receipt, valid to the end of the 30th day unless said. The same receipt gives the same code again.

    Where its number ends in digits nothing is kept of the code but a bit in its series, so the amount and the end that
    it was made for are not remembered: asked for with others, a receipt has two codes, and earns by one of them.

    Refuses: NotFound, ReceiptAlreadyUsed, ReceiptHasOtherCode and what `make_batch` does.
    """
    with merchant_transaction(merchant.id) as tx:
        at, giver, counted = now(), giver_of(tx, actor), count_receipt(receipt_id)
        if existing := read_of_receipt(tx, wanted.program_id, giver, receipt_id):
            return Made(_the_same(existing, wanted), is_new=False)
        known = _known_in_series(tx, wanted, giver, counted) if counted else None
        if known and wanted.amount is None:  # whether it was this amount nobody knows
            return Made(known, is_new=False)
        if when := stamped_at(tx, wanted.program_id, giver, receipt_id):
            raise ReceiptAlreadyUsed(when=when)
        terms = _check(merchant, wanted, actor, at)
        if known:
            return Made(known, is_new=False)
        batch = _new_batch(
            tx,
            merchant,
            wanted,
            terms,
            kind="receipt",
            size=1,
            lasts=RECEIPT_LASTS,
            receipt_id=receipt_id,
            given_by=giver,
            at=at,
            actor=actor,
        )
        if counted:
            return Made(*make_in_series(tx, batch, counted, end_alike=wanted.expires is None))
        while not tx.insert_new("receipt_batch", batch):
            # Somebody was faster with the same receipt, or has the number.
            if existing := read_of_receipt(tx, wanted.program_id, giver, receipt_id):
                return Made(_the_same(existing, wanted), is_new=False)
            batch = msgspec.structs.replace(batch, number=new_number())
        return Made(batch, is_new=True)


def make_batch(merchant: Merchant, wanted: Wanted, *, size: int, name: str = "", actor: Actor) -> ReceiptBatchRow:
    """So many codes for a sheet or a printer, valid for a year unless said.

    Refuses: NotFound, ReceiptCodeTooLate, AmountNeeded, AmountNotUsed, BelowMinimumSpend, TooManyStamps,
    StampingPaused, ProgramOver, LocationClosed.
    """
    assert 0 < size <= MOST_IN_BATCH
    with merchant_transaction(merchant.id) as tx:
        at = now()
        terms = _check(merchant, wanted, actor, at)
        batch = _new_batch(
            tx, merchant, wanted, terms, kind="batch", size=size, lasts=BATCH_LASTS, name=name, at=at, actor=actor
        )
        batch = _insert(tx, batch)
        changed(tx, "receipt_codes.made", by=actor, name=name, subject_id=batch.id, after={"codes": size})
        return batch


def show_code(merchant: Merchant, wanted: Wanted, *, actor: Actor) -> ReceiptBatchRow:
    """One code for a guest who stands at the counter, valid for 90 seconds. Who shows it has given its stamps: of an
    amount those that it gives on a card without a remainder.

    Refuses as `make_batch` does, and NeedsManager.
    """
    with merchant_transaction(merchant.id) as tx:
        at = now()
        terms = _check(merchant, wanted, actor, at)
        batch = _new_batch(tx, merchant, wanted, terms, kind="staff", size=1, lasts=SHOWN_FOR, at=at, actor=actor)
        # Many purchases that are worth less than a stamp each are worth stamps on the card that gets them all.
        stamps = max(1, earn(0, terms, _purchase(wanted)).stamps)
        beyond = count_given(tx, merchant, stamps=stamps, actor=actor, at=at)
        if beyond and not is_manager(tx, actor.staff_member_id):
            raise beyond
        return _insert(tx, batch)


def codes_of(batch: ReceiptBatchRow, *, first: int = 0, most: int | None = None) -> Iterator[str]:
    """The codes of a batch from the serial `first` on."""
    secret, end = unseal(batch.secret), batch.size if most is None else min(batch.size, first + most)
    if place := place_in_id(batch.id):
        return (write_code_at(place, secret) for _serial in range(first, end))
    return (write_code(secret, batch.number, serial) for serial in range(first, end))


def code_of(batch: ReceiptBatchRow) -> str:
    """The code of a batch of one."""
    return next(codes_of(batch))


def code_url(slug: str, code: str) -> str:
    """In capital letters, which a QR code holds in little more than half the room of small ones."""
    return f"{settings.BASE_URL}/r/{slug}/{code}".upper()


def _the_same(existing: ReceiptBatchRow, wanted: Wanted) -> ReceiptBatchRow:
    if (existing.count, existing.amount) != (wanted.count, wanted.amount):
        raise ReceiptHasOtherCode
    return existing


def _known_in_series(tx: Statements, wanted: Wanted, giver: UUID, receipt: CountedReceipt) -> ReceiptBatchRow | None:
    """Refuses: ReceiptHasOtherCode."""
    for series in list_series_with(tx, wanted.program_id, giver, receipt):
        if (series.count, series.currency is None) != (wanted.count, wanted.amount is None):
            raise ReceiptHasOtherCode
        if series.end_alike:
            return series.batch_at(Place(series.number, receipt.serial, amount=wanted.amount or 0))
    return None


def _insert(tx: Statements, batch: ReceiptBatchRow) -> ReceiptBatchRow:
    while not tx.insert_new("receipt_batch", batch):
        batch = msgspec.structs.replace(batch, number=new_number())
    return batch


def _new_batch(
    tx: Statements,
    merchant: Merchant,
    wanted: Wanted,
    terms: Terms,
    *,
    kind: BatchKind,
    size: int,
    lasts: timedelta,
    name: str = "",
    receipt_id: str | None = None,
    given_by: UUID | None = None,
    at: datetime,
    actor: Actor,
) -> ReceiptBatchRow:
    expires = wanted.expires or _end_after(merchant, lasts, actor, at)
    if not at < expires <= at + LONGEST:
        raise ReceiptCodeTooLate(days=LONGEST.days)
    return ReceiptBatchRow(
        id=new_id(),
        program_id=wanted.program_id,
        number=new_number(),
        kind=kind,
        name=name,
        size=size,
        count=wanted.count,
        amount=wanted.amount,
        currency=terms.currency if wanted.amount is not None else None,
        daily_limit=wanted.daily_limit,
        expires=expires,
        revoked=None,
        receipt_id=receipt_id,
        given_by=given_by,
        location_id=actor.location_id,
        station_id=actor.station_id,
        # Who prints a sheet at the desk gives none of its stamps; who shows a code at the counter does.
        staff_member_id=actor.staff_member_id if kind == "staff" else None,
        api_key_id=actor.api_key_id,
        secret=seal(token_bytes(SECRET_BYTES)),
        created=at,
    )


def _end_after(merchant: Merchant, lasts: timedelta, actor: Actor, at: datetime) -> datetime:
    """What lasts for days ends with a day, as its place counts them."""
    if not lasts.days:
        return at + lasts
    clock = clock_at(merchant, actor.location_id)
    return end_of_day(clock, local_day(clock, at) + lasts)


def _terms(merchant: Merchant, wanted: Wanted) -> Terms:
    """Refuses: NotFound."""
    program = Program.objects.filter(merchant=merchant, id=wanted.program_id).first()
    if program is None:
        raise NotFound
    return terms_of(merchant.id, program.current_version_id)


def _purchase(wanted: Wanted) -> Purchase:
    return Purchase(count=wanted.count, amount=wanted.amount, currency=wanted.currency)


def _check(merchant: Merchant, wanted: Wanted, actor: Actor, at: datetime) -> Terms:
    """What the stamp would be refused for is refused before somebody prints it. Returns the program's terms.

    Also for the desk a code is worth no more than may be added at the counter: who claims it stands at neither.
    """
    terms, purchase = _terms(merchant, wanted), _purchase(wanted)
    refusal = (
        why_closed_there(merchant, actor.location_id)
        or why_no_stamps(merchant, wanted.program_id, at)
        or why_wrong_amount(terms, purchase)
    )
    if refusal:
        raise refusal
    most = most_by_purchase(merchant, terms.goal, terms, purchase)
    if earn(0, terms, purchase).stamps > most:
        raise TooManyStamps(most=most)
    return terms
