"""Who is in the shop already, with a card of the program: found by number, by email, else by telephone."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from stampwell.imports.lines import Line
from stampwell.transactions import Statements

AT_ONCE = 10_000
_NONE = UUID(int=0)
# Customers who were erased have no email, and a card that ended is no reason against a new one.
#
# Whoever is asked for is looked up one by one, by an index, whatever the planner thinks of the shop: an import fills it
# faster than anybody counts its rows, so the planner would take reading all of them for the quickest way. For the same
# reason the program is compared in a way that has no index: it would lead to all cards of the shop.
_CARD = """
    EXISTS (SELECT FROM card c WHERE c.merchant_id = %(merchant)s AND c.customer_id = u.id
        AND c.program_id IS NOT DISTINCT FROM %(program)s AND c.state = 'active')
"""
_BY_EMAIL = f"""
    SELECT wanted.email AS found FROM unnest(%(emails)s::text[]) AS wanted (email) CROSS JOIN LATERAL (
        SELECT FROM customer u WHERE u.merchant_id = %(merchant)s AND u.email = wanted.email AND {_CARD} LIMIT 1
    ) there
"""
_BY_NUMBER = """
    SELECT wanted.number AS found FROM unnest(%(numbers)s::text[]) AS wanted (number) CROSS JOIN LATERAL (
        SELECT FROM card c WHERE c.merchant_id = %(merchant)s AND c.program_id = %(program)s
            AND c.external_id = wanted.number LIMIT 1
    ) there
"""
_PHONES = """
    SELECT u.id, u.phone FROM (
        SELECT id, phone FROM customer WHERE merchant_id = %(merchant)s AND id > %(after)s AND phone <> ''
        ORDER BY id LIMIT %(most)s
    ) u
    ORDER BY u.id
"""
_WITH_CARD = f"""
    SELECT u.id FROM unnest(%(ids)s::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT WHERE {_CARD} LIMIT 1) there
"""


class _Phone(msgspec.Struct, frozen=True):
    id: UUID
    phone: str


def phone_digits(phone: str) -> str:
    """By which two ways of writing a number are one: 00371 is +371."""
    return "".join(sign for sign in phone if sign.isdecimal()).lstrip("0")


def known_by_number_or_email(tx: Statements, program_id: UUID, lines: Sequence[Line]) -> set[int]:
    """The rows of those who are there."""
    emails = [line.email for line in lines if line.email]
    numbers = [line.external_id for line in lines if line.external_id]
    facts = {"merchant": tx.merchant_id, "program": program_id, "emails": emails, "numbers": numbers}
    by_email = tx.later(_Found, _BY_EMAIL, facts)
    by_number = tx.later(_Found, _BY_NUMBER, facts)
    there = {one.found for one in by_email.rows()}, {one.found for one in by_number.rows()}
    return {line.row for line in lines if line.email in there[0] or line.external_id in there[1]}


class _Found(msgspec.Struct, frozen=True):
    found: str | None  # a column that may hold none, though none is asked for


def next_phones(tx: Statements, program_id: UUID, after: UUID) -> tuple[set[int], UUID | None]:
    """Numbers of those who have a card of the program, hashed; and where to go on, None behind the last one."""
    facts = {"merchant": tx.merchant_id, "program": program_id, "after": after, "most": AT_ONCE}
    phones = tx.rows(_Phone, _PHONES, facts)
    if not phones:
        return set(), None
    with_card = set(tx.values(UUID, _WITH_CARD, facts | {"ids": [one.id for one in phones]}))
    return hashes(phone_digits(one.phone) for one in phones if one.id in with_card), phones[-1].id


def hashes(texts: Iterable[str]) -> set[int]:
    """A million texts would fill the memory; two that are taken for one are as likely as a meteorite."""
    return {hash(text) for text in texts if text}


FIRST = _NONE
