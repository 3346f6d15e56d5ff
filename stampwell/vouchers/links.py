"""The secrets that open a voucher: the link on the customer's phone and the code that staff scan."""

from uuid import UUID

from django.conf import settings

from stampwell.tokens import link_token, scan_code


def voucher_token(voucher_id: UUID) -> str:
    return link_token("voucher-link", voucher_id)


def voucher_code(voucher_id: UUID) -> str:
    return scan_code("V", "voucher-code", voucher_id)


def voucher_url(slug: str, voucher_id: UUID) -> str:
    return f"{settings.BASE_URL}/v/{slug}/{voucher_token(voucher_id)}"
