"""Finding cards by what a customer says at the counter: a number, a name, an e-mail, a phone number."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.customers.search_text import number_in, search_patterns, told_spellings
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.languages.typed import plain
from stampwell.transactions import Statements

LONGEST = 100
NUMBER_LENGTH = 8
NEWEST = 4_000  # cards that are looked through before the index is asked
MOST_BY_INDEX = 3  # words; a fourth one rules hardly anybody out, and a short one has a long list in the index


class Condition(msgspec.Struct, frozen=True):
    """SQL on the row `u` (a customer), with its parameters. A card of the number `number` is found whoever has it."""

    sql: str
    parameters: Mapping[str, str] = {}
    number: str | None = None

    @property
    def is_everybody(self) -> bool:
        return self.sql == "true"


class FoundRow(msgspec.Struct, frozen=True):
    """A card, and what is known of its customer."""

    id: UUID
    short_number: str
    state: str
    stamps: int
    goal: int
    round: int
    created: datetime
    last_stamp: datetime | None
    name: str
    email: str
    phone: str
    program: str  # JSON, as the driver is told to leave it


_WITHOUT_INDEX = "(u.search || '')"
# What staff may find a customer by: the email, which stands last, is no word of their name.
TOLD = "(CASE WHEN u.email = '' THEN u.search ELSE regexp_replace(u.search, ' [^ ]*$', '') END || ' ')"
_NOTHING, _EVERYBODY = Condition("false"), Condition("true")
_CARD = """c.merchant_id, c.id, c.customer_id, c.version_id, c.short_number, c.state, c.stamps, c.goal, c.round,
    c.created, c.last_stamp"""
_IS_KEPT = "c.state <> 'erased'"
_CREATED = "SELECT created FROM card WHERE merchant_id = %s AND id = %s"
_AFTER = "AND (c.created, c.id) < (%(created)s, %(after)s)"  # values, for the index takes no SELECT as its beginning
IS_ACTIVE = "c.state = 'active'"
FOUND_COLUMNS = """c.id, c.short_number, c.state, c.stamps, c.goal, c.round, c.created, c.last_stamp,
    u.name, u.email, u.phone, v.name AS program"""  # of c, a card, u, its customer, and v, its version
_NEWEST_FIRST = "ORDER BY c.created DESC, c.id DESC"
# OFFSET 0 lets the planner read card by card only, and stop when there are enough: it would else trust its guess of how
# many fit, which is far off for words that come together, such as a name that begins like another.
_WALK = f"""
    SELECT {FOUND_COLUMNS} FROM (
        SELECT {_CARD} FROM card c WHERE c.merchant_id = %(merchant)s AND {_IS_KEPT} AND {{only}} {{after}}
        {_NEWEST_FIRST} {{most}}
    ) c
    CROSS JOIN LATERAL (
        SELECT u.name, u.email, u.phone, u.search FROM customer u
        WHERE u.merchant_id = %(merchant)s AND u.id = c.customer_id OFFSET 0
    ) u
    JOIN program_version v ON v.merchant_id = %(merchant)s AND v.id = c.version_id
    WHERE {{wanted}} {_NEWEST_FIRST} LIMIT %(limit)s
"""
_OF_CUSTOMER = f"""
    SELECT {FOUND_COLUMNS} FROM card c
    JOIN customer u ON (u.merchant_id, u.id) = (c.merchant_id, c.customer_id)
    JOIN program_version v ON (v.merchant_id, v.id) = (c.merchant_id, c.version_id)
    WHERE c.merchant_id = %s AND c.customer_id = %s {_NEWEST_FIRST} LIMIT %s
"""
# For the same reason all that fits is found before anything is put in order, and each customer's cards by their key.
_ALL = f"""
    WITH fitting AS MATERIALIZED (
        SELECT c.* FROM (
            SELECT u.id FROM customer u WHERE u.merchant_id = %(merchant)s AND ({{wanted}}) OFFSET 0
        ) u
        CROSS JOIN LATERAL (
            SELECT {_CARD} FROM card c WHERE c.merchant_id = %(merchant)s AND c.customer_id = u.id OFFSET 0
        ) c
        UNION SELECT {_CARD} FROM card c
        WHERE c.merchant_id = %(merchant)s AND c.short_number = %(number)s AND {_IS_KEPT}
    )
    SELECT {FOUND_COLUMNS} FROM (SELECT * FROM fitting c WHERE {{only}} {{after}} {_NEWEST_FIRST} LIMIT %(limit)s) c
    JOIN customer u ON u.merchant_id = %(merchant)s AND u.id = c.customer_id
    JOIN program_version v ON v.merchant_id = %(merchant)s AND v.id = c.version_id
    {_NEWEST_FIRST}
