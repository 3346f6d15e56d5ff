"""Taking back a part of what a reward took off: some of the goods come back, and the voucher stays used.

Where all parts together are the whole, it is given back as by any reversal.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.languages.formatting import Money
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements
from stampwell.vouchers.describing import describe_reversal, describe_voucher
from stampwell.vouchers.discounts import spread
from stampwell.vouchers.refusals import NoDiscountTold, PartTooLarge
from stampwell.vouchers.reversing import Reversed, ReversedFacts, refuse_if_reversed, return_voucher
from stampwell.vouchers.rows import RedemptionRow, ReversalRow, VoucherRow, left_by_line, read_redemption


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """An amount in minor units, or all that is left at some lines of the basket, which are counted from 0."""

    amount: int | None = None
    lines: Sequence[int] = ()


def shares_of(part: Part, left: Sequence[int]) -> list[int]:
    """What is taken back of each line; nothing at all where less is left than that, or the basket had no such line."""
    if part.amount is None:
        there = max(part.lines, default=0) < len(left)
        return [share if there and place in part.lines else 0 for place, share in enumerate(left)]
    return spread(part.amount, left) if part.amount <= sum(left) else [0] * len(left)


def return_part(
    tx: Statements,
    merchant: Merchant,
    redemption: RedemptionRow,
    voucher: VoucherRow,
    part: Part,
    *,
    reason: str,
    actor: Actor,
) -> Reversed:
    """The caller has locked the voucher. Refuses: RedemptionAlreadyReversed, NoDiscountTold, PartTooLarge."""
    refuse_if_reversed(tx, redemption, voucher)
    redemption = read_redemption(tx, redemption.id)  # as it is now that nobody else takes a part of it
    if redemption.currency is None:
        raise NoDiscountTold
    left = left_by_line(redemption)
    shares = shares_of(part, left)
    if not any(shares):
        raise PartTooLarge(left=Money(sum(left), redemption.currency))
    if shares == left:
        return return_voucher(tx, merchant, redemption, voucher, reason=reason, actor=actor)
    return _write_part(tx, redemption, voucher, shares, reason=reason, actor=actor, at=now())


def _write_part(
    tx: Statements,
    redemption: RedemptionRow,
    voucher: VoucherRow,
    shares: list[int],
    *,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Reversed:
    before = redemption.returned_lines or [0] * len(shares)
    returned = [one + more for one, more in zip(before, shares, strict=True)]
    tx.write(
        "UPDATE redemption SET returned_lines = %s WHERE merchant_id = %s AND id = %s",
        (returned, tx.merchant_id, redemption.id),
    )
    reversal = ReversalRow(
        id=new_id(),
        redemption_id=redemption.id,
        at=at,
        reason=reason,
        station_id=actor.station_id,
        staff_member_id=actor.staff_member_id,
        api_key_id=actor.api_key_id,
    )
    told = describe_reversal(reversal, redemption, shares)
    facts = ReversedFacts(told, describe_voucher(tx, voucher, at=at))
    record(tx, "voucher.partly_reversed", facts, at=at, actor=actor, card_id=voucher.card_id, voucher_id=voucher.id)
    return Reversed(reversal, voucher, facts)
