"""Who does not come any more: what counts as a sign of life, and who is due to be told or deleted.

A sign of life is a new card, a stamp, a reward that was used, a word about messages, a merge and its undoing, and what
customers save in “My data” or its button “Keep my card”. Looking at one's own card or data is none: nobody writes down
who looks, and programs that check mail open each link. Whoever has a reward that can still be used stays, however long
ago they came.
"""

from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec

from stampwell.transactions import Statements

NOTICE: Final = timedelta(days=30)  # between being told and being deleted
DAYS_OF_NOTICE: Final = 28  # so many days the shop was looked after meanwhile: a server may stand still for two
MOST_COUNTED: Final = 10_000


class Candidate(msgspec.Struct, frozen=True):
    """A card on which nothing happened for long, and whose it is. `due` says what seems to be due, without a lock."""

    card_id: UUID
    seen: datetime
    customer_id: UUID
    due: Literal["tell", "erase", ""]


class Life(msgspec.Struct, frozen=True):
    """`last_sign` is when the customer last did something; `told` and `day_number` are of the warning, if there is one.

    `erased_from` is when they may be deleted at the earliest, `may_tell` whether that is less than the notice ahead.
    """

    last_sign: datetime
    has_reward: bool
    told: datetime | None
    day_number: int | None
    erased_from: datetime
    may_tell: bool


# Everything in one statement, so that all of it is of one moment. `greatest` passes over what is NULL.
_LAST_SIGN = """
    greatest(u.created, u.corrected, w.kept,
        (SELECT max(greatest(c.created, c.last_stamp)) FROM card c
            WHERE c.merchant_id = %(merchant)s AND c.customer_id = u.id),
        (SELECT max(v.redeemed) FROM card c JOIN voucher v ON v.merchant_id = %(merchant)s AND v.card_id = c.id
            WHERE c.merchant_id = %(merchant)s AND c.customer_id = u.id),
        (SELECT max(s.at) FROM consent s WHERE s.merchant_id = %(merchant)s AND s.customer_id = u.id),
        (SELECT max(greatest(m.merged, m.undone)) FROM customer_merge m
            WHERE m.merchant_id = %(merchant)s AND (m.customer_id = u.id OR m.other_id = u.id)))
"""
_LIFE = f"""
    SELECT l.last_sign, l.has_reward, l.told, l.day_number,
        greatest(l.last_sign + make_interval(months => %(months)s::int), l.told + %(notice)s::interval) AS erased_from,
        l.last_sign + make_interval(months => %(months)s::int) <= %(at)s::timestamptz + %(notice)s::interval AS may_tell
    FROM (
        SELECT {_LAST_SIGN} AS last_sign, w.told, w.day_number, EXISTS (
            SELECT FROM card c JOIN voucher v ON v.merchant_id = %(merchant)s AND v.card_id = c.id
            WHERE c.merchant_id = %(merchant)s AND c.customer_id = u.id
                AND v.state IN ('pending', 'ready', 'reserved') AND (v.expires IS NULL OR v.expires > %(at)s)
        ) AS has_reward
        FROM customer u
        LEFT JOIN erasure_warning w ON w.merchant_id = %(merchant)s AND w.customer_id = u.id
        WHERE u.merchant_id = %(merchant)s AND u.id = %(customer)s AND u.erased IS NULL AND u.merged_into IS NULL
    ) l
"""
_SINCE = "%(at)s::timestamptz + %(notice)s::interval - make_interval(months => %(months)s::int)"
_QUIET = f"s.merchant_id = %(merchant)s AND s.seen < {_SINCE}"
_COMES_WITH_ANOTHER = f"""
    EXISTS (
        SELECT FROM card other JOIN card_standing o ON o.merchant_id = %(merchant)s AND o.id = other.id
        WHERE other.merchant_id = %(merchant)s AND other.customer_id = c.customer_id
            AND (o.seen >= {_SINCE} OR o.ready > 0)
    )
"""
_PAGE = f"""
    SELECT s.id AS card_id, s.seen, c.customer_id, CASE
        WHEN s.ready > 0 OR w.kept >= {_SINCE} OR u.corrected >= {_SINCE} OR {_COMES_WITH_ANOTHER} THEN ''
        WHEN w.told IS NULL OR w.told > %(at)s OR w.told < greatest(s.seen, w.kept, u.corrected) THEN 'tell'
        WHEN w.told <= %(at)s::timestamptz - %(notice)s::interval THEN 'erase'
        ELSE ''
    END AS due
    FROM card_standing s
    JOIN card c ON c.merchant_id = %(merchant)s AND c.id = s.id
    JOIN customer u ON u.merchant_id = %(merchant)s AND u.id = c.customer_id
    LEFT JOIN erasure_warning w ON w.merchant_id = %(merchant)s AND w.customer_id = c.customer_id
    WHERE {_QUIET} AND (s.seen, s.id) > (%(seen)s, %(card)s)
    ORDER BY s.seen, s.id LIMIT %(limit)s
"""
_COUNT = f"""
    SELECT count(*)::int FROM (
        SELECT DISTINCT c.customer_id FROM card_standing s
        JOIN card c ON c.merchant_id = %(merchant)s AND c.id = s.id
        JOIN customer u ON u.merchant_id = %(merchant)s AND u.id = c.customer_id
        WHERE {_QUIET} AND s.ready = 0 AND (u.corrected < {_SINCE}) IS NOT FALSE AND NOT {_COMES_WITH_ANOTHER}
        LIMIT {MOST_COUNTED + 1}
    ) few
"""
_ALL = """
    SELECT count(*)::int FROM customer WHERE merchant_id = %s AND erased IS NULL AND merged_into IS NULL
"""
_MONTHS_OF_WARNED = """
    SELECT r.months FROM erasure_warning w JOIN retention r ON r.merchant_id = %(merchant)s
    WHERE w.merchant_id = %(merchant)s AND w.customer_id = %(customer)s
"""
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_NO_CARD = UUID(int=0)


