"""Time zones: which there are, and which locations have another clock than the shop.

The latter stands in the shop's own row: whoever stamps has that in hand.
"""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext_lazy as _

from stampwell.merchants.models import Location, Merchant
from stampwell.refusal import Kind, Refusal

EXAMPLE = "Europe/Riga"


class TimeZoneUnknown(Refusal):
    """Facts: given, example."""

    code = "time_zone_unknown"
    kind = Kind.INVALID
    title = _("There is no such time zone")
    staff_text = _("“%(given)s” is no time zone.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Choose one such as %(example)s.")


def why_no_zone(time_zone: str) -> TimeZoneUnknown | None:
    """The refusal to raise where nobody keeps this time."""
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return TimeZoneUnknown(given=time_zone[:64], example=EXAMPLE)
    return None if "/" in time_zone or time_zone == "UTC" else TimeZoneUnknown(given=time_zone[:64], example=EXAMPLE)


def keep_zones(merchant: Merchant) -> None:
    """Writes anew what the shop's row knows of its locations. The caller holds that row, so that two changes come one
    after the other. Closed locations too: they may be opened again.
    """
    places = Location.objects.filter(merchant_id=merchant.id).order_by("id").values_list("id", "time_zone")
    zones = {str(id): zone for id, zone in places if zone != merchant.time_zone}
    if zones != merchant.location_zones:
        merchant.location_zones = zones
        Merchant.objects.filter(id=merchant.id).update(location_zones=zones)
