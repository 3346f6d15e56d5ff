"""PINs: who stands at a shared device says so with one of their own."""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password, make_password
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from stampwell.clock import now
from stampwell.languages.typed import plain
from stampwell.merchants.enrolling import ENROLMENT_LASTS
from stampwell.merchants.managers import MANAGERS
from stampwell.merchants.models import Merchant, StaffMember, Station
from stampwell.refusal import Kind, NotFound, Refusal, Wait
from stampwell.requests.limits import (
    LONGEST_WINDOW,
    TooManyAttempts,
    closed_among,
    count_attempt,
    count_one,
    forget_attempts,
    is_closed,
    take_back_attempt,
)
from stampwell.transactions import merchant_transaction

MOST_PINS, PINS_WITHIN = 5, timedelta(minutes=10)
MOST_PINS_OF_ALL = 20  # at one device; else whoever holds it tries some with each of many people
MOST_PINS_OF_DAY = 20  # for one person at all devices; else whoever has patience tries them all
MOST_PINS_OF_KIOSK = 10  # in a day, of all people together, where customers reach the pad


class WrongPin(Refusal):
    code = "wrong_pin"
    kind = Kind.FORBIDDEN
    title = _("Wrong PIN")
    staff_text = _("This PIN does not belong to the chosen person.")
    customer_text = _("This PIN does not belong to the chosen person.")
    what_to_do = _("Try again, or ask the owner for a new PIN.")


class PinLocked(TooManyAttempts):
    title = _("The PIN is locked")
    staff_text = _("A wrong PIN was entered too many times.")
    customer_text = _("A wrong PIN was entered too many times.")
    what_to_do = Wait(
        seconds=ngettext_lazy(
            "Wait %(seconds)d second, or ask the owner to unlock it on the “Team” page.",
            "Wait %(seconds)d seconds, or ask the owner to unlock it on the “Team” page.",
            "seconds",
        ),
        minutes=ngettext_lazy(
            "Wait %(minutes)d minute, or ask the owner to unlock it on the “Team” page.",
            "Wait %(minutes)d minutes, or ask the owner to unlock it on the “Team” page.",
            "minutes",
        ),
        hours=ngettext_lazy(
            "Wait %(hours)d hour, or ask the owner to unlock it on the “Team” page.",
            "Wait %(hours)d hours, or ask the owner to unlock it on the “Team” page.",
            "hours",
        ),
    )


def set_pin(merchant: Merchant, staff_member_id: UUID, pin: str) -> None:
    """`pin` is four to eight digits, on whatever keyboard they were typed. Wrong ones before it no longer count."""
    with merchant_transaction(merchant.id):
        StaffMember.objects.filter(merchant=merchant, id=staff_member_id).update(
            pin_hash=make_password(plain(pin)), pin_length=len(plain(pin))
        )
        # The shifts that began with the PIN of before are over.
        Station.objects.filter(merchant=merchant, shift_member_id=staff_member_id).update(shift_member_id=None)
    unlock_pin(merchant, staff_member_id)


def pin_mark(member: StaffMember) -> bytes:
    """Changes with the PIN, and says nothing about it: what it is made of is salted and hashed already."""
    return sha256(member.pin_hash.encode()).digest()[:8]


def who_sets_first_pin(merchant: Merchant, station: Station) -> StaffMember | None:
    """The owner, at a phone that was enrolled a moment ago, in a shop where nobody has a PIN: the link to the phone is
    shown at the owner's desk alone, and as long as nobody has a PIN nothing can be done at any phone.
    """
    if station.enrolled is None or station.enrolled < now() - ENROLMENT_LASTS:
        return None
    if has_anybody_a_pin(merchant):
        return None
    owners = StaffMember.objects.filter(merchant=merchant, role=StaffMember.Role.OWNER, left__isnull=True)
    return owners.order_by("created", "id").first()


def has_anybody_a_pin(merchant: Merchant) -> bool:
    return StaffMember.objects.filter(merchant=merchant, left__isnull=True).exclude(pin_hash="").exists()


