"""The mail to whoever asked for the archive of a shop: it is ready, where it lies, and until when."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from stampwell.exports.asking import end_of
from stampwell.exports.rows import ExportRow
from stampwell.mail.checking import has_mail_server
from stampwell.mail.queue import keep_mail
from stampwell.mail.writing import write_content
from stampwell.merchants.models import Merchant, User
from stampwell.transactions import Statements

_ACCOUNT = 'SELECT user_id FROM staff_member WHERE merchant_id = %s AND id = %s AND "left" IS NULL'


def write_archive_mail(tx: Statements, merchant: Merchant, export: ExportRow) -> None:
    """To the desk and not to the file: whoever reads a mailbox must not have the shop. Who has left gets none."""
    user_id = tx.value(int, _ACCOUNT, (tx.merchant_id, export.staff_member_id))
    account = User.objects.filter(id=user_id).first() if user_id else None
    if account is None or not has_mail_server():
        return
    facts = {"shop": merchant.name, "until": end_of(export), "url": settings.BASE_URL + reverse("exports")}
    with override(export.locale), timezone.override(ZoneInfo(merchant.time_zone)):
        content = write_content("mail/archive", facts, button=_("Exports"))
    keep_mail(account.email, content, kind="archive", expires=end_of(export), about=export.id)
