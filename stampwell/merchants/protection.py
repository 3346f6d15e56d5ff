"""The shop's limits of a day beyond which a manager has to agree. All of them are off until an owner sets them.

`cards/protecting.py` asks them of each stamp, `counter/handing_over.py` of what is restored. docs/rules/protection.md
"""

from typing import Final

import msgspec

from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements

HIGHEST: Final = 10_000  # of any limit
LIMITS_OF_DAY: Final = (
    "most_stamps_on_card_a_day",
    "most_stamps_by_person_a_day",
    "most_overrides_by_person_a_day",
    "most_stamps_by_device_a_day",
)


class Protection(msgspec.Struct, frozen=True, kw_only=True):
    """As the fields of `Merchant` are; None where there is no such limit."""

    most_stamps_on_card_a_day: int | None = None
    most_stamps_by_person_a_day: int | None = None
    most_overrides_by_person_a_day: int | None = None
    most_stamps_by_device_a_day: int | None = None
    restoring_needs_manager: bool = False


def protection_of(merchant: Merchant) -> Protection:
    return Protection(**{name: getattr(merchant, name) for name in Protection.__struct_fields__})


def limits_of_day(merchant: Merchant) -> list[int | None]:
    return [getattr(merchant, name) for name in LIMITS_OF_DAY]


def write_protection(tx: Statements, merchant: Merchant, protection: Protection, *, actor: Actor) -> None:
    """In the transaction of the caller, who has locked the merchant. No program follows it, so it is no event."""
    before, after = (msgspec.structs.asdict(each) for each in (protection_of(merchant), protection))
    Merchant.objects.filter(id=merchant.id).update(**after)
    changed(tx, "shop.changed", by=actor, name=merchant.name, before=before, after=after)
