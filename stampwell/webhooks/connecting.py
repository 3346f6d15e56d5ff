"""Saying where events are sent, and taking that back."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.locations import find_location
from stampwell.merchants.models import Merchant
from stampwell.outgoing import AddressNotAllowed, check_address
from stampwell.refusal import NotFound
from stampwell.tokens import seal
from stampwell.transactions import Statements, columns_of, merchant_transaction
from stampwell.webhooks.answers import give_up
from stampwell.webhooks.refusals import TooManyWebhooks, WebhookAddressRefused
from stampwell.webhooks.rows import EndpointRow
from stampwell.webhooks.signing import ROTATED, fresh_secret

MOST = 20  # of a shop
_THERE = f"SELECT {columns_of(EndpointRow)} FROM webhook_endpoint WHERE merchant_id = %s AND removed IS NULL"
_ALL = f"{_THERE} ORDER BY id"
_ONE = f"{_THERE} AND id = %s"
_REMOVE = """
    UPDATE webhook_endpoint SET removed = %(now)s, state = 'off', replay_after = NULL, replay_until = NULL
    WHERE merchant_id = %(merchant)s AND id = %(id)s
"""
_ROTATE = """
    UPDATE webhook_endpoint SET sealed_previous = sealed_secret, sealed_secret = %(secret)s, previous_until = %(until)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s
"""
_RESUME = """
    UPDATE webhook_endpoint SET state = 'on', off_since = NULL, off_reason = NULL, failing_since = NULL, failures = 0,
        made_up_to = %(newest)s, resumed = %(now)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s AND state = 'off'
"""
_NEWEST = "SELECT coalesce(max(last_sequence), 0) FROM event_feed WHERE merchant_id = %s"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Empty `types` and `location_ids` mean all. `app` is what made it, in its own words; "" where it said nothing."""

    url: str
    types: Sequence[str] = ()
    location_ids: Sequence[UUID] = ()
    app: str = ""


class WithSecret(msgspec.Struct, frozen=True):
    """The secret is told once: only who is asked here ever sees it."""

    row: EndpointRow
    secret: bytes


def add_endpoint(merchant: Merchant, wanted: Wanted, *, actor: Actor) -> WithSecret:
    """It hears of what happens from now on. Refuses: WebhookAddressRefused, TooManyWebhooks, NotFound (a location)."""
    try:
        check_address(wanted.url)
    except AddressNotAllowed:
        raise WebhookAddressRefused from None
    for location_id in wanted.location_ids:
        find_location(merchant.id, location_id)
    secret, at = fresh_secret(), now()
    with merchant_transaction(merchant.id) as tx:
        lock_merchant(tx)  # of two at once the second counts the first
        if len(list_endpoints(tx)) >= MOST:
            raise TooManyWebhooks(most=MOST)
        row = EndpointRow(
            id=new_id(),
            sealed_url=seal(wanted.url.encode()),
            types=list(dict.fromkeys(wanted.types)),
            location_ids=list(dict.fromkeys(wanted.location_ids)),
            app=wanted.app,
            api_key_id=actor.api_key_id,
            sealed_secret=seal(secret),
            sealed_previous=None,
            previous_until=None,
            state="on",
            off_since=None,
            off_reason=None,
            failing_since=None,
            failures=0,
            is_slow=False,
            resumed=None,
            made_up_to=newest_sequence(tx),
            replay_after=None,
            replay_until=None,
            created=at,
            removed=None,
        )
        tx.insert("webhook_endpoint", row)
    return WithSecret(row, secret)


def list_endpoints(tx: Statements) -> list[EndpointRow]:
    """The oldest first."""
    return tx.rows(EndpointRow, _ALL, (tx.merchant_id,))


def find_endpoint(tx: Statements, endpoint_id: UUID) -> EndpointRow:
    """Refuses: NotFound."""
    row = tx.row(EndpointRow, _ONE, (tx.merchant_id, endpoint_id))
    if row is None:
        raise NotFound
    return row


def remove_endpoint(merchant: Merchant, endpoint_id: UUID) -> None:
    """Nothing more is sent there. What was sent is forgotten by the clock. Refuses: NotFound."""
    with merchant_transaction(merchant.id) as tx:
        find_endpoint(tx, endpoint_id)
        tx.write(_REMOVE, {"merchant": merchant.id, "id": endpoint_id, "now": now()})
        give_up(tx, endpoint_id)


def rotate_secret(merchant: Merchant, endpoint_id: UUID) -> WithSecret:
    """For a day what is sent is signed with the secret of before too. Refuses: NotFound."""
    secret = fresh_secret()
    with merchant_transaction(merchant.id) as tx:
        find_endpoint(tx, endpoint_id)
        until = now() + timedelta(hours=ROTATED)
        facts = {"merchant": merchant.id, "id": endpoint_id, "secret": seal(secret), "until": until}
        tx.write(_ROTATE, facts)
        return WithSecret(find_endpoint(tx, endpoint_id), secret)


def resume_endpoint(merchant: Merchant, endpoint_id: UUID) -> EndpointRow:
    """It hears of what happens from now on; what it missed is asked for by a replay. Refuses: NotFound."""
    with merchant_transaction(merchant.id) as tx:
        find_endpoint(tx, endpoint_id)
        facts = {"merchant": merchant.id, "id": endpoint_id, "newest": newest_sequence(tx), "now": now()}
        tx.write(_RESUME, facts)
        return find_endpoint(tx, endpoint_id)


def newest_sequence(tx: Statements) -> int:
    return tx.value(int, _NEWEST, (tx.merchant_id,)) or 0
