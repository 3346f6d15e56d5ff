"""Which currencies there are: those that are money somewhere now, by CLDR."""

from functools import cache

from babel import numbers
from babel.core import get_global


@cache
def currencies_in_use() -> frozenset[str]:
    countries = get_global("territory_currencies")
    return frozenset(str(code) for country in countries for code in numbers.get_territory_currencies(country))
