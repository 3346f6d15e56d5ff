"""Counting what each person did at the counter, as it happens: by day and place, and by card and month.

What is unusual about a stamp is said by its event, and by the hours of the location as they are when it is read: so
hours that are changed later move nothing until everything is read anew.
"""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.events.rows import EventRow
from stampwell.merchants.local_time import local_day
from stampwell.merchants.locations import is_open
from stampwell.merchants.models import Location, Merchant
from stampwell.transactions import Statements

GRACE = timedelta(minutes=30)  # whoever opens or closes stamps a little before and after
HANDS = ("scanner", "owner")
FED_WITHIN = timedelta(days=1)


class _Stamp(msgspec.Struct, frozen=True):
    count: int
    amount: int | None
    at: datetime
    occurred_at: datetime
    source: str
    override: bool
    receipt_id: str | None


class _Stamped(msgspec.Struct, frozen=True):
    stamp: _Stamp
    entered: str | None = None


class _Redemption(msgspec.Struct, frozen=True):
    at: datetime


class _Used(msgspec.Struct, frozen=True):
    redemption: _Redemption
    entered: str | None = None


class _Hand(msgspec.Struct, frozen=True):
    day: date
    location_id: UUID | None
    staff_member_id: UUID


class _OnCard(msgspec.Struct, frozen=True):
    month: date
    staff_member_id: UUID
    card_id: UUID


_COLUMNS = (
    "times",
    "stamps",
    "overrides",
    "outside_hours",
    "by_hand",
    "several",
    "without_receipt",
    "rewards",
    "quick_rewards",
    "found_rewards",
    "undone",
)
_ADD = f"""
    INSERT INTO hand_total AS h (merchant_id, id, day, location_id, staff_member_id, {", ".join(_COLUMNS)})
    SELECT %(merchant)s, n.* FROM unnest(
        %(ids)s::uuid[], %(days)s::date[], %(locations)s::uuid[], %(staff)s::uuid[],
        {", ".join(f"%({column})s::int[]" for column in _COLUMNS)}
    ) n
    ON CONFLICT (merchant_id, day, location_id, staff_member_id)
    DO UPDATE SET {", ".join(f"{column} = h.{column} + excluded.{column}" for column in _COLUMNS)}
"""
_ADD_ON_CARDS = """
    INSERT INTO hand_on_card AS h (merchant_id, id, month, staff_member_id, card_id, times, days)
    SELECT %(merchant)s, n.* FROM unnest(
        %(ids)s::uuid[], %(months)s::date[], %(staff)s::uuid[], %(cards)s::uuid[], %(times)s::int[], %(days)s::int[]
    ) n
    ON CONFLICT (merchant_id, month, card_id, staff_member_id)
    DO UPDATE SET times = h.times + excluded.times, days = h.days | excluded.days
"""
# Half of a card, and three stamps at least, by the hand that then gave the reward.
_FED = """
    SELECT r.id FROM unnest(
        %(ids)s::uuid[], %(cards)s::uuid[], %(staff)s::uuid[], %(since)s::timestamptz[], %(until)s::timestamptz[]
    ) r (id, card_id, staff_member_id, since, until)
    JOIN card c ON c.merchant_id = %(merchant)s AND c.id = r.card_id
    WHERE greatest(c.goal, 6) <= 2 * (
        SELECT coalesce(sum(s.count), 0) FROM stamp s
        WHERE s.merchant_id = %(merchant)s AND s.card_id = r.card_id AND s.staff_member_id = r.staff_member_id
            AND s.at > r.since AND s.at <= r.until AND s.count > 0 AND s.merge_id IS NULL
            AND s.source IN ('scanner', 'owner')
    )
"""


def add_hands(tx: Statements, events: list[EventRow]) -> None:
    by_hand = [event for event in events if event.staff_member_id and event.source in HANDS]
    if not by_hand:
        return
    merchant = Merchant.objects.get(id=tx.merchant_id)
    places = _places_of(merchant, by_hand)
    fed = _fed_cards(tx, [event for event in by_hand if event.type == "voucher.redeemed"])
    counts: dict[_Hand, Counter[str]] = defaultdict(Counter)
    times: Counter[_OnCard] = Counter()
    days: dict[_OnCard, int] = defaultdict(int)
    for event in by_hand:
        assert event.staff_member_id is not None, "others are left out above"
        at, counted = _count(event, places, fed)
        if not counted:
            continue
        day = local_day(merchant, at)
        counts[_Hand(day, event.location_id, event.staff_member_id)].update(counted)
        if counted["times"] and event.card_id:
            on_card = _OnCard(day.replace(day=1), event.staff_member_id, event.card_id)
            times[on_card] += 1
            days[on_card] |= 1 << (day.day - 1)
    _add(tx, counts)
    _add_on_cards(tx, times, days)


