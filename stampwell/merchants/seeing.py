"""When a device was last heard of, and how many scans it keeps itself. That is written once a minute, and when their
number has changed; an event tells of a device that is back after it had been silent, and of no other. Of one that was
switched off it is counted how many scans were turned away.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.db.models import F
from django.db.models.functions import Least

from stampwell.clock import now
from stampwell.events.recording import record
from stampwell.merchants.enrolling import StationEvent, describe_station, itself
from stampwell.merchants.models import Merchant, Station
from stampwell.transactions import merchant_transaction

SEEN_EVERY = timedelta(minutes=1)
SILENT = timedelta(hours=1)
MOST_TURNED_AWAY = 1_000_000


class StationSeen(StationEvent, frozen=True, kw_only=True):
    silent_since: datetime


class Keeps(msgspec.Struct, frozen=True):
    """How many scans a device keeps that it has not handed in, by its own word, and since when it keeps the oldest."""

    count: int
    since: datetime | None


NOTHING = Keeps(0, None)


def note_opened(merchant: Merchant, station: Station, release: str) -> None:
    """A page of the device was opened; `release` is the page's."""
    if _is_due(station.last_seen):
        _note(merchant, station, release=release)


def note_scanned(merchant: Merchant, station: Station, keeps: Keeps | None) -> None:
    """`keeps` is None where the device did not say it."""
    said = {} if keeps is None else {"kept_scans": keeps.count, "kept_since": keeps.since, "kept_told": now()}
    if _is_due(station.last_scan) or (keeps and keeps.count != station.kept_scans):
        _note(merchant, station, last_scan=now(), **said)


def note_turned_away(merchant: Merchant, station_id: UUID, scans: int) -> None:
    """So many more; a million is told of at most. One that is sent again is counted again: nothing is kept of it."""
    with merchant_transaction(merchant.id):
        Station.objects.filter(merchant=merchant, id=station_id).update(
            turned_away=Least(F("turned_away") + scans, MOST_TURNED_AWAY), turned_away_at=now()
        )


def _is_due(last: datetime | None) -> bool:
    return last is None or abs(now() - last) > SEEN_EVERY


def _note(merchant: Merchant, station: Station, **more: object) -> None:
    """Of several requests that come at once after a silence one tells it."""
    at, before = now(), station.last_seen
    with merchant_transaction(merchant.id) as tx:
        row = Station.objects.filter(merchant=merchant, id=station.id)
        if before and at - before >= SILENT and row.filter(last_seen=before).update(last_seen=at):
            told = StationSeen(**msgspec.structs.asdict(describe_station(station)), silent_since=before)
            record(tx, "station.seen", told, at=at, actor=itself(station))
        row.update(last_seen=at, **more)
