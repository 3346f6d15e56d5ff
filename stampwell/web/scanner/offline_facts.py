"""What a phone needs so that people can go on working at it without a network."""

from collections import Counter
from datetime import datetime

import msgspec

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import text_in
from stampwell.merchants.models import StaffMember
from stampwell.merchants.pins import pin_mark
from stampwell.merchants.shifts import SHIFT_LASTS
from stampwell.offline.shifts import pin_key, shift_text
from stampwell.programs.low_cost import rewards_that_cost_little
from stampwell.tokens import to_base64url
from stampwell.web.scanner.offline_amounts import OfflineAmounts, offline_amounts, shortest_pause
from stampwell.web.scanner.people import people_at
from stampwell.web.scanner.presence import Shift


class Person(msgspec.Struct, frozen=True):
    """`pin_mark` changes with the PIN: what the phone knew of the one before is then forgotten."""

    id: str
    name: str
    pin_length: int
    pin_mark: str


class RewardShown(msgspec.Struct, frozen=True):
    """One that may be handed out without a network: as it is called here, and what its program is called where the same
    name is there twice. What it costs is nobody's business at the counter.
    """

    id: str
    name: str
    program: str


class OfflineFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`shift` is what the page puts to each scan. Moments are in milliseconds since 1970, by the server's clock:
    `server_time` tells the phone how far away `shift_ends` is, whatever its own clock says. `pause` is in seconds.
    """

    station: str
    place: str
    shift: str
    shift_ends: int
    me: str
    people: list[Person]
    pin_key: str
    pause: int
    amounts: OfflineAmounts | None
    rewards: list[RewardShown]
    server_time: int


def facts_for(shift: Shift) -> OfflineFacts:
    began = shift.counter.station.shift_began or now()
    return OfflineFacts(
        station=public_id("stn", shift.counter.station.id),
        place=shift.counter.location.name,
        shift=shift_text(shift.counter.station, shift.member, began),
        shift_ends=_milliseconds(began + SHIFT_LASTS),
        me=public_id("stf", shift.member.id),
        people=[_person(member) for member in people_at(shift.counter)],
        pin_key=to_base64url(pin_key(shift.merchant)),
        pause=shortest_pause(shift.merchant),
        amounts=offline_amounts(shift.merchant),
        rewards=_rewards_at(shift),
        server_time=_milliseconds(now()),
    )


def _rewards_at(shift: Shift) -> list[RewardShown]:
    found = rewards_that_cost_little(shift.merchant, here=shift.counter.location.id)
    locale = active_locale()
    shown = [
        RewardShown(
            public_id("rwd", one.reward.id),
            text_in(one.reward.name, locale, one.terms.locale),
            text_in(one.terms.name, locale, one.terms.locale),
        )
        for one in found
    ]
    twice = {name for name, times in Counter(one.name for one in shown).items() if times > 1}
    return [one if one.name in twice else msgspec.structs.replace(one, program="") for one in shown]


def _person(member: StaffMember) -> Person:
    return Person(public_id("stf", member.id), member.name, member.pin_length, pin_mark(member).hex())


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
