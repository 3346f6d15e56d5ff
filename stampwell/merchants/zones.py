"""Which locations have another clock than the shop, as the shop's own row knows it: whoever stamps has that in hand."""

from stampwell.merchants.models import Location, Merchant


def keep_zones(merchant: Merchant) -> None:
    """Writes anew what the shop's row knows of its locations. The caller holds that row, so that two changes come one
    after the other. Closed locations too: they may be opened again.
    """
    places = Location.objects.filter(merchant_id=merchant.id).order_by("id").values_list("id", "time_zone")
    zones = {str(id): zone for id, zone in places if zone != merchant.time_zone}
    if zones != merchant.location_zones:
        merchant.location_zones = zones
        Merchant.objects.filter(id=merchant.id).update(location_zones=zones)
