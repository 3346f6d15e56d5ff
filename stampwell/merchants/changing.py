"""Changing the shop: what it is called and how it counts, and where its locations are.

Cards in phones show some of this, so each change is an event. What stays as it was is none.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed as note_change
from stampwell.events.recording import record
from stampwell.merchants.describing import (
    LocationFacts,
    MerchantFacts,
    describe_location,
    describe_merchant,
)
from stampwell.merchants.holidays import keep_holidays, why_holidays_unclear
from stampwell.merchants.hours import why_hours_unclear
from stampwell.merchants.location_drafts import LocationDraft, LocationParts, merge_parts, with_parts
from stampwell.merchants.locations import LocationClosed
from stampwell.merchants.models import Location, Merchant
from stampwell.merchants.offline_rewards import OfflineRewards, write_offline_rewards
from stampwell.merchants.protection import Protection, write_protection
from stampwell.merchants.zones import keep_zones, why_no_zone
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, merchant_transaction


class LocationAdded(msgspec.Struct, frozen=True):
    location: LocationFacts


class LocationChanged(msgspec.Struct, frozen=True):
    """`changed` names the fields that are not as they were."""

    location: LocationFacts
    changed: list[str]


class MerchantChanged(msgspec.Struct, frozen=True):
    """`changed` names the fields that are not as they were."""

    merchant: MerchantFacts
    changed: list[str]


def add_location(merchant: Merchant, draft: LocationDraft, *, actor: Actor) -> Location:
    """Refuses: HoursUnclear, HolidayUnclear, TooManyHolidays."""
    _check(draft)
    with merchant_transaction(merchant.id) as tx:
        shop = lock_merchant(tx)
        location = Location.objects.create(merchant=shop, **_columns(draft))
        keep_zones(shop)
        data = LocationAdded(describe_location(location))
        record(tx, "location.added", data, at=now(), actor=actor, location_id=location.id)
        note_change(
            tx, "location.added", by=actor, name=location.name, subject_id=location.id, after=_told(data.location)
        )
    return location


def change_location(
    merchant: Merchant,
    location_id: UUID,
    draft: LocationDraft,
    *,
    seen: str = "",
    holidays_everywhere: bool = False,
    actor: Actor,
) -> LocationFacts:
    """Where its `holidays_everywhere` are wanted, all other open locations get them too, in place of theirs. `seen` are
    the marks of what a form showed; "" where the last word counts.

    Refuses: NotFound, LocationClosed, HoursUnclear, HolidayUnclear, TooManyHolidays, LocationChangedMeanwhile.
    """
    _check(draft)
    return _change_held(
        merchant,
        location_id,
        lambda present: merge_parts(draft, present, seen=seen),
        holidays_everywhere=holidays_everywhere,
        actor=actor,
    )


def change_location_parts(
    merchant: Merchant, location_id: UUID, parts: LocationParts, *, actor: Actor
) -> LocationFacts:
    """Refuses: NotFound, LocationClosed, TimeZoneUnknown, HoursUnclear, HolidayUnclear, TooManyHolidays."""
    if parts.time_zone is not UNSET and (refusal := why_no_zone(parts.time_zone)):
        raise refusal
    return _change_held(merchant, location_id, lambda present: with_parts(present, parts), actor=actor)


def _change_held(
    merchant: Merchant,
    location_id: UUID,
    wanted: Callable[[LocationFacts], LocationDraft],
    *,
    holidays_everywhere: bool = False,
    actor: Actor,
) -> LocationFacts:
    """What is `wanted` is asked with the location as it stands, once nobody else can change it."""
    with merchant_transaction(merchant.id) as tx:
        shop = lock_merchant(tx)
        locations = list(Location.objects.select_for_update(no_key=True).filter(merchant=merchant).order_by("id"))
        location = next((one for one in locations if one.id == location_id), None)
        if location is None:
            raise NotFound
        if location.closed:
            raise LocationClosed
        draft = wanted(describe_location(location))
        _check(draft)
        facts = _change(tx, location, _columns(draft), actor=actor)
        for other in locations if holidays_everywhere else ():
            if other.id != location_id and not other.closed:
                _change(tx, other, {"holidays": location.holidays}, actor=actor)
        keep_zones(shop)
    return facts


def _change(tx: Statements, location: Location, columns: dict[str, Any], *, actor: Actor) -> LocationFacts:
    before = describe_location(location)
    for name, value in columns.items():
        setattr(location, name, value)
    facts = describe_location(location)
    if changed := _differences(before, facts):
        Location.objects.filter(merchant_id=tx.merchant_id, id=location.id).update(**columns)
        data = LocationChanged(facts, changed)
        record(tx, "location.changed", data, at=now(), actor=actor, location_id=location.id)
        note_change(
            tx,
            "location.changed",
            by=actor,
            name=before.name,
            subject_id=location.id,
            before=_told(before),
            after=_told(facts),
        )
    return facts


def lock_merchant(tx: Statements) -> Merchant:
    """The merchant's row, held until the transaction ends: the currency cannot change between a look and a write."""
    return Merchant.objects.select_for_update(no_key=True).get(id=tx.merchant_id)


