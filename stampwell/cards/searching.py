"""Finding cards by what a customer says at the counter: a number, a name, an e-mail, a phone number."""

from collections.abc import Mapping

import msgspec

from stampwell.customers.search_text import number_in, search_patterns
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.languages.typed import plain
from stampwell.transactions import Statements

LONGEST = 100
NUMBER_LENGTH = 8


class Condition(msgspec.Struct, frozen=True):
    """SQL on the rows `c` (card) and `u` (its customer), with `%(merchant)s` beside its own parameters."""

    sql: str
    parameters: Mapping[str, str]


_NOTHING = Condition("false", {})
_BY_NUMBER_OR_PHONE = """
    c.id IN (SELECT id FROM card WHERE merchant_id = %(merchant)s AND short_number = %(number)s
             UNION ALL
             SELECT id FROM card WHERE merchant_id = %(merchant)s AND customer_id IN
                (SELECT id FROM customer WHERE merchant_id = %(merchant)s AND search LIKE %(phone)s))
"""


def plan_by_words(tx: Statements) -> None:
    """Makes the database plan the next search for its own words, and by an index.

    A plan that was made for other words may read the whole shop. And where the planner takes reading the table for as
    quick as reading an index, it would read the rows of other shops too.
    """
    tx.write("SET LOCAL plan_cache_mode = 'force_custom_plan'")
    tx.write("SET LOCAL enable_seqscan = off")


def condition_for(words: str) -> Condition:
    """What fits all the words. Eight digits may be the card's number or a phone's, whole or its end."""
    words = clean_text(words[:LONGEST_GIVEN])[:LONGEST]
    if "@" in (email := plain(words).lower()):
        return Condition("u.email LIKE %(email)s", {"email": f"{_literal(email)}%"})
    if not (patterns := search_patterns(words)):
        return _NOTHING if words else Condition("true", {})
    if len(number := number_in(words)) == NUMBER_LENGTH:
        return Condition(_BY_NUMBER_OR_PHONE, {"number": number, "phone": patterns[0]})
    by_name = {f"pattern_{place}": pattern for place, pattern in enumerate(patterns)}
    return Condition(" AND ".join(f"u.search LIKE %({name})s" for name in by_name), by_name)


def _literal(text: str) -> str:
    for sign in "\\%_":
        text = text.replace(sign, f"\\{sign}")
    return text
