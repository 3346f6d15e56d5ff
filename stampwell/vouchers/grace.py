"""Days of grace: staff may hand out a voucher for some days after its end. Its customer is told the end alone."""

from datetime import datetime, timedelta
from uuid import UUID

from stampwell.events.actors import Actor
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.limits import MOST_GRACE_DAYS
from stampwell.programs.terms import RewardTerms, terms_of
from stampwell.transactions import Statements
from stampwell.vouchers.rows import COLUMNS, VoucherRow

HONOURED_BY = ("scanner", "api", "owner")
# Longer than any grace, whatever becomes of the clocks meanwhile.
_LOOK_BACK = timedelta(days=MOST_GRACE_DAYS + 2)
_ENDED = f"""
    SELECT {COLUMNS} FROM voucher
    WHERE merchant_id = %s AND card_id = %s AND state IN ('ready', 'expired') AND expires <= %s AND expires > %s
    ORDER BY expires, id
"""


def honoured_until(merchant: Merchant, voucher: VoucherRow, reward: RewardTerms) -> datetime | None:
    """When its days of grace are over: the end of a day where it can be used. None where it has none, no end, or was
    never ready.
    """
    if not reward.grace_days or voucher.expires is None or voucher.awaits_visit or voucher.expires <= voucher.ready:
        return None
    clocks = clocks_of(merchant, reward.location_ids)
    return clocks.end_of_day(clocks.last_day(voucher.expires) + timedelta(days=reward.grace_days))


def is_honoured(merchant: Merchant, voucher: VoucherRow, reward: RewardTerms, actor: Actor, at: datetime) -> bool:
    """Whether a voucher that has expired is handed out by this hand all the same."""
    until = honoured_until(merchant, voucher, reward) if actor.source in HONOURED_BY else None
    return until is not None and at < until


def honoured_vouchers(
    tx: Statements, merchant: Merchant, card_id: UUID, *, actor: Actor, at: datetime
) -> list[VoucherRow]:
    """Those of a card that have expired and are handed out all the same, the one that ended first on top."""
    ended = tx.rows(VoucherRow, _ENDED, (tx.merchant_id, card_id, at, at - _LOOK_BACK))
    return [voucher for voucher in ended if is_honoured(merchant, voucher, _reward_of(merchant, voucher), actor, at)]


def _reward_of(merchant: Merchant, voucher: VoucherRow) -> RewardTerms:
    return terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id)
