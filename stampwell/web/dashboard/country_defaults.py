"""What a shop's currency and time zone probably are, by what the owner's browser says about its language."""

from functools import lru_cache

from babel import Locale, dates, numbers
from babel.core import get_global

from stampwell.languages.currencies import currencies_in_use
from stampwell.languages.offered import active_locale, babel_locale, name_language, offered_locales, wanted_tags
from stampwell.languages.ordering import key_in, sorted_by_name

# The one where most people live, for countries that have several.
MAIN_ZONES = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "ES": "Europe/Madrid",
    "KZ": "Asia/Almaty",
    "MX": "America/Mexico_City",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}
DEFAULT_CURRENCY, DEFAULT_ZONE = "EUR", "Europe/Riga"


def guess_country(accept_language: str) -> str:
    """Two letters, or "" where the browser gives no hint. Plain English says nothing about a country."""
    for tag in wanted_tags(accept_language):
        language, *others = tag.split("-")
        for piece in others:
            if len(piece) == 2:
                return piece.upper()
        likely = str(get_global("likely_subtags").get(language.lower(), ""))
        if likely and language.lower() != "en":
            return likely.split("_")[-1]
    return ""


def guess_currency(country: str) -> str:
    found = numbers.get_territory_currencies(country) if country else []
    return str(found[0]) if found else DEFAULT_CURRENCY


def guess_time_zone(country: str) -> str:
    zones = get_global("territory_zones").get(country) or [DEFAULT_ZONE]
    return MAIN_ZONES.get(country, str(zones[0]))


def list_currencies() -> list[tuple[str, str]]:
    """Every currency in use, by its name in the reader's language."""
    locale = babel_locale(active_locale())
    named = [(code, f"{numbers.get_currency_name(code, locale=locale)} ({code})") for code in currencies_in_use()]
    return sorted_by_name(named, lambda pair: pair[1])


def list_time_zones() -> list[tuple[str, str]]:
    """The zones where shops are, by country and city in the reader's language."""
    return list(_time_zones_in(active_locale()))


def name_time_zone(zone: str) -> str:
    """As the list names it; one that is not in the list by its code."""
    return dict(_time_zones_in(active_locale())).get(zone, zone)


@lru_cache(maxsize=16)  # four hundred names take 40 ms to put in order, and are the same ones as long as we run
def _time_zones_in(language: str) -> tuple[tuple[str, str], ...]:
    locale = babel_locale(language)
    territories = get_global("territory_zones")
    named = [
        (zone, _name_zone(zone, country, locale))
        for country, zones in territories.items()
        if len(country) == 2 and country in locale.territories
        for zone in zones
    ]
    return tuple(sorted(named, key=lambda pair: key_in(language, pair[1])))


def _name_zone(zone: str, country: str, locale: Locale) -> str:
    city = dates.get_timezone_location(zone, locale=locale, return_city=True)
    return f"{locale.territories[country]}: {city}"


def list_locales() -> list[tuple[str, str]]:
    return [(locale, name_language(locale)) for locale in offered_locales()]