def write_merchant(
    tx: Statements, merchant: Merchant, *, name: str, locale: str, currency: str, actor: Actor
) -> MerchantFacts:
    """Changes a merchant that the caller has locked. The slug stands in links and never changes.

    `programs.currency` is the public step: programs know whether the currency may change, and nothing here does.
    """
    return _write(tx, merchant, {"name": name, "locale": locale, "currency": currency}, actor=actor)


def write_time_zone(tx: Statements, merchant: Merchant, time_zone: str, *, actor: Actor) -> MerchantFacts:
    """The clock of a shop that the caller has locked, and of the locations that go by the same.

    `insight.time_zone` is the public step: it has the figures counted anew, of which nothing here knows.
    """
    before = merchant.time_zone
    facts = _write(tx, merchant, {"time_zone": time_zone}, actor=actor)
    same = Location.objects.select_for_update(no_key=True).filter(merchant=merchant, time_zone=before)
    for location in same.order_by("id"):
        _change(tx, location, {"time_zone": time_zone}, actor=actor)
    merchant.time_zone = time_zone
    keep_zones(merchant)
    return facts


def change_staff_limits(
    merchant: Merchant,
    *,
    most_stamps_at_once: int,
    most_stamps_with_override: int,
    protection: Protection | None = None,
    offline_rewards: OfflineRewards | None = None,
    actor: Actor,
) -> MerchantFacts:
    """How many stamps one tap at the scanner or one call of a program may give, beyond which limits of a day a manager
    has to agree, and which rewards may be handed out without a network; what is None stays as it is.
    """
    columns = {
        "most_stamps_at_once": most_stamps_at_once,
        "most_stamps_with_override": most_stamps_with_override,
    }
    with merchant_transaction(merchant.id) as tx:
        shop = lock_merchant(tx)
        if protection is not None:
            write_protection(tx, shop, protection, actor=actor)
        if offline_rewards is not None:
            write_offline_rewards(tx, shop, offline_rewards, actor=actor)
        return _write(tx, shop, columns, actor=actor)


def change_messages(merchant: Merchant, *, writes_to_customers: bool, actor: Actor) -> MerchantFacts:
    """Whether customers are asked for their consent from now on; what they said before stays in the ledger."""
    with merchant_transaction(merchant.id) as tx:
        return _write(tx, lock_merchant(tx), {"writes_to_customers": writes_to_customers}, actor=actor)


def _write(tx: Statements, merchant: Merchant, columns: dict[str, Any], *, actor: Actor) -> MerchantFacts:
    before = describe_merchant(merchant)
    facts = msgspec.structs.replace(before, **columns)
    if changed := _differences(before, facts):
        Merchant.objects.filter(id=merchant.id).update(**columns)
        record(tx, "merchant.changed", MerchantChanged(facts, changed), at=now(), actor=actor)
        note_change(tx, "shop.changed", by=actor, name=before.name, before=_told(before), after=_told(facts))
    return facts


def _told(facts: msgspec.Struct) -> dict[str, Any]:
    """Facts as JSON holds them."""
    told: dict[str, Any] = msgspec.to_builtins(facts)
    return told


def _check(draft: LocationDraft) -> None:
    for spans in draft.opening_hours.values():
        if refusal := why_hours_unclear(spans):
            raise refusal
    if unclear := why_holidays_unclear(draft.holidays):
        raise unclear


def _columns(draft: LocationDraft) -> dict[str, Any]:
    place = draft.position
    return {
        "name": draft.name,
        "address": draft.address,
        "time_zone": draft.time_zone,
        "opening_hours": draft.opening_hours,
        "holidays": keep_holidays(draft.holidays),
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
    }


def _differences(before: msgspec.Struct, after: msgspec.Struct) -> list[str]:
    return [name for name in before.__struct_fields__ if getattr(before, name) != getattr(after, name)]