def set_first_pin(merchant: Merchant, station: Station, *, name: str, pin: str) -> StaffMember:
    """The owner's, who says their name too. Refuses: NotFound, where somebody has a PIN by now."""
    with merchant_transaction(merchant.id):
        # Of two phones at once the first one's counts.
        Merchant.objects.select_for_update(of=("self",)).get(id=merchant.id)
        owner = who_sets_first_pin(merchant, station)
        if owner is None:
            raise NotFound
        StaffMember.objects.filter(merchant=merchant, id=owner.id).update(name=name)
        set_pin(merchant, owner.id, pin)
    owner.refresh_from_db()
    return owner


def unlock_pin(merchant: Merchant, staff_member_id: UUID) -> None:
    """The person may try again at every device."""
    devices = _devices(merchant)
    forget_attempts(*(_attempts(station_id, staff_member_id) for station_id in devices))
    forget_attempts(*(_attempts_of_all(station_id) for station_id in devices), _attempts_of_day(staff_member_id))
    forget_attempts(*map(_attempts_at_kiosk, devices), *map(_attempts_at_kiosk_of_day, devices))


def is_pin_locked(merchant: Merchant, staff_member_id: UUID) -> bool:
    """Whether too many wrong PINs have closed some device for this person, or for everybody, or all for this person."""
    devices = _devices(merchant)
    names = [_attempts(station_id, staff_member_id) for station_id in devices]
    of_all = [_attempts_of_all(station_id) for station_id in devices]
    return (
        is_closed(*names, most=MOST_PINS, within=PINS_WITHIN)
        or is_closed(*of_all, most=MOST_PINS_OF_ALL, within=PINS_WITHIN)
        or is_closed(_attempts_of_day(staff_member_id), most=MOST_PINS_OF_DAY, within=LONGEST_WINDOW)
        or (staff_member_id in _keepers(merchant) and bool(_closed_kiosks(devices)))
    )


def locked_pins(merchant: Merchant, people: Iterable[UUID]) -> set[UUID]:
    """Whose PIN some device takes no more, and the devices that take nobody's."""
    devices, members = _devices(merchant), list(people)
    own = {_attempts(device, member): member for device in devices for member in members}
    of_all = {_attempts_of_all(device): device for device in devices}
    of_day = {_attempts_of_day(member): member for member in members}
    locked = {own[name] for name in closed_among(own, most=MOST_PINS, within=PINS_WITHIN)}
    locked |= {of_day[name] for name in closed_among(of_day, most=MOST_PINS_OF_DAY, within=LONGEST_WINDOW)}
    shut = {of_all[name] for name in closed_among(of_all, most=MOST_PINS_OF_ALL, within=PINS_WITHIN)}
    kiosks = _closed_kiosks(devices)
    keepers = _keepers(merchant).intersection(members) if kiosks else set()
    return locked | shut | kiosks | keepers | (set(members) if shut else set())


def _closed_kiosks(devices: Iterable[UUID]) -> set[UUID]:
    """Those that take nobody's PIN for a day."""
    of_day = {_attempts_at_kiosk_of_day(device): device for device in devices}
    return {of_day[name] for name in closed_among(of_day, most=MOST_PINS_OF_KIOSK, within=LONGEST_WINDOW)}


def _keepers(merchant: Merchant) -> set[UUID]:
    """Whose PIN opens something at a kiosk."""
    people = StaffMember.objects.filter(merchant=merchant, role__in=MANAGERS, left__isnull=True)
    return set(people.values_list("id", flat=True))


def _devices(merchant: Merchant) -> list[UUID]:
    return list(Station.objects.filter(merchant=merchant, revoked__isnull=True).values_list("id", flat=True))


def _attempts(station_id: UUID, staff_member_id: UUID) -> str:
    return f"pin:{station_id}:{staff_member_id}"


def _attempts_of_all(station_id: UUID) -> str:
    return f"pin:{station_id}"


def _attempts_of_day(staff_member_id: UUID) -> str:
    return f"pin of a day:{staff_member_id}"


def _attempts_at_kiosk(station_id: UUID) -> str:
    return f"pin at kiosk:{station_id}"


def _attempts_at_kiosk_of_day(station_id: UUID) -> str:
    return f"pin at kiosk of a day:{station_id}"


