"""One entry point for everything that can be scanned or typed at the counter."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.cards.describing import CardFacts, StampFacts, describe_card
from stampwell.cards.drawing import DrawFacts, PrizeGivenFacts
from stampwell.cards.earning import Purchase
from stampwell.cards.finding import (
    CardRef,
    Replaced,
    ask_card_by_code,
    ask_card_by_short_number,
    ask_card_by_token,
    ask_replaced,
)
from stampwell.cards.numbers import is_short_number
from stampwell.cards.refusals import AmountNeeded, CodeAlreadyUsed, link_ended
from stampwell.cards.rotating import STEPS_OF_PAST, step_of
from stampwell.cards.rows import CardRow, ask_to_lock_card, read_card
from stampwell.cards.stamping import Stamped, stamp_asked
from stampwell.clock import now
from stampwell.counter.own_codes import NumberMistyped, UnknownCode, name_own_code
from stampwell.counter.receipt_scans import ScannedReceipt, recognise_receipt, tell_receipt
from stampwell.events.actors import Actor, Entered
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.languages.typed import plain_code, plain_number, plain_path
from stampwell.merchants.models import Merchant
from stampwell.receipts.codes import looks_like_code
from stampwell.receipts.finding import FoundCode
from stampwell.refusal import Refusal
from stampwell.transactions import Later, Statements, merchant_reads, merchant_transaction
from stampwell.vouchers.api_codes import ask_voucher_by_api_code, read_api_code
from stampwell.vouchers.describing import VoucherFacts, describe_voucher
from stampwell.vouchers.finding import VoucherRef, ask_voucher_by_code, ask_voucher_by_token
from stampwell.vouchers.rows import VoucherRow, read_voucher, still_open


class ScannedCardFacts(msgspec.Struct, frozen=True, kw_only=True, tag="card", tag_field="kind"):
    """A card: stamped, or waiting for an amount (then without `stamp`). `live` is false for a code that cannot
    show that it is not an old picture."""

    card: CardFacts
    stamp: StampFacts | None
    vouchers_issued: list[VoucherFacts]
    draws: list[DrawFacts]
    words: list[PrizeGivenFacts]
    needs: Literal["amount"] | None
    live: bool


class ScannedCard(msgspec.Struct, frozen=True, kw_only=True):
    """The card and its open vouchers, as they are after the stamp where there is one."""

    card: CardRow
    vouchers: list[VoucherRow]
    stamped: Stamped | None
    facts: ScannedCardFacts


class ScannedVoucherFacts(msgspec.Struct, frozen=True, tag="voucher", tag_field="kind"):
    """A voucher, offered to be redeemed; nothing has changed yet."""

    voucher: VoucherFacts
    card: CardFacts


class ScannedVoucher(msgspec.Struct, frozen=True, kw_only=True):
    voucher: VoucherRow
    card: CardRow
    vouchers: list[VoucherRow]
    facts: ScannedVoucherFacts


class Recognised(msgspec.Struct, frozen=True):
    """What a code stands for: a card (with the step of its rotating code, if it has one), a voucher or a receipt.

    `refusal` says why it opens nothing; of an old picture the card is known all the same. `entered` says how a card was
    named that showed no code; `is_short`, that the code of a voucher is one that could be tried out.
    """

    card: CardRef | None = None
    step: int | None = None
    voucher_id: UUID | None = None
    receipt: FoundCode | None = None
    refusal: Refusal | None = None
    entered: Entered | None = None
    is_short: bool = False


class ScanEvent(msgspec.Struct, frozen=True):
    reason: str
    card_id: str | None
    voucher_id: str | None


LONGEST_TYPED = 10  # digits
_LONG_CODE = re.compile(r"[CV][B-HJ-LNPR-U]{32}")
_ROTATING = re.compile(r"SW1:([0-9]{8}):(?:[0-9]{1,12}:)?([0-9]{8})")
_LINK = re.compile(r"/([cv])/([a-z0-9-]{1,40})/([0-9a-f]{32})")
_CARD_OF_VOUCHER = "SELECT card_id FROM voucher WHERE merchant_id = %s AND id = %s"


def take_scan(
    merchant: Merchant,
    found: Recognised,
    purchase: Purchase,
    *,
    actor: Actor,
    why_not: Callable[[CardRow], Refusal | None] | None = None,
) -> ScannedCard | ScannedVoucher | ScannedReceipt:
    """Does the obvious thing with what was recognised: a card is stamped, a voucher is offered, of a receipt code it is
    told what it is worth. `why_not` says what else holds where it is scanned; it is asked of the locked card.

    Refuses: UnknownCode, CodeAlreadyUsed, what `why_not` says, whatever `add_stamp` refuses, and why a receipt code
    gives nothing.
    """
    if found.refusal:
        raise found.refusal
    if found.receipt:
        return tell_receipt(found.receipt)
    with merchant_transaction(merchant.id) as tx:
        if found.voucher_id:
            return _offer(tx, found.voucher_id)
        assert found.card is not None
        return _stamp(tx, merchant, found, found.card, purchase, actor, why_not)


def recognise(merchant: Merchant, code: str, *, scanned: datetime | None = None) -> Recognised:
    """What was scanned or typed. Asked once for a scan, whatever comes of it. A scan that was made before says when."""
    with merchant_reads(merchant.id) as tx:
        found = ask_to_recognise(tx, merchant.slug, code, scanned=scanned)()
        if type(found.refusal) is not UnknownCode:
            return found
        if looks_like_code(code):
            return _receipt(merchant, code)
        replaced = _ask_replaced(tx, merchant.slug, code)
        own = name_own_code(tx, merchant.slug, code.strip())
        before = replaced.row()
        return Recognised(refusal=link_ended(before.state) if before else own or found.refusal)


def ask_to_recognise(
    tx: Statements, shop: str, code: str, *, scanned: datetime | None = None
) -> Callable[[], Recognised]:
    """Asks what the code is; the function that this returns says it. `shop` is the merchant's slug."""
    text = plain_code(code).upper()
    if rotating := _ROTATING.fullmatch(text):
        return _rotating_card(tx, rotating[1], rotating[2], scanned)
    if link := _LINK.fullmatch(plain_path(code)):
        kind, slug, token = link.groups()
        if slug != shop:
            return _unknown
        return _voucher(ask_voucher_by_token(tx, token).row) if kind == "v" else _card(ask_card_by_token(tx, token))
    number = plain_number(code)
    if 0 < len(number) <= LONGEST_TYPED:
        return _typed_card(tx, number)
    if signs := read_api_code(code):
        return _voucher(ask_voucher_by_api_code(tx, signs), is_short=True)
    if text.startswith("V"):
        return _voucher(ask_voucher_by_code(tx, text).row)
    return _card(ask_card_by_code(tx, text))


