"""Putting links and codes back where the caller may see them.

They are secrets, so what the core describes and what an event keeps has none. Who may read or make cards sees
theirs; who may read or make vouchers sees theirs; who may redeem sees the redeem code of a usable voucher.
"""

from functools import lru_cache
from uuid import UUID

import msgspec
from msgspec.structs import replace

from stampwell.cards.describing import CardFacts
from stampwell.cards.links import card_code, card_url
from stampwell.ids import private_id
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.programs.models import Reward
from stampwell.transactions import Statements
from stampwell.vouchers.describing import VoucherFacts
from stampwell.vouchers.links import voucher_code, voucher_url
from stampwell.vouchers.rows import USABLE

CARD_SCOPES = {Scope.CARDS_READ, Scope.CARDS_WRITE}
VOUCHER_SCOPES = {Scope.VOUCHERS_READ, Scope.VOUCHERS_WRITE}


class _IssueOfRow(msgspec.Struct, frozen=True):
    id: UUID
    issue: int


def issues_of(tx: Statements, card_ids: set[UUID]) -> dict[UUID, int]:
    if not card_ids:
        return {}
    sql = "SELECT id, issue FROM card WHERE merchant_id = %s AND id = ANY(%s)"
    return {row.id: row.issue for row in tx.rows(_IssueOfRow, sql, (tx.merchant_id, list(card_ids)))}


def link_card(card: CardFacts, caller: ApiCaller) -> CardFacts:
    """The card with its vouchers, as this caller may see them."""
    vouchers = [link_voucher(voucher, caller) for voucher in card.vouchers]
    if not CARD_SCOPES & caller.scopes:
        return replace(card, vouchers=vouchers)
    card_id = _uuid("crd", card.id)
    url = card_url(caller.merchant.slug, card_id, card.issue)
    return replace(
        card,
        vouchers=vouchers,
        code=card_code(card_id, card.issue),
        web_url=url,
        apple_pass_url=f"{url}/apple",
        google_save_url=f"{url}/google",
    )


def link_voucher(voucher: VoucherFacts, caller: ApiCaller) -> VoucherFacts:
    if Scope.VOUCHERS_REDEEM in caller.scopes and voucher.redeem_code and voucher.state in USABLE:
        code = _redeem_code(caller.merchant.id, voucher.reward.id)
        voucher = replace(voucher, redeem_code=replace(voucher.redeem_code, code=code))
    return link_past_voucher(voucher, caller)


def link_past_voucher(voucher: VoucherFacts, caller: ApiCaller) -> VoucherFacts:
    """As it was in an event: with its link, but with no redeem code, for by now it may be used."""
    if not VOUCHER_SCOPES & caller.scopes:
        return voucher
    voucher_id = _uuid("vch", voucher.id)
    return replace(voucher, web_url=voucher_url(caller.merchant.slug, voucher_id), code=voucher_code(voucher_id))


@lru_cache(maxsize=5_000)
def _redeem_code(merchant_id: UUID, reward_id: str) -> str:
    """Remembered, for a published reward never changes."""
    return Reward.objects.get(merchant_id=merchant_id, id=_uuid("rwd", reward_id)).redeem_code


def _uuid(kind: str, text: str) -> UUID:
    value = private_id(kind, text)
    assert value is not None, "an id that we described ourselves"
    return value
