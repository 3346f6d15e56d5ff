"""An event as it is read."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


class EventRow(msgspec.Struct, frozen=True):
    """`sequence` is None until the event was put in order, `source` where nobody wrote down who did it."""

    id: UUID
    at: datetime
    type: str
    source: str | None
    location_id: UUID | None
    station_id: UUID | None
    staff_member_id: UUID | None
    api_key_id: UUID | None
    card_id: UUID | None
    voucher_id: UUID | None
    sequence: int | None
    data: str  # JSON, as the driver is told to leave it

    @property
    def facts(self) -> dict[str, Any]:
        return msgspec.json.decode(self.data, type=dict[str, Any])
