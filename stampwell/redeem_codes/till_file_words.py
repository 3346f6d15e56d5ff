"""What a file of codes for a till is called, and what to do with it there."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.redeem_codes.till_files import Till

TILL_NAMES: dict[Till, str | Promise] = {
    "plain": _("Another till"),
    "shopify": "Shopify POS",
    "lightspeed": "Lightspeed X",
    "odoo": "Odoo",
    "erpnext": "ERPNext",
    "iiko": "iiko / Syrve",
}
TILL_STEPS: dict[Till, str | Promise] = {
    "plain": _("One code in each row, below a heading. Look in your till for how it takes in a file of codes."),
    "shopify": _(
        "Shopify takes in codes by an app for bulk discounts: make a discount that works once per code there."
    ),
    "lightspeed": _("Whoever connects programs with your till adds this file to a promotion that wants a promo code."),
    "odoo": _("In Odoo, import it as coupons. Codes that begin with 043 or 044 can be scanned, others are typed."),
    "erpnext": _("In ERPNext, import it as coupon codes. Make the pricing rule before that."),
    "iiko": _("One code in each row: make a series of coupons of it in the back office."),
}
