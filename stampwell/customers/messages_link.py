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
    if customer_id is None or not _is_proof(token[_SIGNS:], customer_id):
        return None
    return customer_id


def _is_proof(given: str, customer_id: UUID) -> bool:
    """Ours, or that of the installation from which the shop has moved here."""
    if compare_digest(given.encode(), _proof(customer_id).encode()):
        return True
    brought = brought_secret("no-messages", customer_id)
    return brought is not None and compare_digest(given.encode(), brought.hex().encode())


def _proof(customer_id: UUID) -> str:
    return secret_of("no-messages", customer_id).hex()
