"""What stands behind a link: the card, or the voucher, as it is now."""

from datetime import datetime
from hashlib import blake2b
from http import HTTPStatus
from uuid import UUID

import msgspec

from stampwell.cards.finding import card_by_token, find_replaced
from stampwell.cards.history import HistoryPage, read_history
from stampwell.cards.merged_cards import card_that_opens
from stampwell.cards.refusals import CardErased, CardMoved
from stampwell.cards.rotating import used_step
from stampwell.cards.rows import CardRow, read_card
from stampwell.clock import now
from stampwell.events.actors import CUSTOMER
from stampwell.merchants.closing import why_closed
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import RewardTerms, Terms, terms_of
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.finding import voucher_by_token
from stampwell.vouchers.redeeming import why_not_redeem
from stampwell.vouchers.refusals import NoCodeLeft
from stampwell.vouchers.rows import VoucherRow, order_at, read_voucher, state_at, still_open
from stampwell.vouchers.till_codes import waits_for_code
from stampwell.web.card.drawn import DrawnPrize, just_drawn
from stampwell.web.refusals import EdgeRefusal


class LinkMoved(EdgeRefusal, CardMoved):
    """The phone forgets what it kept of a page that is gone."""

    status = HTTPStatus.GONE


class LinkErased(EdgeRefusal, CardErased):
    """The same, where the card is gone too."""

    status = HTTPStatus.GONE


class OpenCard(msgspec.Struct, frozen=True):
    """`other` is the card that this one was merged into."""

    row: CardRow
    terms: Terms
    vouchers: list[VoucherRow]
    history: HistoryPage
    state: "CardState"
    at: datetime
    other: CardRow | None
    drawn: list[DrawnPrize]


class OpenVoucher(msgspec.Struct, frozen=True):
    """`redemption` is the use that counts; `hindrance` says why a ready voucher cannot be used at this moment."""

    row: VoucherRow
    card: CardRow
    terms: Terms
    reward: RewardTerms
    state: str
    redemption: "Use | None"
    hindrance: Refusal | None
    at: datetime


class Use(msgspec.Struct, frozen=True):
    id: UUID
    at: datetime
    path: str
    source: str
    place: str | None


_LAST_USE = """
    SELECT r.id, r.at, r.path, r.source, l.name AS place FROM redemption r
    LEFT JOIN location l ON (l.merchant_id, l.id) = (r.merchant_id, r.location_id)
    WHERE r.merchant_id = %s AND r.voucher_id = %s AND r.reversal_no = %s
"""


def find_card(merchant_id: UUID, token: str) -> UUID:
    """Refuses: NotFound, LinkMoved, LinkErased."""
    ref = card_by_token(merchant_id, token)
    if ref is None:
        raise why_not_there(merchant_id, token)
    return ref.id


def open_card(merchant: Merchant, token: str, *, lines: int, after: str | None = None) -> OpenCard:
    """Refuses: NotFound."""
    card_id, at = find_card(merchant.id, token), now()
    with merchant_transaction(merchant.id) as tx:
        card, vouchers = read_card(tx, card_id)
        history = read_history(tx, card_id, now=at, limit=lines, after=after)
        leads_to = card_that_opens(tx, card_id) if card.state == "void" else None
        other = read_card(tx, leads_to)[0] if leads_to else None
        drawn = just_drawn(tx, card, at=at)
    terms, state = terms_of(merchant.id, card.version_id), card_state(card, vouchers, drawn, at)
    shown = sorted(still_open(vouchers, at), key=lambda voucher: order_at(voucher, at))
    return OpenCard(card, terms, shown, history, state, at, other, drawn)


def find_voucher(merchant_id: UUID, token: str) -> UUID:
    """Refuses: NotFound, LinkMoved, LinkErased."""
    voucher_id = voucher_by_token(merchant_id, token)
    if voucher_id is None:
        raise why_not_there(merchant_id, token)
    return voucher_id


def why_not_there(merchant_id: UUID, token: str) -> Refusal:
    """What is said of a link that opens nothing (any more)."""
    before = find_replaced(merchant_id, token)
    if before is None:
        return NotFound()
    return LinkErased() if before.state == "erased" else LinkMoved()


def open_voucher(merchant: Merchant, token: str) -> OpenVoucher:
    """Refuses: NotFound."""
    voucher_id, at = find_voucher(merchant.id, token), now()
    with merchant_transaction(merchant.id) as tx:
        voucher = read_voucher(tx, voucher_id)
        terms = terms_of(merchant.id, voucher.version_id)
        reward, state = terms.reward(voucher.reward_id), state_at(voucher, at)
        return OpenVoucher(
            row=voucher,
            card=read_card(tx, voucher.card_id)[0],
            terms=terms,
            reward=reward,
            state=state,
            redemption=tx.row(Use, _LAST_USE, (tx.merchant_id, voucher.id, voucher.reversals)),
            hindrance=_hindrance(tx, merchant, voucher, reward, at) if state == "ready" else None,
            at=at,
        )


def _hindrance(
    tx: Statements, merchant: Merchant, voucher: VoucherRow, reward: RewardTerms, at: datetime
) -> Refusal | None:
    if closed := why_closed(merchant):
        return closed
    if reward.path == "staff_scan":
        return None  # where the voucher is scanned decides, and this phone does not know where it is
    if refusal := why_not_redeem(tx, merchant, voucher, reward, CUSTOMER, at):
        return refusal
    return NoCodeLeft() if waits_for_code(merchant.id, voucher, reward) else None


class CardState(msgspec.Struct, frozen=True):
    """`version` changes with everything that the card's page shows; `used_step` is that of the last code accepted."""

    version: str
    used_step: int


def card_state(card: CardRow, vouchers: list[VoucherRow], drawn: list[DrawnPrize], at: datetime) -> CardState:
    digest = blake2b(f"{card.revision} {card.state}".encode(), digest_size=8)
    for voucher in vouchers:
        digest.update(f" {voucher.id.hex} {voucher_version(voucher, at)}".encode())
    for prize in drawn:
        digest.update(f" {prize.id.hex}".encode())
    return CardState(digest.hexdigest(), used_step(card.last_step, seconds=at.timestamp()))


def read_state(merchant_id: UUID, token: str) -> CardState:
    """Asked every few seconds by every open card: two short queries, and one more right after a stamp.

    Refuses: NotFound.
    """
    card_id, at = find_card(merchant_id, token), now()
    with merchant_transaction(merchant_id) as tx:
        card, vouchers = read_card(tx, card_id)
        drawn = just_drawn(tx, card, at=at)
    return card_state(card, vouchers, drawn, at)


def voucher_version(voucher: VoucherRow, at: datetime) -> str:
    more = f"{'-checked' if voucher.checked else ''}{'-waits' if voucher.waits_since else ''}"
    return f"{state_at(voucher, at)}-{voucher.reversals}{more}"


def read_voucher_version(merchant_id: UUID, token: str) -> str:
    """Refuses: NotFound."""
    voucher_id, at = find_voucher(merchant_id, token), now()
    with merchant_transaction(merchant_id) as tx:
        return voucher_version(read_voucher(tx, voucher_id), at)
