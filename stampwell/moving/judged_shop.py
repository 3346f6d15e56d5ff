"""The shop and its locations, judged by what their own pages would take."""

import re
from collections.abc import Iterator
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from stampwell.cards.earning import MOST_STAMPS_AT_ONCE
from stampwell.ids import public_id
from stampwell.languages.offered import is_offered
from stampwell.merchants.holidays import Holiday, why_holidays_unclear
from stampwell.merchants.hours import Week, why_hours_unclear
from stampwell.merchants.models import Location, Merchant
from stampwell.merchants.offline_rewards import OfflineRewards, offline_rewards_of
from stampwell.merchants.protection import HIGHEST, limits_of_day
from stampwell.programs.limits import MOST_MONEY
from stampwell.refusal import Refusal


def unfit_shop(merchant_id: UUID) -> Iterator[str]:
    shop = Merchant.objects.get(id=merchant_id)
    if not _is_time_zone(shop.time_zone):
        yield f"The shop’s clock is that of “{shop.time_zone}”, which there is not."
    if not is_offered(shop.locale):
        yield f"The shop’s language is “{shop.locale}”, which is not offered."
    if not re.fullmatch("[A-Z]{3}", shop.currency):
        yield f"The shop’s currency is “{shop.currency}”, which there is not."
    if not all(1 <= most <= MOST_STAMPS_AT_ONCE for most in (shop.most_stamps_at_once, shop.most_stamps_with_override)):
        yield "The shop’s limits for staff are none that it could set."
    if not all(most is None or 1 <= most <= HIGHEST for most in limits_of_day(shop)):
        yield "The shop’s limits of a day are none that it could set."
    if not _is_limit(offline_rewards_of(shop)):
        yield "Rewards without a network are allowed up to what is no amount."
    for location in Location.objects.filter(merchant_id=merchant_id).order_by("id"):
        yield from _unfit_location(location)


def _is_limit(allowed: OfflineRewards) -> bool:
    if allowed.up_to is None:
        return not allowed.currency
    return 1 <= allowed.up_to <= MOST_MONEY and bool(re.fullmatch("[A-Z]{3}", allowed.currency))


def _unfit_location(location: Location) -> Iterator[str]:
    name = public_id("loc", location.id)
    if not _is_time_zone(location.time_zone):
        yield f"{name} goes by the clock of “{location.time_zone}”, which there is not."
    if refusal := _why_hours_unfit(location):
        yield f"{name} has hours that cannot be kept{refusal}."
    places = ((location.latitude, 90), (location.longitude, 180))
    if (location.latitude is None) != (location.longitude is None) or any(
        value is not None and abs(value) > most for value, most in places
    ):
        yield f"{name} lies nowhere on the earth."


def _why_hours_unfit(location: Location) -> str:
    try:
        week = msgspec.convert(location.opening_hours, Week)
        holidays = msgspec.convert(location.holidays, list[Holiday])
    except msgspec.ValidationError:
        return " in any form"
    refusal: Refusal | None = why_hours_unclear([span for spans in week.values() for span in spans])
    refusal = refusal or why_holidays_unclear(holidays)
    if not week.keys() <= set("1234567"):
        return ", of days that no week has"
    return f" ({refusal.title})" if refusal else ""


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
