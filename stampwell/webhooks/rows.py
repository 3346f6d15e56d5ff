"""An address and a delivery as they are read and written."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.tokens import unseal


class EndpointRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    sealed_url: bytes
    types: list[str]
    location_ids: list[UUID]
    app: str
    api_key_id: UUID | None
    sealed_secret: bytes
    sealed_previous: bytes | None
    previous_until: datetime | None
    state: str
    off_since: datetime | None
    off_reason: str | None
    failing_since: datetime | None
    failures: int
    is_slow: bool
    resumed: datetime | None
    made_up_to: int
    replay_after: int | None
    replay_until: int | None
    created: datetime
    removed: datetime | None

    @property
    def url(self) -> str:
        return unseal(self.sealed_url).decode()

    def secrets_at(self, at: datetime) -> list[bytes]:
        """The new one first; after a change the one of before as well, for a while."""
        secrets = [unseal(self.sealed_secret)]
        if self.sealed_previous and self.previous_until and at < self.previous_until:
            secrets.append(unseal(self.sealed_previous))
        return secrets


class DeliveryRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    endpoint_id: UUID
    event_id: UUID
    type: str
    sequence: int | None
    state: str
    tries: int
    due: datetime | None
    leased_until: datetime | None
    created: datetime
    tried: datetime | None
    ended: datetime | None
    status: int | None
    problem: str
    answer: str
    took_ms: int | None
