"""What a device on which nobody signs in needs so that it can go on without a network."""

import msgspec

from stampwell.ids import public_id
from stampwell.offline.shifts import contact_text
from stampwell.web.stations.presence import Counter


class StationFacts(msgspec.Struct, frozen=True):
    """`shift` is what the page puts to each scan that it keeps: when we heard of the device."""

    station: str
    shift: str


def facts_for_nobody(counter: Counter) -> dict[str, str]:
    facts = StationFacts(public_id("stn", counter.station.id), contact_text(counter.station))
    built: dict[str, str] = msgspec.to_builtins(facts)
    return built
