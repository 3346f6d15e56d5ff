"""Limits of a day beyond which a manager has to agree to a stamp (`merchants.protection`).

What a card got on a day its own row knows. What a person or a device gave is counted here, in the transaction of the
stamp and only where the shop has such a limit. The row that counts is written before anybody decides, so of many at
once each sees those before it, and what is refused is taken back with all the rest.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from django.utils.translation import ngettext_lazy

from stampwell.cards.earning import Purchase, counted_day
from stampwell.cards.rows import CardRow, StampRow
from stampwell.clock import new_id
from stampwell.events.actors import UNLIMITED, Actor
from stampwell.merchants.clocks import clock_at
from stampwell.merchants.local_time import local_day
from stampwell.merchants.managers import NeedsManager, is_manager
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements


class CardNeedsManager(NeedsManager):
    """Facts: most."""

    staff_text = ngettext_lazy(
        "Without a manager a card gets at most %(most)d stamp a day.",
        "Without a manager a card gets at most %(most)d stamps a day.",
        "most",
    )


class PersonNeedsManager(NeedsManager):
    """Facts: most."""

    staff_text = ngettext_lazy(
        "Without a manager one person gives at most %(most)d stamp a day.",
        "Without a manager one person gives at most %(most)d stamps a day.",
        "most",
    )


class OverrideNeedsManager(NeedsManager):
    """Facts: most."""

    staff_text = ngettext_lazy(
        "Without a manager one person stamps %(most)d time a day before the pause is over.",
        "Without a manager one person stamps %(most)d times a day before the pause is over.",
        "most",
    )


class DeviceNeedsManager(NeedsManager):
    """Facts: most."""

    staff_text = ngettext_lazy(
        "Without a manager one device gives at most %(most)d stamp a day.",
        "Without a manager one device gives at most %(most)d stamps a day.",
        "most",
    )


class DayCountRow(msgspec.Struct, frozen=True):
    stamps: int
    overrides: int


_COUNT = """
    INSERT INTO day_count AS c (merchant_id, id, subject_id, day, stamps, overrides)
    VALUES (%(merchant)s, %(id)s, %(subject)s, %(day)s, %(stamps)s, %(overrides)s)
    ON CONFLICT (merchant_id, subject_id, day)
    DO UPDATE SET stamps = c.stamps + excluded.stamps, overrides = c.overrides + excluded.overrides
    RETURNING stamps, overrides
"""
_TAKE_BACK = """
    UPDATE day_count SET stamps = GREATEST(stamps - %(stamps)s, 0), overrides = GREATEST(overrides - %(overrides)s, 0)
    WHERE merchant_id = %(merchant)s AND subject_id = %(subject)s AND day = %(day)s
"""


def who_agreed(
    tx: Statements, merchant: Merchant, card: CardRow, purchase: Purchase, stamps: int, actor: Actor, at: datetime
) -> UUID | None:
    """Counts the stamps, and says which manager's agreement they needed; None where they needed none.

    The caller has locked the card. Refuses: NeedsManager, unless a manager has agreed to the purchase or acts.
    """
    counted = None
    if not purchase.promised:  # else it was counted when the code was shown
        counted = count_given(tx, merchant, stamps=stamps, override=purchase.override, actor=actor, at=at)
    beyond = _beyond_card(merchant, card, stamps, actor, at) or counted
    if beyond is None or is_manager(tx, actor.staff_member_id):
        return None
    if purchase.agreed_by is None:
        raise beyond
    return purchase.agreed_by


def _beyond_card(merchant: Merchant, card: CardRow, stamps: int, actor: Actor, at: datetime) -> NeedsManager | None:
    most = merchant.most_stamps_on_card_a_day
    if most is None or not stamps:
        return None
    today = counted_day(merchant, card.stamped_day, actor.location_id, at)
    before = card.stamps_that_day if card.stamped_day == today else 0
    return CardNeedsManager(most=most) if before + stamps > most else None


def count_given(
    tx: Statements, merchant: Merchant, *, stamps: int, override: bool = False, actor: Actor, at: datetime
) -> NeedsManager | None:
    """Counts what the person and the device give, by the day of the place; the limit that this goes beyond, or None."""
    if not stamps and not override:
        return None
    facts = {
        "merchant": tx.merchant_id,
        "day": local_day(clock_at(merchant, actor.location_id), at),
        "stamps": stamps,
        "overrides": int(override),
    }
    person, device = [
        tx.later(DayCountRow, _COUNT, facts | {"id": new_id(), "subject": subject}) if subject else None
        for subject in _counted(merchant, actor.staff_member_id, actor.station_id)
    ]
    by_person = person.row() if person else None
    by_device = device.row() if device else None
    if by_person and stamps and _is_beyond(by_person.stamps, merchant.most_stamps_by_person_a_day):
        return PersonNeedsManager(most=merchant.most_stamps_by_person_a_day)
    if by_person and override and _is_beyond(by_person.overrides, merchant.most_overrides_by_person_a_day):
        return OverrideNeedsManager(most=merchant.most_overrides_by_person_a_day)
    if by_device and stamps and _is_beyond(by_device.stamps, merchant.most_stamps_by_device_a_day):
        return DeviceNeedsManager(most=merchant.most_stamps_by_device_a_day)
    return None


def _counted(merchant: Merchant, person: UUID | None, device: UUID | None) -> tuple[UUID | None, UUID | None]:
    """Who is counted. Always the person first: two who wait for each other's row would wait for ever."""
    of_person = (merchant.most_stamps_by_person_a_day, merchant.most_overrides_by_person_a_day)
    is_limited = any(most is not None for most in of_person)
    return person if is_limited else None, device if merchant.most_stamps_by_device_a_day is not None else None


def _is_beyond(given: int, most: int | None) -> bool:
    return most is not None and given > most


def take_back_count(tx: Statements, merchant: Merchant, stamp: StampRow, *, counted: datetime) -> None:
    """What was undone was not given. `counted` is the moment by which it was counted."""
    if stamp.source in UNLIMITED:
        return
    day = local_day(clock_at(merchant, stamp.location_id), counted)
    facts = {"merchant": tx.merchant_id, "day": day, "stamps": stamp.count, "overrides": int(stamp.overrode)}
    for subject in _counted(merchant, stamp.staff_member_id, stamp.station_id):
        if subject:
            tx.write(_TAKE_BACK, facts | {"subject": subject})
