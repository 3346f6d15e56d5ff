"""By whose hand and where something happened, as names to show."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from stampwell.events.rows import EventRow
from stampwell.ids import private_id
from stampwell.merchants.names import names_of
from stampwell.transactions import Statements


def names_in(tx: Statements, rows: Iterable[EventRow]) -> dict[UUID, str]:
    return names_of(
        tx,
        (
            id
            for row in rows
            for id in (row.staff_member_id, row.station_id, row.api_key_id, row.location_id, _who_agreed(row))
        ),
    )


def name_hand(row: EventRow, names: Mapping[UUID, str]) -> list[str]:
    """Person, who agreed, device or key, place; a thing that stands by itself is named, never put into a sentence."""
    found = [
        _named(row.staff_member_id, names),
        _name_manager(row, names),
        _named(row.station_id, names) or _name_source(row.source),
        _named(row.api_key_id, names),
        _named(row.location_id, names),
    ]
    return [name for name in found if name]


def _who_agreed(row: EventRow) -> UUID | None:
    if row.type not in ("stamp.added", "voucher.redeemed", "voucher.reversed"):
        return None
    return private_id("stf", str(row.facts.get("agreed_by", "")))


def _name_manager(row: EventRow, names: Mapping[UUID, str]) -> str:
    name = _named(_who_agreed(row), names)
    return _("Agreed: %(name)s") % {"name": name} if name else ""


def _named(id: UUID | None, names: Mapping[UUID, str]) -> str:
    return names.get(id, "") if id else ""


def _name_source(source: str | None) -> str:
    match source:
        case "owner":
            return _("At the desk")
        case "scanner":
            return _("Scanner")
        case "kiosk":
            return _("Kiosk")
        case "autopilot":
            return _("Autopilot")
        case "api":
            return _("Through the API")
        case "card":
            return _("On the customer’s phone")
        case "import":
            return _("Import")
        case "operator":
            return _("Whoever runs this server")
    return ""  # a clock and a wallet are nobody's hand
