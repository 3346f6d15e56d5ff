"""A card and its stamps as screens, API, webhooks and journal show them."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from stampwell.brought.secrets import plain_issue
from stampwell.cards.rows import CardRow, StampRow, State
from stampwell.events.actors import Source
from stampwell.ids import public_id
from stampwell.programs.terms import Terms, terms_of
from stampwell.transactions import Statements
from stampwell.vouchers.describing import VoucherFacts, describe_voucher
from stampwell.vouchers.rows import VoucherRow, still_open

MOST_VOUCHERS = 20  # of a card are shown with it


class RemainderFacts(msgspec.Struct, frozen=True):
    """Money spent towards the next stamp, in minor units."""

    amount: int
    of: int
    currency: str


class CardFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Links and codes are secrets: absent in stored events; the API shows them, or null to who may not see them.

    `issue` tells how often they were replaced. `more_vouchers` counts the open ones beyond those that are shown.
    """

    id: str
    program_id: str
    program_version: int
    customer_id: str
    external_id: str | None
    locale: str
    state: State
    round: int
    stamps: int
    goal: int
    remainder: RemainderFacts | None
    vouchers: list[VoucherFacts]
    more_vouchers: int = 0
    last_stamp_at: datetime | None
    created_at: datetime
    short_number: str
    issue: int
    revision: int
    code: str | UnsetType | None = UNSET
    web_url: str | UnsetType | None = UNSET
    apple_pass_url: str | UnsetType | None = UNSET
    google_save_url: str | UnsetType | None = UNSET


class StampFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`count` is negative on the stamp that undoes another. `reason` says why it was undone; where `source` is "paper",
    what the old paper card looked like whose stamps were taken over.
    """

    id: str
    card_id: str
    count: int
    round: int
    amount: int | None
    currency: str | None
    at: datetime
    occurred_at: datetime
    source: Source
    override: bool
    receipt_id: str | None
    location_id: str | None
    reverses: str | None
    reason: str


def describe_card(tx: Statements, card: CardRow, vouchers: Iterable[VoucherRow], *, at: datetime) -> CardFacts:
    """`vouchers` may hold used ones too; only those that are still open are shown, the first of them.

    Each event and each kept answer holds this, so it must not grow with the card.
    """
    open_ones = still_open(vouchers, at)
    shown = [describe_voucher(tx, voucher, at=at) for voucher in open_ones[:MOST_VOUCHERS]]
    terms = terms_of(tx.merchant_id, card.version_id)
    return describe_alone(card, terms, vouchers=shown, more_vouchers=max(len(open_ones) - MOST_VOUCHERS, 0))


def describe_alone(card: CardRow, terms: Terms, *, vouchers: list[VoucherFacts], more_vouchers: int = 0) -> CardFacts:
    """By the terms that it follows; asks no database."""
    return CardFacts(
        id=public_id("crd", card.id),
        program_id=public_id("prg", card.program_id),
        program_version=terms.number,
        customer_id=public_id("cus", card.customer_id),
        external_id=card.external_id,
        locale=card.locale,
        state=card.state,
        round=card.round,
        stamps=card.stamps,
        goal=card.goal,
        remainder=_remainder(card, terms.amount_per_stamp, terms.currency),
        vouchers=vouchers,
        more_vouchers=more_vouchers,
        last_stamp_at=card.last_stamp,
        created_at=card.created,
        short_number=card.short_number,
        issue=plain_issue(card.issue),
        revision=card.revision,
    )


def _remainder(card: CardRow, amount_per_stamp: int | None, currency: str) -> RemainderFacts | None:
    return RemainderFacts(card.remainder, amount_per_stamp, currency) if amount_per_stamp else None


def describe_stamp(stamp: StampRow) -> StampFacts:
    return StampFacts(
        id=public_id("stp", stamp.id),
        card_id=public_id("crd", stamp.card_id),
        count=stamp.count,
        round=stamp.round,
        amount=stamp.amount,
        currency=stamp.currency,
        at=stamp.at,
        occurred_at=stamp.occurred,
        source=stamp.source,
        override=stamp.overrode,
        receipt_id=stamp.receipt_id,
        location_id=public_id("loc", stamp.location_id) if stamp.location_id else None,
        reverses=public_id("stp", stamp.reverses_id) if stamp.reverses_id else None,
        reason=stamp.reason,
    )
