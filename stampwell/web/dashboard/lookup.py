"""Ids in the desk's addresses: a foreign one and an unknown one are both simply not found."""

from uuid import UUID

from stampwell.cards.models import Stamp
from stampwell.ids import public_id, wanted_id
from stampwell.languages.ordering import sorted_by_name
from stampwell.merchants.models import Location, Merchant, StaffMember
from stampwell.refusal import NotFound
from stampwell.web.dashboard.desk import Desk, NotAllowedHere


def find_member(merchant: Merchant, text: str) -> StaffMember:
    member = StaffMember.objects.filter(merchant=merchant, id=wanted_id("stf", text), left__isnull=True).first()
    if member is None:
        raise NotFound
    return member


def find_changeable(desk: Desk, text: str) -> StaffMember:
    """Refuses: NotFound, and NotAllowedHere where a manager reaches for an owner."""
    member = find_member(desk.merchant, text)
    if member.role == StaffMember.Role.OWNER and not desk.owns:
        raise NotAllowedHere
    return member


def find_without_account(merchant: Merchant, text: str) -> StaffMember:
    """Somebody who can be invited. Refuses: NotFound."""
    member = find_member(merchant, text)
    if member.user_id is not None:
        raise NotFound
    return member


def locations_of(merchant: Merchant) -> list[Location]:
    """Those that are not closed by name, in the order of the reader's language."""
    return [location for location in all_locations_of(merchant) if not location.closed]


def all_locations_of(merchant: Merchant) -> list[Location]:
    return sorted_by_name(Location.objects.filter(merchant=merchant).order_by("id"), lambda location: location.name)


def last_place_of(merchant: Merchant, card_id: UUID) -> str:
    """Where the card was stamped last, for what is done by hand most likely belongs there; empty where nobody knows."""
    stamps = Stamp.objects.filter(merchant=merchant, card_id=card_id, location_id__isnull=False).order_by("-at")
    found = stamps.values_list("location_id", flat=True).first()
    return public_id("loc", found) if found else ""
