"""The secrets that open a card: its links, and the codes that staff scan."""

from uuid import UUID

from django.conf import settings

from stampwell.tokens import derived_secret, link_token, scan_code


def card_token(card_id: UUID, issue: int) -> str:
    return link_token("card-link", card_id, issue)


def card_code(card_id: UUID, issue: int) -> str:
    return scan_code("C", "card-code", card_id, issue)


def card_url(slug: str, card_id: UUID, issue: int) -> str:
    return f"{settings.BASE_URL}/c/{slug}/{card_token(card_id, issue)}"


def rotating_secret(card_id: UUID, issue: int) -> bytes:
    """The 20 bytes from which the customer's phone makes its rotating code."""
    return derived_secret("rotating-code", card_id, issue, size=20)
