"""What happens to vouchers and their codes, in a sentence each, and the colour of its line."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from stampwell.languages.formatting import Money, format_money

OF_VOUCHERS: dict[str, tuple[Promise, str]] = {
    "voucher.issued": (gettext_lazy("Voucher given: %(reward)s"), "reward"),
    "voucher.ready": (gettext_lazy("Voucher ready to use: %(reward)s"), "reward"),
    "voucher.revealed": (gettext_lazy("Code shown at the till: %(reward)s"), ""),
    "voucher.reserved": (gettext_lazy("Held for a purchase at a till: %(reward)s"), ""),
    "voucher.released": (gettext_lazy("No longer held at a till: %(reward)s"), ""),
    "voucher.redeemed": (gettext_lazy("Reward handed out: %(reward)s"), "good"),
    "voucher.checked": (gettext_lazy("Marked as handed out: %(reward)s"), ""),
    "voucher.reversed": (gettext_lazy("Voucher restored: %(reward)s"), "bad"),
    "voucher.partly_reversed": (gettext_lazy("Part of the discount taken back: %(reward)s"), "bad"),
    "voucher.extended": (gettext_lazy("Voucher extended: %(reward)s"), ""),
    "voucher.ending": (gettext_lazy("Reminder that a voucher ends soon: %(reward)s"), ""),
    "voucher.expired": (gettext_lazy("Voucher expired: %(reward)s"), ""),
    "voucher.voided": (gettext_lazy("Voucher withdrawn: %(reward)s"), "bad"),
    "voucher.confirmed": (gettext_lazy("Confirmed by the till: %(reward)s"), ""),
    "code.awaited": (gettext_lazy("Waits for the next code, because none was left: %(reward)s"), "bad"),
    "code.handed_out": (gettext_lazy("Code for the till assigned: %(reward)s"), ""),
}
USED_FOR_LESS = gettext_lazy("Reward handed out, %(off)s taken off the purchase: %(reward)s")
USED_NEARBY = gettext_lazy("Reward handed out, with a phone near the shop: %(reward)s")


def say_voucher(type: str, data: dict[str, Any], reward: str) -> str:
    """What the event says of a reward of this name; of one that was used also what it took off, where that was told."""
    discount = data["redemption"].get("discount") if type == "voucher.redeemed" else None
    if discount:
        off = format_money(Money(discount["amount"], discount["currency"]))
        return str(USED_FOR_LESS) % {"off": off, "reward": reward}
    sentence = USED_NEARBY if data.get("nearness") == "near" else OF_VOUCHERS[type][0]
    return str(sentence) % {"reward": reward}