def forget_hands(tx: Statements) -> None:
    tx.write("DELETE FROM hand_total WHERE merchant_id = %s", (tx.merchant_id,))
    tx.write("DELETE FROM hand_on_card WHERE merchant_id = %s", (tx.merchant_id,))


def _places_of(merchant: Merchant, events: list[EventRow]) -> dict[UUID, Location]:
    ids = {event.location_id for event in events if event.location_id}
    return {place.id: place for place in Location.objects.filter(merchant=merchant, id__in=ids)}


def _fed_cards(tx: Statements, events: list[EventRow]) -> set[UUID]:
    """Of these redemptions the ids of those whose card was fed just before."""
    if not events:
        return set()
    moments = [_used(event).redemption.at for event in events]
    facts: dict[str, Any] = {
        "merchant": tx.merchant_id,
        "ids": [event.id for event in events],
        "cards": [event.card_id for event in events],
        "staff": [event.staff_member_id for event in events],
        "since": [at - FED_WITHIN for at in moments],
        "until": moments,
    }
    return set(tx.values(UUID, _FED, facts))


def _count(event: EventRow, places: dict[UUID, Location], fed: set[UUID]) -> tuple[datetime, Counter[str]]:
    """When it happened, and what it adds."""
    match event.type:
        case "stamp.added":
            stamped = msgspec.json.decode(event.text, type=_Stamped)
            return stamped.stamp.occurred_at, _count_stamp(stamped, places.get(event.location_id or UUID(int=0)))
        case "voucher.redeemed":
            used = _used(event)
            return used.redemption.at, _count_reward(event, used, is_quick=event.id in fed)
        case "stamp.reversed":
            return event.at, Counter({"undone": 1})
    return event.at, Counter()


def _used(event: EventRow) -> _Used:
    return msgspec.json.decode(event.text, type=_Used)


def _count_reward(event: EventRow, used: _Used, *, is_quick: bool) -> Counter[str]:
    if event.source == "owner" and used.redemption.at != event.at:
        return Counter()  # somebody else handed it out without a network, which was decided at the desk
    is_found = event.source == "owner" or used.entered is not None
    return Counter(rewards=1, quick_rewards=int(is_quick), found_rewards=int(is_found))


def _count_stamp(stamped: _Stamped, place: Location | None) -> Counter[str]:
    stamp = stamped.stamp
    if stamp.source not in HANDS:
        return Counter()  # those that a new card begins with, or that came from an old one on paper
    if stamp.source == "owner" and stamp.occurred_at != stamp.at:
        return Counter()  # somebody else's scan without a network, which was decided at the desk
    has_amount = stamp.amount is not None
    return Counter(
        times=1,
        stamps=stamp.count,
        overrides=int(stamp.override),
        outside_hours=int(place is not None and is_outside_hours(place, stamp.occurred_at)),
        by_hand=int(stamped.entered is not None or stamp.source == "owner"),
        several=int(stamp.count > 1 and not has_amount),
        without_receipt=int(stamp.receipt_id is None and not has_amount),
    )


def is_outside_hours(place: Location, at: datetime) -> bool:
    return not (is_open(place, at) or is_open(place, at - GRACE) or is_open(place, at + GRACE))


def _add(tx: Statements, counts: dict[_Hand, Counter[str]]) -> None:
    hands = list(counts)
    facts: dict[str, Any] = {
        "merchant": tx.merchant_id,
        "ids": [new_id() for _hand in hands],
        "days": [hand.day for hand in hands],
        "locations": [hand.location_id for hand in hands],
        "staff": [hand.staff_member_id for hand in hands],
    }
    tx.write(_ADD, facts | {column: [counts[hand][column] for hand in hands] for column in _COLUMNS})


def _add_on_cards(tx: Statements, times: Counter[_OnCard], days: dict[_OnCard, int]) -> None:
    rows = list(times)
    facts: dict[str, Any] = {
        "merchant": tx.merchant_id,
        "ids": [new_id() for _row in rows],
        "months": [row.month for row in rows],
        "staff": [row.staff_member_id for row in rows],
        "cards": [row.card_id for row in rows],
        "times": [times[row] for row in rows],
        "days": [days[row] for row in rows],
    }
    tx.write(_ADD_ON_CARDS, facts)
