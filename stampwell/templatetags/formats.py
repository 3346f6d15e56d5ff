"""`{% load formats %}`: the functions of `languages.formatting` in templates, under the same names.

Zones are given where a place is spoken about (`{{ card.joined|format_moment:location.zone }}`);
left out, the zone activated for this request is used.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

from stampwell.clock import now
from stampwell.languages import formatting, offered
from stampwell.languages.formatting import Money

register = template.Library()


def _zone(zone: ZoneInfo | str | None) -> ZoneInfo:
    if isinstance(zone, ZoneInfo):
        return zone
    return ZoneInfo(zone or timezone.get_current_timezone_name())


@register.filter
def format_date(when: datetime | date, zone: ZoneInfo | str | None = None) -> str:
    return formatting.format_date(when, _zone(zone))


@register.filter
def format_short_date(when: datetime | date, zone: ZoneInfo | str | None = None) -> str:
    return formatting.format_short_date(when, _zone(zone))


@register.filter
def format_time(when: datetime | time, zone: ZoneInfo | str | None = None) -> str:
    return formatting.format_time(when, _zone(zone))


@register.filter
def format_moment(when: datetime, zone: ZoneInfo | str | None = None) -> str:
    return formatting.format_moment(when, _zone(zone))


@register.filter
def format_end(when: datetime, zone: ZoneInfo | str | None = None) -> str:
    return formatting.format_end(when, _zone(zone))


@register.filter
def format_exact_moment(when: datetime, zone: ZoneInfo | str | None = None) -> str:
    return formatting.format_exact_moment(when, _zone(zone))


@register.filter
def format_near_moment(when: datetime, zone: ZoneInfo | str | None = None) -> str:
    return formatting.format_near_moment(when, _zone(zone), now=now())


@register.filter
def format_distance(when: datetime) -> str:
    return formatting.format_distance(when, now=now())


@register.filter
def format_duration(length: timedelta) -> str:
    return formatting.format_duration(length)


@register.filter
def format_number(number: int | float | Decimal) -> str:
    return formatting.format_number(number)


@register.filter
def format_percent(share: float | Decimal) -> str:
    return formatting.format_percent(share)


@register.filter
def format_bytes(size: int) -> str:
    return formatting.format_bytes(size)


@register.filter
def format_money(amount: Money | int, currency: str | None = None) -> str:
    """`{{ money|format_money }}` or `{{ minor_units|format_money:"EUR" }}`."""
    if isinstance(amount, Money):
        return formatting.format_money(amount)
    assert currency, "minor units need their currency"
    return formatting.format_money(Money(amount, currency))


@register.filter
def format_list(items: Iterable[str]) -> str:
    return formatting.format_list(items)


@register.filter
def format_weekdays(weekdays: Collection[int]) -> str:
    return formatting.format_weekdays(weekdays)


@register.simple_tag
def list_languages() -> list[tuple[str, str, str]]:
    """`{% list_languages as languages %}`: (locale, own name, direction), for a switcher."""
    return offered.list_languages()