"""


def find_newest(tx: Statements, words: str, *, after: UUID | None, limit: int) -> list[FoundRow]:
    """The newest cards of those who fit the words; without words, of everybody.

    Words that many have are found among the newest cards; for those that few have the index is asked. Either way it is
    known beforehand what is read, whatever the planner thinks of the words.
    """
    created = tx.value(datetime, _CREATED, (tx.merchant_id, after)) if after else None
    if after and not created:
        return []
    plan_by_words(tx)
    return _find(tx, condition_for(words), after=(created, after) if created and after else None, limit=limit)


def find_active(tx: Statements, words: str, *, limit: int, by_number: bool) -> list[FoundRow]:
    """As `find_newest`, of active cards, by what a customer tells staff: of a phone number the last four digits or all
    of it, a whole email. The card that has the words for its number is among them only `by_number`.
    """
    plan_by_words(tx)
    wanted = condition_told(words)
    wanted = wanted if by_number else msgspec.structs.replace(wanted, number=None)
    return _find(tx, wanted, limit=limit, only=IS_ACTIVE)


def _find(
    tx: Statements,
    wanted: Condition,
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
    only: str = "true",
) -> list[FoundRow]:
    created, card_id = after or (None, None)
    given = {"merchant": tx.merchant_id, "after": card_id, "limit": limit, "number": wanted.number, "created": created}
    asked = {"after": _AFTER if after else "", "wanted": wanted.sql, "only": only}
    # Where everybody fits the page is the first of the walk: said so, no plan sorts the whole shop for it.
    most = "LIMIT %(limit)s" if wanted.is_everybody else f"LIMIT {NEWEST}"
    walk = asked | {"most": most, "wanted": f"({wanted.sql} OR c.short_number = %(number)s)"}
    found = tx.rows(FoundRow, _WALK.format(**walk), {**given, **wanted.parameters})
    if wanted.is_everybody or len(found) == limit:
        return found
    return tx.rows(FoundRow, _ALL.format(**asked), {**given, **wanted.parameters})


def cards_of_customer(tx: Statements, customer_id: UUID, *, limit: int) -> list[FoundRow]:
    """The newest first."""
    return tx.rows(FoundRow, _OF_CUSTOMER, (tx.merchant_id, customer_id, limit))


def plan_by_words(tx: Statements) -> None:
    """Makes the database plan the next search for its own words, and by an index.

    A plan that was made for other words may read the whole shop. And where the planner takes reading the table for as
    quick as reading an index, it would read the rows of other shops too. A hash of a few thousand customers would be
    held against all cards of the shop, where each customer's cards are found at once.
    """
    tx.write("SET LOCAL plan_cache_mode = 'force_custom_plan'")
    for way in ("seqscan", "hashjoin", "mergejoin"):
        tx.write(f"SET LOCAL enable_{way} = off")


def condition_for(words: str) -> Condition:
    """What fits all the words. Eight digits may be the card's number or a phone's, whole or its end."""
    words = clean_text(words[:LONGEST_GIVEN])[:LONGEST]
    if "@" in (email := plain(words).lower()):
        return Condition("u.email LIKE %(email)s", {"email": f"{_literal(email)}%"})
    if not (patterns := search_patterns(words)):
        return _NOTHING if words else _EVERYBODY
    number = number_in(words)
    by_name = {f"pattern_{place}": pattern for place, pattern in enumerate(patterns)}
    fits = [
        f"u.search LIKE %({name})s" if place < MOST_BY_INDEX else f"{_WITHOUT_INDEX} LIKE %({name})s"
        for place, name in enumerate(by_name)
    ]
    return Condition(" AND ".join(fits), by_name, number if len(number) == NUMBER_LENGTH else None)


def condition_told(words: str) -> Condition:
    """As `condition_for`, by no part of a number or email that staff could add sign by sign until they have it all."""
    words = clean_text(words[:LONGEST_GIVEN])[:LONGEST]
    if "@" in (email := plain(words).lower()):
        return Condition("u.email LIKE %(email)s", {"email": _literal(email)})
    found = condition_for(words)
    spellings = {f"told_{place}": spelling for place, spelling in enumerate(told_spellings(words))}
    told = [f"{TOLD} ~ %({name})s" for name in spellings]
    return Condition(" AND ".join([found.sql, *told]), {**found.parameters, **spellings}, found.number)


def _literal(text: str) -> str:
    for sign in "\\%_":
        text = text.replace(sign, f"\\{sign}")
    return text
