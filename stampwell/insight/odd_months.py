"""What people did in a month, as it is judged (`oddities`): read in as many questions however much happened."""

from datetime import date
from uuid import UUID

import msgspec

from stampwell.cards.own_cards import all_own_cards
from stampwell.insight.oddities import (
    HABITS,
    LEAST_FOUND,
    MONTHS_BEFORE,
    Done,
    Hits,
    Oddity,
    OnCard,
    find_oddities,
)
from stampwell.languages.folding import folded_words
from stampwell.merchants.models import Merchant, StaffMember, User
from stampwell.transactions import Statements, read_aside

LEAST_ON_A_CARD = 6  # fewer stamps on one card in a month are looked at only on somebody's own


class _DoneRow(msgspec.Struct, frozen=True, kw_only=True):
    """Of each habit: how often in the month, on the day with the most, and on the next one."""

    person: UUID
    place: UUID | None
    month: date
    days: int
    times: int
    stamps: int
    rewards: int
    undone: int
    overrides: list[int]
    outside_hours: list[int]
    by_hand: list[int]
    several: list[int]
    without_receipt: list[int]
    quick_rewards: list[int]
    found_rewards: list[int]


class _OnCardRow(msgspec.Struct, frozen=True):
    person: UUID
    card: UUID
    times: int
    days: int
    by_others: int
    is_old: bool
    name: str


class _OwnCardRow(msgspec.Struct, frozen=True):
    card: UUID
    email: str


class OddMonth(msgspec.Struct, frozen=True):
    """`done` is what everybody did in the month, at each place; `odd` what of it looks odd, the oddest first."""

    done: list[Done]
    odd: list[Oddity]


_HITS = ", ".join(
    f"ARRAY[sum({habit}), max({habit}), coalesce((array_agg({habit} ORDER BY {habit} DESC))[2], 0)]::int[] AS {habit}"
    for habit in HABITS
)
_DONE = f"""
    SELECT staff_member_id AS person, location_id AS place, date_trunc('month', day)::date AS month,
        count(*) FILTER (WHERE times > 0) AS days, sum(times)::int AS times, sum(stamps)::int AS stamps,
        sum(rewards)::int AS rewards, sum(undone)::int AS undone,
        {_HITS}
    FROM hand_total WHERE merchant_id = %s AND day >= %s AND day < %s GROUP BY 1, 2, 3 ORDER BY 3, 1, 2
"""
_ON_CARDS = """
    SELECT h.staff_member_id AS person, h.card_id AS card, h.times, bit_count(h.days::bit(32))::int AS days,
        (
            SELECT coalesce(sum(o.times), 0)::int FROM hand_on_card o WHERE o.merchant_id = %(merchant)s
                AND o.month = h.month AND o.card_id = h.card_id AND o.staff_member_id <> h.staff_member_id
        ) AS by_others,
        EXISTS (
            SELECT FROM hand_on_card b WHERE b.merchant_id = %(merchant)s AND b.month = ANY(%(before)s)
                AND b.card_id = h.card_id AND b.staff_member_id = h.staff_member_id
                AND bit_count(b.days::bit(32)) >= %(regularly)s
        ) AS is_old, coalesce(u.name, '') AS name
    FROM hand_on_card h
    LEFT JOIN card c ON c.merchant_id = %(merchant)s AND c.id = h.card_id
    LEFT JOIN customer u ON u.merchant_id = %(merchant)s AND u.id = c.customer_id
    WHERE h.merchant_id = %(merchant)s AND h.month = %(month)s
        AND (h.times >= %(least)s OR h.card_id = ANY(%(own)s)) ORDER BY h.id
"""
_OWN_CARDS = """
    SELECT c.id AS card, u.email FROM customer u JOIN card c ON c.merchant_id = u.merchant_id AND c.customer_id = u.id
    WHERE u.merchant_id = %s AND u.email = ANY(%s)
"""


def read_odd_month(merchant: Merchant, month: date) -> OddMonth:
    """`month` is its first day."""
    emails, names = _emails_of(merchant), _names_of(merchant)
    return read_aside(merchant.id, lambda tx: _read(tx, merchant, month, emails, names))


def _read(
    tx: Statements, merchant: Merchant, month: date, emails: dict[UUID, str], names: dict[UUID, list[str]]
) -> OddMonth:
    asked = tx.later(_DoneRow, _DONE, (merchant.id, months_later(month, -MONTHS_BEFORE), months_later(month, 1)))
    with_email = tx.later(_OwnCardRow, _OWN_CARDS, (merchant.id, sorted(set(emails.values()))))
    own = all_own_cards(tx)
    for row in with_email.rows():
        own |= {(person, row.card) for person, email in emails.items() if email == row.email}
    facts = {
        "merchant": merchant.id,
        "month": month,
        "before": [months_later(month, -months) for months in range(1, MONTHS_BEFORE + 1)],
        "regularly": LEAST_FOUND,
        "least": LEAST_ON_A_CARD,
        "own": [card for _who, card in own],
    }
    on_cards = [
        OnCard(
            person=row.person,
            card=row.card,
            times=row.times,
            days=row.days,
            is_own=(row.person, row.card) in own
            or (row.name != "" and sorted(folded_words(row.name)) == names.get(row.person)),
            by_others=row.by_others,
            is_old=row.is_old,
        )
        for row in tx.rows(_OnCardRow, _ON_CARDS, facts)
    ]
    rows = asked.rows()
    done = [_done(row) for row in rows if row.month == month]
    before = [_done(row) for row in rows if row.month < month]
    known = {person for person, _card in own} | {pair.person for pair in on_cards if pair.is_own}
    return OddMonth(done, find_oddities(done, on_cards, before=before, known=known))


def _emails_of(merchant: Merchant) -> dict[UUID, str]:
    """Of those who have an account; customers' addresses are kept in small letters as well."""
    users = dict(StaffMember.objects.filter(merchant=merchant, user__isnull=False).values_list("id", "user_id"))
    emails = dict(User.objects.filter(id__in=set(users.values())).values_list("id", "email"))
    return {member: emails[user].lower() for member, user in users.items() if user in emails}


def _names_of(merchant: Merchant) -> dict[UUID, list[str]]:
    """Whose name is one word has it in common with too many. The words come in any order."""
    people = StaffMember.objects.filter(merchant=merchant).values_list("id", "name")
    words = {member: sorted(folded_words(name)) for member, name in people}
    return {member: found for member, found in words.items() if len(found) > 1}


def _done(row: _DoneRow) -> Done:
    return Done(
        person=row.person,
        place=row.place,
        days=row.days,
        times=row.times,
        rewards=row.rewards,
        hits={habit: Hits(*getattr(row, habit)) for habit in HABITS},
        stamps=row.stamps,
        undone=row.undone,
    )


def months_later(month: date, months: int) -> date:
    place = month.year * 12 + month.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)
