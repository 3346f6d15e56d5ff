"""The shop's clock becomes another one. docs/rules/clocks.md says what moves and what stays.

It stands here and not in `merchants`, which has never heard of figures.
"""

from stampwell.events.actors import Actor
from stampwell.insight.counting_anew import COUNT_ANEW
from stampwell.jobs.asking import ask_for
from stampwell.merchants.changing import lock_merchant, write_time_zone
from stampwell.merchants.describing import MerchantFacts, describe_merchant
from stampwell.merchants.models import Merchant
from stampwell.merchants.zones import why_no_zone
from stampwell.transactions import merchant_transaction


def change_time_zone(merchant: Merchant, time_zone: str, *, actor: Actor) -> MerchantFacts:
    """Locations that went by the shop's clock go by the new one. Refuses: TimeZoneUnknown."""
    if refusal := why_no_zone(time_zone):
        raise refusal
    with merchant_transaction(merchant.id) as tx:
        shop = lock_merchant(tx)
        if shop.time_zone == time_zone:
            return describe_merchant(shop)
        ask_for(tx, COUNT_ANEW, asker=actor)
        return write_time_zone(tx, shop, time_zone, actor=actor)
