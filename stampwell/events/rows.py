"""An event as it is written and read."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from stampwell.events.packing import read_packed, unpack


# gc=False: thousands are made at once, and none can hold itself.
class EventRow(msgspec.Struct, frozen=True, gc=False):
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
    data: bytes  # packed

    @property
    def facts(self) -> dict[str, Any]:
        return read_packed(self.data)

    @property
    def text(self) -> bytes:
        """Its JSON, for who wants to decode no more of it than is needed."""
        return unpack(self.data)