def _ask_replaced(tx: Statements, shop: str, code: str) -> Later[Replaced]:
    """Whether the code is of a card as it was before it was recovered."""
    text = plain_code(code).upper()
    if rotating := _ROTATING.fullmatch(text):
        return ask_replaced(tx, short_number=rotating[1])
    if link := _LINK.fullmatch(plain_path(code)):
        return ask_replaced(tx, token=link[3] if link[2] == shop else "")
    return ask_replaced(tx, code=text, short_number=plain_number(code))


def can_be_guessed(code: str) -> bool:
    """Whether it is short enough to try one after the other: a number, a rotating code, the code of a reward."""
    return not plain_path(code) and not _LONG_CODE.fullmatch(plain_code(code).upper()) and not looks_like_code(code)


def _unknown() -> Recognised:
    return Recognised(refusal=UnknownCode())


def _card(asked: Later[CardRef]) -> Callable[[], Recognised]:
    return lambda: Recognised(card=card) if (card := asked.row()) else _unknown()


def _voucher(asked: Callable[[], VoucherRef | Refusal | None], *, is_short: bool = False) -> Callable[[], Recognised]:
    def recognised() -> Recognised:
        found = asked()
        if isinstance(found, VoucherRef):
            return Recognised(voucher_id=found.id, is_short=is_short)
        return Recognised(refusal=found or UnknownCode())

    return recognised


