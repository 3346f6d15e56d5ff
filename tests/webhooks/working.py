"""What the worker does for webhooks, done now."""

from typing import Any
from uuid import UUID

from stampwell.transactions import merchant_transaction
from stampwell.webhooks.claiming import LANES
from stampwell.webhooks.connecting import Wanted, add_endpoint, find_endpoint
from stampwell.webhooks.dispatch import send_due
from stampwell.webhooks.models import WebhookDelivery
from stampwell.webhooks.rows import EndpointRow
from tests.following import follow_everything
from tests.webhooks.receiver import Receiver
from tests.world import Shop


def connect(shop: Shop, hooks: Receiver, **wanted: Any) -> UUID:
    """From now on: what happened before is in order, and not sent."""
    follow_everything()
    return add_endpoint(shop.merchant, Wanted(url=hooks.url, **wanted), actor=shop.actor).row.id


def work() -> int:
    """What has happened is sent, as far as it is due. Returns how many requests were made."""
    follow_everything()
    return send_what_is_due()


def send_what_is_due() -> int:
    return sum(send_due(lane) for lane in LANES)


def endpoint_of(shop: Shop, endpoint_id: UUID) -> EndpointRow:
    with merchant_transaction(shop.merchant.id) as tx:
        return find_endpoint(tx, endpoint_id)


def deliveries(endpoint_id: UUID) -> list[WebhookDelivery]:
    return list(WebhookDelivery.objects.filter(endpoint_id=endpoint_id).order_by("id"))
