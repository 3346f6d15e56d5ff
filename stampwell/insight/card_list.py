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

type Filter = Literal["all", "ready", "nearly", "away-30", "away-60", "away-90", "birthday", "new"]
type Order = Literal["newest", "seen", "away", "fullest", "birthday"]

MOST_COUNTED = 10_000  # cards; a total is never counted further
NEW_DAYS = 30
NEARLY = 2  # stamps to go, on a card that has some


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """`at` is the moment, `today` its day by the shop's clock; `after` is the cursor of the page before."""

    filter: Filter
    order: Order
    at: datetime
    today: date
    after: str = ""


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
}
_ORDERS: Mapping[Order, tuple[str, str]] = {
    "newest": ("s.joined", "DESC"),
    "seen": ("s.seen", "DESC"),
    "away": ("s.seen", "ASC"),
    "fullest": ("s.to_go", "ASC"),
    "birthday": ("extract(day FROM u.birthday)::int", "ASC"),
}
_STANDINGS = "card_standing s WHERE s.merchant_id = %(merchant)s AND {fits}"
_BIRTHDAYS = """customer u JOIN card s ON s.merchant_id = %(merchant)s AND s.customer_id = u.id AND s.state = 'active'
    WHERE u.merchant_id = %(merchant)s AND u.birthday IS NOT NULL AND extract(month FROM u.birthday) = %(month)s"""
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
_COUNT = f"SELECT count(*)::int FROM (SELECT 1 FROM {{those}} LIMIT {MOST_COUNTED + 1}) few"
_COUNT_ALL = f"""
    SELECT count(*)::int FROM (
        SELECT 1 FROM card WHERE merchant_id = %(merchant)s AND state <> 'erased' LIMIT {MOST_COUNTED + 1}
    ) few
"""
_CURSOR = re.compile(r"([0-9]{1,17})\.([0-9a-f]{32})")
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def list_cards(tx: Statements, asked: Asked, *, limit: int) -> list[ListedRow]:
    """Those that fit, in the order asked for."""
    place, way = _ORDERS[asked.order]
    begins = _read_cursor(asked)
    tx.write("SET LOCAL plan_cache_mode = 'force_custom_plan'")  # how many fit differs with every filter
    after = f"AND ({place}, s.id) {'<' if way == 'DESC' else '>'} (%(place)s, %(card)s)" if begins else ""
    facts = _facts(tx, asked) | {"limit": limit, "place": begins and begins[0], "card": begins and begins[1]}
    return tx.rows(ListedRow, _LIST.format(place=place, way=way, those=_those(asked), after=after), facts)


def count_cards(tx: Statements, asked: Asked) -> int:
    """How many fit, up to one more than MOST_COUNTED."""
    sql = _COUNT_ALL if asked.filter == "all" else _COUNT.format(those=_those(asked))
    return tx.value(int, sql, _facts(tx, asked)) or 0


def cursor_after(row: ListedRow) -> str:
    """What to pass as `after` for the page behind this row."""
    place = round((row.place - _BEGINNING) / _MICROSECOND) if isinstance(row.place, datetime) else row.place
    return f"{place}.{row.id.hex}"


def _those(asked: Asked) -> str:
    return _BIRTHDAYS if asked.filter == "birthday" else _STANDINGS.format(fits=_FITS[asked.filter])


def _facts(tx: Statements, asked: Asked) -> dict[str, Any]:
    return {
        "merchant": tx.merchant_id,
        "away": asked.at - timedelta(days=_DAYS_AWAY.get(asked.filter, 0)),
        "new": asked.at - timedelta(days=NEW_DAYS),
        "month": asked.today.month,
    }


def _read_cursor(asked: Asked) -> tuple[datetime | int, UUID] | None:
    if not (found := _CURSOR.fullmatch(asked.after)):
        return None
    place, card_id = int(found[1]), UUID(found[2])
    if asked.order in ("fullest", "birthday"):
        return place, card_id
    return _BEGINNING + place * _MICROSECOND, card_id
