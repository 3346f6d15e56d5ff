"""Having something sent that nothing has just caused: a test, one delivery once more, or all events from one on."""

from uuid import UUID

from stampwell.clock import new_id, now
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, columns_of, merchant_reads, merchant_transaction
from stampwell.webhooks.bodies import TEST, NoBody, bodies_of
from stampwell.webhooks.connecting import find_endpoint, newest_sequence
from stampwell.webhooks.refusals import WebhookOff
from stampwell.webhooks.rows import DeliveryRow, EndpointRow

_LOG = f"""
    SELECT {columns_of(DeliveryRow)} FROM webhook_delivery
    WHERE merchant_id = %s AND endpoint_id = %s AND id < %s ORDER BY id DESC LIMIT %s
"""
_ONE = f"SELECT {columns_of(DeliveryRow)} FROM webhook_delivery WHERE merchant_id = %s AND id = %s"
_RETRY = """
    UPDATE webhook_delivery SET state = 'waiting', tries = 0, due = %(now)s, leased_until = NULL, ended = NULL
    WHERE merchant_id = %(merchant)s AND id = %(id)s
"""
_REPLAY = "UPDATE webhook_endpoint SET replay_after = %s, replay_until = %s WHERE merchant_id = %s AND id = %s"


def send_test(merchant: Merchant, endpoint_id: UUID) -> DeliveryRow:
    """Sent as everything else is: signed, and tried again. Refuses: NotFound, WebhookOff."""
    at = now()
    with merchant_transaction(merchant.id) as tx:
        _find_one_that_is_on(tx, endpoint_id)
        row = DeliveryRow(
            id=new_id(),
            endpoint_id=endpoint_id,
            event_id=new_id(),
            type=TEST,
            sequence=None,
            state="waiting",
            tries=0,
            due=at,
            leased_until=None,
            created=at,
            tried=None,
            ended=None,
            status=None,
            problem="",
            answer="",
            took_ms=None,
        )
        tx.insert("webhook_delivery", row)
        return row


def retry_delivery(merchant: Merchant, delivery_id: UUID) -> DeliveryRow:
    """At once, and then by the whole plan again; also of one that was taken. Refuses: NotFound, WebhookOff."""
    with merchant_transaction(merchant.id) as tx:
        row = _find_delivery(tx, delivery_id)
        _find_one_that_is_on(tx, row.endpoint_id)
        tx.write(_RETRY, {"merchant": merchant.id, "id": delivery_id, "now": now()})
        return _find_delivery(tx, delivery_id)


def ask_for_replay(merchant: Merchant, endpoint_id: UUID, *, after: int) -> EndpointRow:
    """All events after this `sequence` that it wants to hear of, also those that it has taken; the worker does it, and
    what happens meanwhile goes first. Refuses: NotFound, WebhookOff.
    """
    with merchant_transaction(merchant.id) as tx:
        _find_one_that_is_on(tx, endpoint_id)
        tx.write(_REPLAY, (after, newest_sequence(tx), merchant.id, endpoint_id))
        return find_endpoint(tx, endpoint_id)


def deliveries_of(tx: Statements, endpoint_id: UUID, *, before: UUID, most: int) -> list[DeliveryRow]:
    """The latest first. Refuses: NotFound."""
    find_endpoint(tx, endpoint_id)
    return tx.rows(DeliveryRow, _LOG, (tx.merchant_id, endpoint_id, before, most))


def delivery_and_body(merchant: Merchant, delivery_id: UUID) -> tuple[DeliveryRow, bytes | NoBody]:
    """With what would be sent if it were sent now. Refuses: NotFound."""
    with merchant_reads(merchant.id) as tx:
        row = _find_delivery(tx, delivery_id)
        return row, bodies_of(merchant, [row])[row.id]


def _find_delivery(tx: Statements, delivery_id: UUID) -> DeliveryRow:
    """Refuses: NotFound, also where its address was deleted."""
    row = tx.row(DeliveryRow, _ONE, (tx.merchant_id, delivery_id))
    if row is None:
        raise NotFound
    find_endpoint(tx, row.endpoint_id)
    return row


def _find_one_that_is_on(tx: Statements, endpoint_id: UUID) -> EndpointRow:
    row = find_endpoint(tx, endpoint_id)
    if row.state != "on":
        raise WebhookOff
    return row
