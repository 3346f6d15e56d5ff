"""What an owner allows a device on which nobody stands."""

from uuid import UUID

import msgspec

from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.merchants.models import KIOSK_PAUSE, Merchant, Station
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_transaction


class StationRules(msgspec.Struct, frozen=True, kw_only=True):
    """As the fields of `Station` are."""

    pause_seconds: int = KIOSK_PAUSE
    most_a_day: int | None = None
    hands_over: bool = False
    shows_code: bool = False


def change_station_rules(merchant: Merchant, station_id: UUID, rules: StationRules, *, actor: Actor) -> None:
    """Refuses: NotFound, also for one that was switched off."""
    wanted = msgspec.structs.asdict(rules)
    with merchant_transaction(merchant.id) as tx:
        rows = Station.objects.filter(merchant=merchant, id=station_id, revoked__isnull=True)
        station = rows.select_for_update(no_key=True).first()
        if station is None:
            raise NotFound
        rows.update(**wanted)
        before = {name: getattr(station, name) for name in wanted}
        changed(tx, "device.changed", by=actor, name=station.name, subject_id=station_id, before=before, after=wanted)
