"""The list of cards as an owner asks for it, from what is kept of each: it costs the same in a shop of any size.

Birthdays are read from the customers themselves, because contact data stands nowhere else.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

from stampwell.cards.searching import FOUND_COLUMNS, FoundRow
from stampwell.transactions import Statements

type Filter = Literal[
    "all", "ready", "nearly", "away-30", "away-60", "away-90", "birthday", "new", "tag", "to-go", "later", "wants"
]
type Order = Literal["newest", "seen", "away", "fullest", "birthday", "tagged", "later", "wants"]

MOST_COUNTED = 10_000  # cards; a total is never counted further
MOST_OF_CUSTOMERS = 2_000  # the same where the card of each customer has to be looked up
NEW_DAYS = 30
NEARLY = 2  # stamps to go, on a card that has some


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """`at` is the moment, `today` its day by the shop's clock; `after` is the cursor of the page before, `tag` and
    `to_go` (stamps) what is asked for with the filters of these names.
    """

    filter: Filter
    order: Order
    at: datetime
    today: date
    after: str = ""
    tag: UUID | None = None
    to_go: int | None = None


class ListedRow(FoundRow, frozen=True):
    """`place` is where it stands in the order that was asked for."""

    place: datetime | int


_AWAY = "s.seen < %(away)s"
_DAYS_AWAY: Mapping[Filter, int] = {"away-30": 30, "away-60": 60, "away-90": 90}
_FITS: Mapping[Filter, str] = {
    "all": "true",
    "ready": "s.ready > 0",
    "nearly": f"s.to_go <= {NEARLY} AND s.stamps > 0",
    "away-30": _AWAY,
    "away-60": _AWAY,
    "away-90": _AWAY,
    "new": "s.joined >= %(new)s",
    "to-go": "s.to_go = %(to_go)s",
}
_ORDERS: Mapping[Order, tuple[str, str]] = {
    "newest": ("s.joined", "DESC"),
    "seen": ("s.seen", "DESC"),
    "away": ("s.seen", "ASC"),
    "fullest": ("s.to_go", "ASC"),
}
# In the order of an index of customers, so that no more of them are read than the page shows; each has few cards.
_AFTER_CUSTOMER: Mapping[Order, str] = {
    "birthday": """
        AND (extract(day FROM u.birthday), u.id) >= (%(place)s::numeric, %(holder)s)
        AND (extract(day FROM u.birthday), u.id, s.id) > (%(place)s::numeric, %(holder)s, %(card)s)
    """,
    "later": "AND s.id < %(card)s",
    "tagged": """
        AND g.customer_id <= %(holder)s AND (g.customer_id, s.id) < (%(holder)s, %(card)s)
    """,
}
_HOLDER = "SELECT customer_id FROM card WHERE merchant_id = %s AND id = %s"
_STANDINGS = "card_standing s WHERE s.merchant_id = %(merchant)s AND {fits}"
_BIRTHDAYS = """customer u JOIN card s ON s.merchant_id = %(merchant)s AND s.customer_id = u.id AND s.state = 'active'
    WHERE u.merchant_id = %(merchant)s AND u.birthday IS NOT NULL AND extract(month FROM u.birthday) = %(month)s"""
_TAGGED = """tagging g
    JOIN card s ON s.merchant_id = %(merchant)s AND s.customer_id = g.customer_id AND s.state = 'active'
    WHERE g.merchant_id = %(merchant)s AND g.tag_id = %(tag)s"""
# Who has agreed, and has not said anything since: each customer once, for one row of theirs is the newest.
_WANTING = """consent g
    JOIN card s ON s.merchant_id = %(merchant)s AND s.customer_id = g.customer_id AND s.state = 'active'
    WHERE g.merchant_id = %(merchant)s AND g.granted AND g.purpose = 'marketing' AND NOT EXISTS (
        SELECT FROM consent n
        WHERE n.merchant_id = %(merchant)s AND n.customer_id = g.customer_id AND n.purpose = 'marketing'
          AND (n.at, n.id) > (g.at, g.id)
    )"""
_LATER = "card_life s WHERE s.merchant_id = %(merchant)s AND s.pending > 0"
_LIST = f"""
    SELECT {FOUND_COLUMNS}, page.place FROM (
        SELECT s.id, {{place}} AS place FROM {{those}} {{after}}
        ORDER BY {{place}} {{way}}, s.id {{way}} LIMIT %(limit)s
    ) page
    JOIN card c ON c.merchant_id = %(merchant)s AND c.id = page.id
    JOIN customer u ON u.merchant_id = %(merchant)s AND u.id = c.customer_id
    JOIN program_version v ON v.merchant_id = %(merchant)s AND v.id = c.version_id
    ORDER BY page.place {{way}}, page.id {{way}}
"""
_LIST_BIRTHDAYS = f"""
    SELECT {FOUND_COLUMNS}, page.place FROM (
        SELECT s.id, u.id AS holder, extract(day FROM u.birthday)::int AS place FROM {_BIRTHDAYS} {{after}}
        ORDER BY extract(day FROM u.birthday), u.id, s.id LIMIT %(limit)s
    ) page
    JOIN card c ON c.merchant_id = %(merchant)s AND c.id = page.id
    JOIN customer u ON u.merchant_id = %(merchant)s AND u.id = c.customer_id
    JOIN program_version v ON v.merchant_id = %(merchant)s AND v.id = c.version_id
    ORDER BY page.place, page.holder, page.id
