"""Which rewards staff may hand out without a network, by what they cost the shop. Off until an owner allows it.

`programs/low_cost.py` knows which rewards these are, `offline/handing_out.py` hands them out. docs/rules/offline.md
"""

import msgspec

from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements


class OfflineRewards(msgspec.Struct, frozen=True, kw_only=True):
    """`up_to` is the highest cost, in minor units of `currency`; None where no reward may be handed out."""

    up_to: int | None = None
    currency: str = ""


def offline_rewards_of(merchant: Merchant) -> OfflineRewards:
    return OfflineRewards(up_to=merchant.offline_rewards_up_to, currency=merchant.offline_rewards_in)


def write_offline_rewards(tx: Statements, merchant: Merchant, allowed: OfflineRewards, *, actor: Actor) -> None:
    """In the transaction of the caller, who has locked the merchant. No program follows it, so it is no event."""
    if allowed.up_to is None:
        allowed = OfflineRewards()
    before = offline_rewards_of(merchant)
    Merchant.objects.filter(id=merchant.id).update(
        offline_rewards_up_to=allowed.up_to, offline_rewards_in=allowed.currency
    )
    changed(tx, "shop.changed", by=actor, name=merchant.name, before=_as_told(before), after=_as_told(allowed))


def _as_told(allowed: OfflineRewards) -> dict[str, list[object] | None]:
    return {"offline_rewards": None if allowed.up_to is None else [allowed.up_to, allowed.currency]}
