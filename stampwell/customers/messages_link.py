"""The link in a message by which its receiver ends them all, without a sign-in: it opens nothing else."""

from hmac import compare_digest
from uuid import UUID

from django.conf import settings

from stampwell.brought.secrets import brought_secret, secret_of
from stampwell.ids import private_id

_SIGNS = 32  # of an id, and as many of what proves that we wrote it


def no_messages_url(slug: str, customer_id: UUID) -> str:
    return f"{settings.BASE_URL}/u/{slug}/{customer_id.hex}{_proof(customer_id)}"


def who_wants_none(token: str) -> UUID | None:
    """The customer for whom we wrote it; None for what we never wrote."""
    customer_id = private_id("cus", f"cus_{token[:_SIGNS]}")
    if customer_id is None or not compare_digest(token[_SIGNS:].encode(), _proof(customer_id).encode()):
        return None
    return customer_id


def _proof(customer_id: UUID) -> str:
    """One for all times: in a shop that has moved here the one that it has brought, and takes along if it moves on."""
    return (brought_secret("no-messages", customer_id) or secret_of("no-messages", customer_id)).hex()
