"""In which money a shop counts, and why that may have to stay.

Changing the shop stands here and not in `merchants`, which has never heard of programs.
"""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stampwell.events.actors import Actor
from stampwell.merchants.changing import lock_merchant, write_merchant
from stampwell.merchants.describing import MerchantFacts
from stampwell.merchants.models import Merchant
from stampwell.programs.models import ProgramVersion
from stampwell.refusal import Refusal
from stampwell.transactions import merchant_transaction


class CurrencyInUse(Refusal):
    code = "currency_in_use"
    title = _("The currency stays as it is")
    staff_text = _(
        "The currency cannot be changed: a program earns by amount, and what customers have collected so far is in this"
        " currency."
    )
    customer_text = staff_text
    what_to_do = _("Keep this currency, or open another shop for the other one.")


def change_merchant(merchant: Merchant, *, name: str, locale: str, currency: str, actor: Actor) -> MerchantFacts:
    """What the shop is called, in which language it writes, in which money it counts. Refuses: CurrencyInUse."""
    with merchant_transaction(merchant.id) as tx:
        row = lock_merchant(tx)
        if currency != row.currency and (refusal := why_currency_stays(row)):
            raise refusal
        return write_merchant(tx, row, name=name, locale=locale, currency=currency, actor=actor)


def why_currency_stays(merchant: Merchant) -> CurrencyInUse | None:
    """The reason why the currency may not change: amounts were promised, and parts of stamps on cards are in it."""
    in_money = Q(earning_by="amount") | Q(minimum_spend__isnull=False)
    return CurrencyInUse() if ProgramVersion.objects.filter(in_money, merchant=merchant).exists() else None