"""
_LIST_TAGGED = f"""
    SELECT {FOUND_COLUMNS}, 0 AS place FROM (
        SELECT s.id, g.customer_id AS holder FROM {_TAGGED} {{after}}
        ORDER BY g.customer_id DESC, s.id DESC LIMIT %(limit)s
    ) page
    JOIN card c ON c.merchant_id = %(merchant)s AND c.id = page.id
    JOIN customer u ON u.merchant_id = %(merchant)s AND u.id = c.customer_id
    JOIN program_version v ON v.merchant_id = %(merchant)s AND v.id = c.version_id
    ORDER BY page.holder DESC, page.id DESC
"""
_LIST_LATER = f"""
    SELECT {FOUND_COLUMNS}, 0 AS place FROM (
        SELECT s.id FROM {_LATER} {{after}} ORDER BY s.id DESC LIMIT %(limit)s
    ) page
    JOIN card c ON c.merchant_id = %(merchant)s AND c.id = page.id
    JOIN customer u ON u.merchant_id = %(merchant)s AND u.id = c.customer_id
    JOIN program_version v ON v.merchant_id = %(merchant)s AND v.id = c.version_id
    ORDER BY page.id DESC
"""
_BY_CUSTOMER: Mapping[Order, str] = {
    "birthday": _LIST_BIRTHDAYS,
    "tagged": _LIST_TAGGED,
    "wants": _LIST_TAGGED.replace(_TAGGED, _WANTING),
    "later": _LIST_LATER,
}
_COUNT = "SELECT count(*)::int FROM (SELECT 1 FROM {those} LIMIT %(most)s + 1) few"
_COUNT_ALL = """
    SELECT count(*)::int FROM (
        SELECT 1 FROM card WHERE merchant_id = %(merchant)s AND state <> 'erased' LIMIT %(most)s + 1
    ) few
"""
_CURSOR = re.compile(r"([0-9]{1,17})\.([0-9a-f]{32})")
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def list_cards(tx: Statements, asked: Asked, *, limit: int) -> list[ListedRow]:
    """Those that fit, in the order asked for."""
    begins = _read_cursor(asked)
    facts = _facts(tx, asked) | {"limit": limit, "place": begins and begins[0], "card": begins and begins[1]}
    if asked.order in _BY_CUSTOMER:
        return _list_by_customer(tx, asked.order, facts)
    place, way = _ORDERS[asked.order]
    tx.write("SET LOCAL plan_cache_mode = 'force_custom_plan'")  # how many fit differs with every filter
    after = f"AND ({place}, s.id) {'<' if way == 'DESC' else '>'} (%(place)s, %(card)s)" if begins else ""
    return tx.rows(ListedRow, _LIST.format(place=place, way=way, those=_those(asked), after=after), facts)


def _list_by_customer(tx: Statements, order: Order, facts: dict[str, Any]) -> list[ListedRow]:
    holder = tx.value(UUID, _HOLDER, (tx.merchant_id, facts["card"])) if facts["card"] else None
    if facts["card"] and holder is None:
        return []
    tx.write("SET LOCAL plan_cache_mode = 'force_custom_plan'")
    for way in ("hashjoin", "mergejoin"):  # they would read all cards of the shop, for a page of thirty
        tx.write(f"SET LOCAL enable_{way} = off")
    after = _AFTER_CUSTOMER["tagged" if order == "wants" else order] if holder else ""
    return tx.rows(ListedRow, _BY_CUSTOMER[order].format(after=after), facts | {"holder": holder})


def count_cards(tx: Statements, asked: Asked) -> int:
    """How many fit, up to one more than `most_counted`."""
    sql = _COUNT_ALL if asked.filter == "all" else _COUNT.format(those=_those(asked))
    return tx.value(int, sql, _facts(tx, asked) | {"most": most_counted(asked)}) or 0


def most_counted(asked: Asked) -> int:
    return MOST_OF_CUSTOMERS if asked.filter in ("birthday", "tag", "wants") else MOST_COUNTED


def read_to_go(text: str) -> int | None:
    """None for what is no number of stamps."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


def cursor_after(row: ListedRow) -> str:
    """What to pass as `after` for the page behind this row."""
    place = round((row.place - _BEGINNING) / _MICROSECOND) if isinstance(row.place, datetime) else row.place
    return f"{place}.{row.id.hex}"


def _those(asked: Asked) -> str:
    match asked.filter:
        case "birthday":
            return _BIRTHDAYS
        case "tag":
            return _TAGGED
        case "wants":
            return _WANTING
        case "later":
            return _LATER
    return _STANDINGS.format(fits=_FITS[asked.filter])


def _facts(tx: Statements, asked: Asked) -> dict[str, Any]:
    return {
        "merchant": tx.merchant_id,
        "away": asked.at - timedelta(days=_DAYS_AWAY.get(asked.filter, 0)),
        "new": asked.at - timedelta(days=NEW_DAYS),
        "month": asked.today.month,
        "tag": asked.tag,
        "to_go": asked.to_go,
    }


def _read_cursor(asked: Asked) -> tuple[datetime | int, UUID] | None:
    if not (found := _CURSOR.fullmatch(asked.after)):
        return None
    place, card_id = int(found[1]), UUID(found[2])
    if asked.order in ("fullest", *_BY_CUSTOMER):
        return place, card_id
    return _BEGINNING + place * _MICROSECOND, card_id
