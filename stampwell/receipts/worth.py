"""What a receipt code is worth, in a sentence's words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stampwell.languages.formatting import Money, format_money, format_number
from stampwell.receipts.rows import ReceiptBatchRow


def say_worth(batch: ReceiptBatchRow) -> str:
    """It stands by itself, as a title or in a cell."""
    if batch.amount is not None and batch.currency:
        amount = format_money(Money(batch.amount, batch.currency))
        return _("Purchase of %(amount)s") % {"amount": amount}
    count = batch.count or 1
    return ngettext("%(shown)s stamp", "%(shown)s stamps", count) % {"shown": format_number(count)}
