"""The secrets that open a card: its links, and the codes that staff scan."""

from uuid import UUID

from django.conf import settings

from stampwell.brought.secrets import secret_of
from stampwell.tokens import scan_code


def card_token(card_id: UUID, issue: int) -> str:
    return secret_of("card-link", card_id, issue).hex()


def card_code(card_id: UUID, issue: int) -> str:
    return scan_code("C", secret_of("card-code", card_id, issue))


def card_url(slug: str, card_id: UUID, issue: int) -> str:
    return f"{settings.BASE_URL}/c/{slug}/{card_token(card_id, issue)}"


def rotating_secret(card_id: UUID, issue: int) -> bytes:
    """The 20 bytes from which the customer's phone makes its rotating code."""
    return secret_of("rotating-code", card_id, issue, size=20)
