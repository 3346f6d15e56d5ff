"""The secrets that open a voucher: the link on the customer's phone and the code that staff scan.

`issue` is that of its card: a card that is recovered takes its vouchers along.
"""

from uuid import UUID

from django.conf import settings

from stampwell.brought.secrets import secret_of
from stampwell.tokens import scan_code


def voucher_token(voucher_id: UUID, issue: int) -> str:
    return secret_of("voucher-link", voucher_id, issue).hex()


def voucher_code(voucher_id: UUID, issue: int) -> str:
    return scan_code("V", secret_of("voucher-code", voucher_id, issue))


def voucher_url(slug: str, voucher_id: UUID, issue: int) -> str:
    return f"{settings.BASE_URL}/v/{slug}/{voucher_token(voucher_id, issue)}"
