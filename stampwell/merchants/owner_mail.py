"""A mail to all owners of a shop, in the shop's language and time."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import override

from stampwell.mail.checking import has_mail_server
from stampwell.mail.queue import keep_mail
from stampwell.mail.writing import write_content
from stampwell.merchants.models import Merchant, StaffMember, User
from stampwell.transactions import Statements

_OWNERS = """
    SELECT user_id FROM staff_member WHERE merchant_id = %s AND role = %s AND "left" IS NULL AND user_id IS NOT NULL
"""


def write_to_owners(
    tx: Statements,
    merchant: Merchant,
    template: str,
    facts: Mapping[str, object],
    button: Callable[[], str],
    *,
    expires: datetime,
    about: UUID,
) -> None:
    """To each who has an account, once the transaction ends. Nothing where there is no mail server."""
    if not has_mail_server():
        return
    with override(merchant.locale), timezone.override(ZoneInfo(merchant.time_zone)):
        content = write_content(template, dict(facts), button=button())
    accounts = tx.values(int, _OWNERS, (tx.merchant_id, StaffMember.Role.OWNER.value))
    for account in User.objects.filter(id__in=accounts).order_by("id"):
        keep_mail(account.email, content, kind=template.removeprefix("mail/"), expires=expires, about=about)