def read_life(tx: Statements, customer_id: UUID, *, months: int, at: datetime) -> Life | None:
    """None of who was erased, or merged into somebody."""
    return tx.row(Life, _LIFE, _facts(tx, months, at) | {"customer": customer_id})


def is_warned(life: Life, *, at: datetime) -> bool:
    """A warning that a clock of the future wrote is none, nor is one that is older than the last sign of life."""
    return life.told is not None and life.last_sign < life.told <= at


def may_erase(life: Life, *, day_number: int, at: datetime) -> bool:
    """Of who was warned. A clock that is ahead makes `erased_from` look past, and the days of the shop do not."""
    assert life.day_number is not None, "a warning has its day"
    return life.erased_from <= at and day_number - life.day_number >= DAYS_OF_NOTICE


def erasure_notice(tx: Statements, customer_id: UUID, *, at: datetime) -> datetime | None:
    """From when the customer may be deleted, of who was told so and may still say that they want to stay."""
    months = tx.value(int, _MONTHS_OF_WARNED, {"merchant": tx.merchant_id, "customer": customer_id})
    if months is None:
        return None
    life = read_life(tx, customer_id, months=months, at=at)
    return life.erased_from if life and not life.has_reward and is_warned(life, at=at) else None


def quiet_cards(
    tx: Statements, *, months: int, at: datetime, after: tuple[datetime | None, UUID | None], limit: int
) -> list[Candidate]:
    """Those on which nothing happened for so long, the longest first."""
    seen, card = after
    cursor = {"seen": seen or _EARLIEST, "card": card or _NO_CARD, "limit": limit}
    return tx.rows(Candidate, _PAGE, _facts(tx, months, at) | cursor)


def count_inactive(tx: Statements, *, months: int, at: datetime) -> int:
    """About how many would be told today: no further than `MOST_COUNTED`, and without looking at each customer."""
    return tx.value(int, _COUNT, _facts(tx, months, at)) or 0


def count_customers(tx: Statements) -> int:
    return tx.value(int, _ALL, (tx.merchant_id,)) or 0


def _facts(tx: Statements, months: int, at: datetime) -> dict[str, object]:
    return {"merchant": tx.merchant_id, "months": months, "at": at, "notice": NOTICE}
