"""An address and a delivery as the API shows them."""

from datetime import datetime
from typing import Literal, cast

import msgspec

from stampwell.ids import public_id
from stampwell.webhooks.rows import DeliveryRow, EndpointRow


class WebhookFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Empty `types` and `location_ids` mean all. `app` and `key_id` say what made it.

    `off_reason` is `gone` where it answered 410, and `failing` where it took nothing for five days. `failing_from_at`
    is since when each try has failed. `old_secret_until` is until when the secret of before signs too, and
    `replay_after` how far a replay has come; null where there is none.
    """

    id: str
    url: str
    types: list[str]
    location_ids: list[str]
    app: str | None
    key_id: str | None
    state: Literal["on", "off"]
    off_reason: Literal["gone", "failing"] | None
    off_at: datetime | None
    failing_from_at: datetime | None
    old_secret_until: datetime | None
    replay_after: int | None
    created_at: datetime


class DeliveryFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`sequence` is that of the event, null for a test. `tries` counts since it was made or asked for again.

    `status`, `problem`, `answer` and `took_ms` are of the latest try: what was answered, or why nothing was, and the
    first 1000 letters of an answer that was no success.
    """

    id: str
    webhook_id: str
    event_id: str
    type: str
    sequence: int | None
    state: Literal["waiting", "delivered", "failed"]
    tries: int
    created_at: datetime
    tried_at: datetime | None
    next_try_at: datetime | None
    ended_at: datetime | None
    status: int | None
    problem: str | None
    answer: str | None
    took_ms: int | None


def describe_endpoint(row: EndpointRow, *, at: datetime) -> WebhookFacts:
    is_rotating = row.previous_until is not None and row.previous_until > at
    return WebhookFacts(
        id=public_id("whk", row.id),
        url=row.url,
        types=row.types,
        location_ids=[public_id("loc", one) for one in row.location_ids],
        app=row.app or None,
        key_id=public_id("key", row.api_key_id) if row.api_key_id else None,
        state=cast(Literal["on", "off"], row.state),
        off_reason=cast(Literal["gone", "failing"] | None, row.off_reason),
        off_at=row.off_since,
        failing_from_at=row.failing_since,
        old_secret_until=row.previous_until if is_rotating else None,
        replay_after=row.replay_after,
        created_at=row.created,
    )


def describe_delivery(row: DeliveryRow) -> DeliveryFacts:
    return DeliveryFacts(
        id=public_id("dlv", row.id),
        webhook_id=public_id("whk", row.endpoint_id),
        event_id=public_id("evt", row.event_id),
        type=row.type,
        sequence=row.sequence,
        state=cast(Literal["waiting", "delivered", "failed"], row.state),
        tries=row.tries,
        created_at=row.created,
        tried_at=row.tried,
        next_try_at=row.due,
        ended_at=row.ended,
        status=row.status,
        problem=row.problem or None,
        answer=row.answer or None,
        took_ms=row.took_ms,
    )
