"""What a reward takes off at most, as far as its terms say it: what the till took off is held against that."""

from uuid import UUID

import msgspec

from stampwell.programs.discount_rules import AmountOff, DiscountRule
from stampwell.transactions import Statements

_RULES = """
    SELECT r.id, r.discount::text AS rule FROM reward r
    JOIN program_version v ON (v.merchant_id, v.id) = (r.merchant_id, r.version_id)
    WHERE r.merchant_id = %s AND r.discount IS NOT NULL AND v.currency = %s
"""


class _RuleRow(msgspec.Struct, frozen=True):
    id: UUID
    rule: str


def most_off(rule: DiscountRule) -> int | None:
    """In minor units; None where the basket alone would tell it. A basket may be cheaper than that."""
    bounds = [rule.amount] if isinstance(rule, AmountOff) else []
    return min([*bounds, *([rule.maximum_discount] if rule.maximum_discount else [])], default=None)


def most_off_of(stored: str) -> int | None:
    """The same of a rule as JSON."""
    return most_off(msgspec.json.decode(stored, type=DiscountRule))


def most_off_by_reward(tx: Statements, currency: str) -> dict[UUID, int]:
    """Of all rewards of this currency that say it."""
    rows = tx.rows(_RuleRow, _RULES, (tx.merchant_id, currency))
    return {row.id: most for row in rows if (most := most_off_of(row.rule))}
