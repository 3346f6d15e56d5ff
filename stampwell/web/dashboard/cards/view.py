"""Everything that the page of one card shows."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from django.utils.safestring import SafeString, mark_safe

from stampwell.cards.extending import days_to_choose
from stampwell.cards.links import card_url
from stampwell.cards.numbers import group_digits
from stampwell.cards.rows import CardRow, read_card
from stampwell.clock import now
from stampwell.customers.models import Customer
from stampwell.ids import public_id
from stampwell.languages.formatting import Money
from stampwell.languages.offered import active_locale, direction_of
from stampwell.languages.texts import text_in
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import RewardTerms, Terms, terms_of
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.confirming import confirmed_ones
from stampwell.vouchers.rows import COLUMNS, VoucherRow, handed_out_at, state_at, used_at
from stampwell.vouchers.state_words import STATE_WORDS
from stampwell.wallet.content import design_of
from stampwell.wallet.look.drawing import draw_card_strip_svg

MOST_VOUCHERS = 50


class ShownVoucher(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    card_id: str
    reward: str
    state: str
    state_words: str
    ready: datetime
    expires: datetime | None
    used: datetime | None
    is_confirmed: bool
    handed_out: datetime | None
    awaits_visit: bool
    last_days: tuple[date, date] | None  # the first and the last one to which it can be extended


class ShownCard(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    number: str
    customer: Customer
    customer_id: str
    program: str
    program_id: str
    stamps: int
    goal: int
    round: int
    is_active: bool
    is_erased: bool
    strip: SafeString
    earns_by_amount: bool
    currency: str
    towards: Money | None
    of: Money | None
    next_reward: str
    next_in: int
    created: datetime
    last_stamp: datetime | None
    web_url: str
    vouchers: list[ShownVoucher]
    rewards: list[tuple[str, str]]


_VOUCHERS = (
    f"SELECT {COLUMNS} FROM voucher WHERE merchant_id = %s AND card_id = ANY(%s) ORDER BY issued DESC, id DESC LIMIT %s"
)


def show_card(merchant: Merchant, card_id: UUID) -> ShownCard:
    """Refuses: NotFound."""
    with merchant_transaction(merchant.id) as tx:
        card, _open = read_card(tx, card_id)
        vouchers = list_vouchers(tx, merchant, [card_id])
        customer = Customer.objects.get(merchant=merchant, id=card.customer_id)
    terms = terms_of(merchant.id, card.version_id)
    upcoming = next(step for step in terms.milestones if step.stamps > card.stamps)
    money = terms.amount_per_stamp
    return ShownCard(
        id=public_id("crd", card.id),
        number=group_digits(card.short_number),
        customer=customer,
        customer_id=public_id("cus", customer.id),
        program=_text(terms.name, terms),
        program_id=public_id("prg", card.program_id),
        stamps=card.stamps,
        goal=card.goal,
        round=card.round,
        is_active=card.state == "active",
        is_erased=card.state == "erased",
        strip=draw_strip(merchant, terms, card),
        earns_by_amount=terms.earning_by == "amount",
        currency=terms.currency,
        towards=Money(card.remainder, terms.currency) if money else None,
        of=Money(money, terms.currency) if money else None,
        next_reward=_text(upcoming.reward.name, terms),
        next_in=upcoming.stamps - card.stamps,
        created=card.created,
        last_stamp=card.last_stamp,
        web_url=card_url(merchant.slug, card.id, card.issue),
        vouchers=vouchers,
        rewards=[(public_id("rwd", one.id), _text(one.name, terms)) for one in terms.rewards],
    )


def draw_strip(merchant: Merchant, terms: Terms, card: CardRow) -> SafeString:
    milestones = [step.stamps for step in terms.milestones]
    drawing = draw_card_strip_svg(
        design_of(merchant.id, terms.version_id), card.stamps, card.goal, milestones, direction_of(active_locale())
    )
    return mark_safe(drawing)  # noqa: S308 - made of numbers and checked colours


def list_vouchers(tx: Statements, merchant: Merchant, card_ids: list[UUID]) -> list[ShownVoucher]:
    """Those of some cards, the newest first."""
    rows = tx.rows(VoucherRow, _VOUCHERS, (tx.merchant_id, card_ids, MOST_VOUCHERS))
    confirmed = confirmed_ones(tx, [row.id for row in rows])
    at = now()
    return [_shown(tx, merchant, row, at, is_confirmed=row.id in confirmed) for row in rows]


def _shown(tx: Statements, merchant: Merchant, row: VoucherRow, at: datetime, *, is_confirmed: bool) -> ShownVoucher:
    terms = terms_of(tx.merchant_id, row.version_id)
    reward: RewardTerms = terms.reward(row.reward_id)
    state = state_at(row, at)
    return ShownVoucher(
        id=public_id("vch", row.id),
        card_id=public_id("crd", row.card_id),
        reward=_text(reward.name, terms),
        state=state,
        state_words=str(STATE_WORDS[state]),
        ready=row.ready,
        awaits_visit=row.awaits_visit,
        expires=row.expires,
        used=used_at(row),
        handed_out=handed_out_at(row, at),
        is_confirmed=is_confirmed,
        last_days=days_to_choose(merchant, row, at),
    )


def _text(texts: dict[str, str], terms: Terms) -> str:
    return text_in(texts, active_locale(), terms.locale)