def sign_in_with_pin(merchant: Merchant, station: Station, staff_member_id: UUID, pin: str) -> StaffMember:
    """Who stands at the station from now on. Five wrong PINs in ten minutes close it for that person there, and twenty
    for everybody. Twenty in a day close every device for that person, whatever right ones are between them. Each counts
    as a wrong one until it has turned out to be right, so that many at once get no further.

    Refuses: WrongPin, PinLocked.
    """
    member = _try_pin(merchant, station, staff_member_id, pin)
    forget_attempts(_attempts(station.id, member.id))
    return member


def open_with_pin(merchant: Merchant, station: Station, staff_member_id: UUID, pin: str) -> StaffMember:
    """Whose PIN it is, at a device whose pad customers reach. There five wrong ones in ten minutes, whoever they are
    said to be of, close it for everybody, and ten in a day for that day; they close no other device for anybody. A
    right one forgets none of them.

    Refuses: WrongPin, PinLocked.
    """
    attempts, of_day = _attempts_at_kiosk(station.id), _attempts_at_kiosk_of_day(station.id)
    try:
        count_attempt(attempts, most=MOST_PINS, within=PINS_WITHIN)
        count_attempt(of_day, most=MOST_PINS_OF_KIOSK, within=LONGEST_WINDOW)
    except TooManyAttempts as refusal:
        raise PinLocked(**refusal.facts) from None
    member = _compare(merchant, staff_member_id, pin)
    take_back_attempt(attempts)
    take_back_attempt(of_day)
    return member


def agree_with_pin(merchant: Merchant, station: Station, staff_member_id: UUID, pin: str) -> StaffMember:
    """The owner or manager who agrees to what somebody else does at the station. Tries count as in `sign_in_with_pin`.

    Refuses: WrongPin, also for whoever is neither, PinLocked.
    """
    member = _try_pin(merchant, station, staff_member_id, pin)
    if member.role not in MANAGERS:
        raise WrongPin
    forget_attempts(_attempts(station.id, member.id))
    return member


def check_pin_in_text(merchant: Merchant, station: Station, member: StaffMember, pin: str, *, text: str) -> None:
    """As `sign_in_with_pin`, for a PIN that was typed without a network and comes sealed in `text`. For a day the same
    text is no further try. A right one forgets no wrong ones: whoever holds the device can send it again and again.

    Refuses: WrongPin, PinLocked.
    """
    mark = sha256(f"{text}\n{member.pin_hash}".encode()).hexdigest()[:32]
    was_right, was_wrong = (f"pin text:{station.id}:{mark}:{outcome}" for outcome in ("right", "wrong"))
    tried = closed_among((was_right, was_wrong), most=1, within=LONGEST_WINDOW)
    if was_wrong in tried:
        raise WrongPin
    if was_right in tried:
        return
    try:
        _try_pin(merchant, station, member.id, pin)
    except WrongPin:
        count_one(was_wrong, within=LONGEST_WINDOW)
        raise
    take_back_attempt(_attempts(station.id, member.id))
    count_one(was_right, within=LONGEST_WINDOW)


def _try_pin(merchant: Merchant, station: Station, staff_member_id: UUID, pin: str) -> StaffMember:
    """Its try at this person stays counted, also where it was right."""
    attempts, of_all = _attempts(station.id, staff_member_id), _attempts_of_all(station.id)
    of_day = _attempts_of_day(staff_member_id)
    try:
        count_attempt(attempts, most=MOST_PINS, within=PINS_WITHIN)
        count_attempt(of_all, most=MOST_PINS_OF_ALL, within=PINS_WITHIN)
        count_attempt(of_day, most=MOST_PINS_OF_DAY, within=LONGEST_WINDOW)
    except TooManyAttempts as refusal:
        raise PinLocked(**refusal.facts) from None
    member = _compare(merchant, staff_member_id, pin)
    take_back_attempt(of_all)
    take_back_attempt(of_day)
    return member


def _compare(merchant: Merchant, staff_member_id: UUID, pin: str) -> StaffMember:
    """Refuses: WrongPin."""
    member = StaffMember.objects.filter(merchant=merchant, id=staff_member_id, left__isnull=True).first()
    # Where there is no PIN to compare with, the same time is taken: how long a "no" takes tells nothing.
    kept = (member.pin_hash if member else "") or UNUSABLE_PASSWORD_PREFIX
    if not check_password(plain(pin), kept) or member is None:
        raise WrongPin
    return member
