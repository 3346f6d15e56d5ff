"""What uses of vouchers say of the discount that they gave: by line it is all of it, and no more was taken back."""

from collections.abc import Iterator
from uuid import UUID

from stampwell.moving.asking import ask_at_length

_WRONG = """
    SELECT id FROM redemption
    WHERE merchant_id = %(shop)s AND num_nonnulls(discount, currency, discount_lines, returned_lines) > 0 AND (
        num_nonnulls(discount, currency, discount_lines) < 3
        OR discount <> (SELECT coalesce(sum(line), 0) FROM unnest(discount_lines) AS line)
        OR EXISTS (
            SELECT 1
            FROM unnest(discount_lines, coalesce(returned_lines, array_fill(0, ARRAY[cardinality(discount_lines)])))
                AS line (taken, returned)
            WHERE (returned BETWEEN 0 AND taken) IS NOT TRUE
        )
    ) LIMIT 1
"""


def false_discounts(merchant_id: UUID) -> Iterator[str]:
    for redemption_id in ask_at_length(merchant_id, UUID, _WRONG, {}):
        yield f"The use {redemption_id} says a discount of which the lines do not add up."
