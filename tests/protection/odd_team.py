"""A team in which Bo stamps before the pause is over, and three others never do: kept figures, without the events."""

from datetime import date, timedelta

from stampwell.clock import new_id
from stampwell.insight.models import HandTotal
from stampwell.merchants.models import StaffMember
from tests.world import Shop

NOTHING = (
    "overrides",
    "outside_hours",
    "by_hand",
    "several",
    "without_receipt",
    "quick_rewards",
    "found_rewards",
    "undone",
)
OTHERS = ("Ci", "Di", "Ed")


def worked(shop: Shop, person: StaffMember, *, month: date, **hits: int) -> None:
    """Twenty days with twenty stamps and two rewards each, and so many of each habit a day."""
    counts = dict.fromkeys(NOTHING, 0) | {"times": 20, "stamps": 20, "rewards": 2} | hits
    for day in range(20):
        HandTotal.objects.create(
            merchant=shop.merchant,
            id=new_id(),
            day=month + timedelta(days=day),
            location_id=shop.location.id,
            staff_member_id=person.id,
            **counts,
        )


def odd_team(
    shop: Shop, *, month: date, overrides: int = 3, name: str = "Bo", others: tuple[str, ...] = OTHERS
) -> StaffMember:
    """Bo, or whoever stamps so often a day before the pause is over."""
    odd = shop.hire(name)
    worked(shop, odd, month=month, overrides=overrides)
    for other in others:
        worked(shop, shop.hire(other), month=month)
    return odd
