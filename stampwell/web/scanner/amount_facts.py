"""What a phone knows of an amount before it is sent: how it is written, what it gives, and whether it is very large."""

import re

import msgspec

from stampwell.cards.rows import CardRow
from stampwell.languages.formatting import digits_paid, format_number, minor_digits
from stampwell.languages.offered import active_locale, babel_locale
from stampwell.programs.terms import Terms

VERY_LARGE = 100  # times the least amount: somebody has left out the decimals


class AmountFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Amounts are in minor units of the currency, of which each has `minor` decimals; `decimals` of them are paid in
    coins. From `asks_from` the phone asks whether the amount is right. 0 where there is none, or nobody knows.
    """

    currency: str
    minor: int
    decimals: int
    sign: str
    group: str
    asks_from: int
    per_stamp: int = 0
    remainder: int = 0
    least: int = 0


def amounts_in(currency: str, *, asks_from: int = 0) -> AmountFacts:
    """Of a purchase of which no card is known, as the active language writes it."""
    symbols = babel_locale(active_locale()).number_symbols["latn"]
    return AmountFacts(
        currency=currency,
        minor=minor_digits(currency),
        decimals=digits_paid(currency),
        sign=str(symbols["decimal"]),
        group=re.sub(r"\d", "", format_number(1234)),
        asks_from=asks_from,
    )


def amounts_on(card: CardRow, terms: Terms) -> AmountFacts:
    """Of a purchase on this card, which collects by amount or wants a least one."""
    facts = amounts_in(terms.currency, asks_from=asks_from(terms))
    return msgspec.structs.replace(
        facts, per_stamp=terms.amount_per_stamp or 0, remainder=card.remainder, least=terms.minimum_spend or 0
    )


def asks_from(terms: Terms) -> int:
    """An amount that fills a whole card at once; where each gives one stamp, a hundred times the least."""
    return (terms.amount_per_stamp or 0) * terms.goal or (terms.minimum_spend or 0) * VERY_LARGE