def _typed_card(tx: Statements, number: str) -> Callable[[], Recognised]:
    if not is_short_number(number):
        return lambda: Recognised(refusal=NumberMistyped())
    asked = ask_card_by_short_number(tx, number)
    return lambda: Recognised(card=card, entered="typed") if (card := asked.row()) else _unknown()


def _rotating_card(tx: Statements, number: str, code: str, scanned: datetime | None) -> Callable[[], Recognised]:
    asked = ask_card_by_short_number(tx, number)

    def recognised() -> Recognised:
        card = asked.row()
        if card is None:
            return _unknown()
        if scanned is None:
            step = step_of(card.id, card.issue, code, seconds=now().timestamp())
        else:
            step = step_of(card.id, card.issue, code, seconds=scanned.timestamp(), around=STEPS_OF_PAST)
        return Recognised(card=card, step=step, refusal=None if step is not None else CodeAlreadyUsed())

    return recognised


def _receipt(merchant: Merchant, code: str) -> Recognised:
    try:
        return Recognised(receipt=recognise_receipt(merchant, code))
    except Refusal as refusal:
        return Recognised(refusal=refusal)


def _offer(tx: Statements, voucher_id: UUID) -> ScannedVoucher:
    at = now()
    voucher = read_voucher(tx, voucher_id)
    card, vouchers = read_card(tx, voucher.card_id)
    vouchers = still_open(vouchers, at)
    facts = ScannedVoucherFacts(describe_voucher(tx, voucher, at=at), describe_card(tx, card, vouchers, at=at))
    return ScannedVoucher(voucher=voucher, card=card, vouchers=vouchers, facts=facts)


def _stamp(
    tx: Statements,
    merchant: Merchant,
    found: Recognised,
    ref: CardRef,
    purchase: Purchase,
    actor: Actor,
    why_not: Callable[[CardRow], Refusal | None] | None,
) -> ScannedCard:
    asked = ask_to_lock_card(tx, ref.id)
    card = asked.rows()[0]
    if card.issue != ref.issue:
        raise link_ended(card.state)  # recovered or erased since its code was read
    if why_not and card.state == "active" and (refusal := why_not(card)):
        raise refusal
    try:
        stamped = stamp_asked(tx, merchant, asked, purchase, actor=actor, step=found.step, entered=found.entered)
    except AmountNeeded:
        return _wait_for_amount(tx, ref, live=found.step is not None)
    live = found.step is not None
    facts = ScannedCardFacts(**msgspec.structs.asdict(stamped.facts), needs=None, live=live)
    return ScannedCard(card=stamped.card, vouchers=stamped.vouchers, stamped=stamped, facts=facts)


def _wait_for_amount(tx: Statements, ref: CardRef, *, live: bool) -> ScannedCard:
    card, vouchers = read_card(tx, ref.id)
    at = now()
    vouchers = still_open(vouchers, at)
    described = describe_card(tx, card, vouchers, at=at)
    facts = ScannedCardFacts(
        card=described, stamp=None, vouchers_issued=[], draws=[], words=[], needs="amount", live=live
    )
    return ScannedCard(card=card, vouchers=vouchers, stamped=None, facts=facts)


def note_refusal(
    merchant: Merchant, found: Recognised, refusal: Refusal, *, actor: Actor, card: CardRow | None = None
) -> None:
    """Writes down that a scan was refused: what goes wrong at the counter is something the owner wants to see.

    `card` is that of a voucher, where it is in hand already.
    """
    with merchant_transaction(merchant.id) as tx:
        card_id = _card_to_show(tx, found, card)
        data = ScanEvent(
            refusal.code,
            public_id("crd", card_id) if card_id else None,
            public_id("vch", found.voucher_id) if found.voucher_id else None,
        )
        record(tx, "scan.refused", data, at=now(), actor=actor, card_id=card_id, voucher_id=found.voucher_id)


def _card_to_show(tx: Statements, found: Recognised, card: CardRow | None) -> UUID | None:
    """The card that was shown, or whose voucher was. Of an old picture nobody knows who showed it."""
    if found.voucher_id:
        return card.id if card else tx.value(UUID, _CARD_OF_VOUCHER, (tx.merchant_id, found.voucher_id))
    return found.card.id if found.card and not found.refusal else None
