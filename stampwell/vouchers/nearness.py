"""Whether a phone that uses a voucher alone is near the shop. Where it is, is looked at once and kept nowhere."""

from collections.abc import Iterable
from math import asin, cos, radians, sin, sqrt
from typing import Literal

import msgspec
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from stampwell.merchants.locations import places_that_count
from stampwell.merchants.models import Location, Merchant
from stampwell.programs.terms import RewardTerms
from stampwell.refusal import Kind, Refusal

Nearness = Literal["near"]
NEAR = 250  # metres from the position of a location; the owner may have set it at the door or in the yard
ROUGH = 1_000  # metres; a phone that knows no better does not know where it is
_EARTH = 6_371_000  # metres


class Spot(msgspec.Struct, frozen=True):
    """In degrees, and how far off it may be in metres."""

    latitude: float
    longitude: float
    accuracy: float = 0


class TooFarAway(Refusal):
    code = "too_far_away"
    kind = Kind.FORBIDDEN
    title = _("Not near the shop")
    staff_text = _("The customer’s phone says that it is not near one of the locations.")
    customer_text = _("Your phone says that you are not near the shop.")
    what_to_do = _("Scan the customer’s reward and hand it out.")
    what_customer_can_do = _("Are you there? Show this to the staff: they scan it and hand you the reward.")


class NotNearKnownPlace(TooFarAway):
    """Other locations have no position, and the customer may stand at one of these."""

    title = _("Not near a location with a position")
    staff_text = _("The customer’s phone says that it is not near one of the locations whose position is set.")
    customer_text = _("Your phone is not near a location whose position the shop has set.")


class PlaceNotTold(Refusal):
    """It was not allowed, the phone does not know, or knows it only roughly."""

    code = "place_not_told"
    kind = Kind.FORBIDDEN
    title = _("The phone did not say where it is")
    staff_text = _("The customer’s phone did not say where it is, or not exactly enough.")
    customer_text = _("Your phone did not say where it is, or not exactly enough.")
    what_to_do = _("Scan the customer’s reward and hand it out.")
    what_customer_can_do = _("Show this to the staff: they scan it and hand you the reward.")


def check_place(merchant: Merchant, reward: RewardTerms, spot: Spot | None) -> Nearness | None:
    """None where nothing is asked: the reward does not want it, or no location says where it is.

    Refuses: TooFarAway, PlaceNotTold.
    """
    places = spots_of(merchant, reward) if reward.place_check else []
    if not places:
        return None
    if spot is None or spot.accuracy > ROUGH:
        raise PlaceNotTold
    if not is_near(spot, places):
        raise NotNearKnownPlace if _open_places(merchant, reward).filter(latitude=None).exists() else TooFarAway
    return "near"


def spots_of(merchant: Merchant, reward: RewardTerms) -> list[Spot]:
    """Of the open locations at which it is used."""
    degrees = _open_places(merchant, reward).values_list("latitude", "longitude")
    return [Spot(float(one), float(other)) for one, other in degrees if one is not None and other is not None]


def _open_places(merchant: Merchant, reward: RewardTerms) -> QuerySet[Location]:
    places = Location.objects.filter(merchant=merchant, closed__isnull=True)
    counting = places_that_count(merchant, reward.location_ids)
    return places.filter(id__in=counting) if counting else places


def is_near(spot: Spot, places: Iterable[Spot]) -> bool:
    """In doubt for the customer: the phone may be as far off as it says."""
    return any(metres_between(spot, place) <= NEAR + spot.accuracy for place in places)


def metres_between(one: Spot, other: Spot) -> float:
    """Over the round earth, which is right to half a percent."""
    north = radians(other.latitude - one.latitude)
    east = radians(other.longitude - one.longitude)
    level = cos(radians(one.latitude)) * cos(radians(other.latitude))
    return 2 * _EARTH * asin(min(1, sqrt(sin(north / 2) ** 2 + level * sin(east / 2) ** 2)))
