"""A voucher as screens, API, webhooks and journal show it."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from stampwell.events.actors import Source
from stampwell.ids import public_id
from stampwell.programs.describing import as_given
from stampwell.programs.terms import Path, RewardTerms, terms_of
from stampwell.transactions import Statements
from stampwell.vouchers.rows import (
    RedemptionRow,
    ReversalRow,
    State,
    VoucherRow,
    handed_out_at,
    reserved_until,
    state_at,
    used_at,
)


class RewardFacts(msgspec.Struct, frozen=True):
    id: str
    name: str | dict[str, str]
    path: Path


class RedeemCodeFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`code` is null where the reader may not see it. `code_by_location` has something while it depends on the location
    what the till knows, and the reader may see it. Stored events have neither.
    """

    kind: str
    format: str
    code: str | UnsetType | None = UNSET
    code_by_location: dict[str, str] | UnsetType = UNSET


class VoucherFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Links and codes are secrets: absent in stored events; the API shows them, or null to who may not see them.

    `awaits_visit` is true while the voucher waits for the next visit: `ready_at` is the earliest moment for it. Stored
    events have it only then, and so `handed_out_at`: when it was handed out without a network, by the word of whoever
    did it, while the owner has not decided.
    """

    id: str
    card_id: str
    program_id: str
    reward: RewardFacts
    state: State
    issued_at: datetime
    ready_at: datetime
    expires_at: datetime | None
    reserved_until: datetime | None
    redeemed_at: datetime | None
    redeem_code: RedeemCodeFacts | None
    web_url: str | UnsetType | None = UNSET
    apple_pass_url: str | UnsetType | None = UNSET
    code: str | UnsetType | None = UNSET
    awaits_visit: bool | UnsetType = UNSET
    handed_out_at: datetime | UnsetType | None = UNSET


class DiscountFacts(msgspec.Struct, frozen=True, kw_only=True):
    """In minor units. `lines` says what comes off each line of the basket, in its order; together they are `amount`."""

    amount: int
    currency: str
    lines: list[int]


class RedemptionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`discount` is null where no basket was told, or the till decides."""

    id: str
    voucher_id: str
    at: datetime
    path: Path
    source: Source
    location_id: str | None
    receipt_id: str | None
    discount: DiscountFacts | None = None


class ReversalFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`discount` is what comes off the basket no longer; null where the till had told none."""

    id: str
    redemption_id: str
    voucher_id: str
    at: datetime
    reason: str
    discount: DiscountFacts | None = None


def describe_voucher(tx: Statements, voucher: VoucherRow, *, at: datetime) -> VoucherFacts:
    terms = terms_of(tx.merchant_id, voucher.version_id)
    reward = terms.reward(voucher.reward_id)
    return VoucherFacts(
        id=public_id("vch", voucher.id),
        card_id=public_id("crd", voucher.card_id),
        program_id=public_id("prg", voucher.program_id),
        reward=RewardFacts(public_id("rwd", reward.id), as_given(reward.name, terms.locale), reward.path),
        state=state_at(voucher, at),
        issued_at=voucher.issued,
        ready_at=voucher.ready,
        expires_at=voucher.expires,
        reserved_until=reserved_until(voucher, at),
        redeemed_at=used_at(voucher),
        redeem_code=_redeem_code(reward),
        awaits_visit=True if voucher.awaits_visit else UNSET,
        handed_out_at=handed_out_at(voucher, at) or UNSET,
    )


def describe_redemption(redemption: RedemptionRow) -> RedemptionFacts:
    return RedemptionFacts(
        id=public_id("rdm", redemption.id),
        voucher_id=public_id("vch", redemption.voucher_id),
        at=redemption.at,
        path=redemption.path,
        source=redemption.source,
        location_id=public_id("loc", redemption.location_id) if redemption.location_id else None,
        receipt_id=redemption.receipt_id,
        discount=_discount(redemption),
    )


def _discount(redemption: RedemptionRow) -> DiscountFacts | None:
    if redemption.discount is None or redemption.currency is None or redemption.discount_lines is None:
        return None
    return DiscountFacts(amount=redemption.discount, currency=redemption.currency, lines=redemption.discount_lines)


def describe_reversal(reversal: ReversalRow, redemption: RedemptionRow, shares: list[int]) -> ReversalFacts:
    """`shares` are what was taken back of each line."""
    currency = redemption.currency
    return ReversalFacts(
        id=public_id("rvs", reversal.id),
        redemption_id=public_id("rdm", reversal.redemption_id),
        voucher_id=public_id("vch", redemption.voucher_id),
        at=reversal.at,
        reason=reversal.reason,
        discount=DiscountFacts(amount=sum(shares), currency=currency, lines=shares) if currency else None,
    )


def _redeem_code(reward: RewardTerms) -> RedeemCodeFacts | None:
    if not reward.redeem_code_kind:
        return None
    return RedeemCodeFacts(kind=reward.redeem_code_kind, format=reward.redeem_code_format)
