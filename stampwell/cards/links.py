"""The secrets that open a card: its links, and the codes that staff scan."""

from hmac import compare_digest
from uuid import UUID

from django.conf import settings

from stampwell.brought.secrets import secret_of
from stampwell.tokens import scan_code


def card_token(card_id: UUID, issue: int) -> str:
    return secret_of("card-link", card_id, issue).hex()


def card_code(card_id: UUID, issue: int) -> str:
    return scan_code("C", secret_of("card-code", card_id, issue))


def paper_mark(card_id: UUID, issue: int) -> str:
    """Stands on print-outs alone: whoever knows only the link of a card does not have it on paper."""
    return secret_of("card-paper", card_id, issue).hex()


def is_paper_mark(given: str, card_id: UUID, issue: int) -> bool:
    return compare_digest(given.encode(), paper_mark(card_id, issue).encode())


def card_url(slug: str, card_id: UUID, issue: int) -> str:
    return f"{settings.BASE_URL}/c/{slug}/{card_token(card_id, issue)}"


def rotating_secret(card_id: UUID, issue: int) -> bytes:
    """The 20 bytes from which the customer's phone makes its rotating code."""
    return secret_of("rotating-code", card_id, issue, size=20)
