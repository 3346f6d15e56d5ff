"""Examples that a new card can begin with: the codes that shops make in their till most often."""

from typing import Any

import msgspec
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from stampwell.languages.formatting import Money, format_money, format_percent, minor_digits
from stampwell.merchants.models import Merchant
from stampwell.web.dashboard.programs.reward_forms import PATH_PROMISES
from stampwell.web.dashboard.programs.sheet import Sheet, blank_sheet

AMOUNT, SHARE = 100, 0.25  # what the codes of the examples say


class Example(msgspec.Struct, frozen=True):
    key: str
    code: str
    title: str | Promise
    says: str | Promise


EXAMPLES = (
    Example(
        "free-coffee",
        "FREECOFFEE",
        gettext_lazy("Something for free"),
        gettext_lazy("In the till the code takes the price of one coffee off."),
    ),
    Example(
        "gift",
        "GIFT100",
        gettext_lazy("An amount off"),
        gettext_lazy("In the till the code takes 100 off the bill. Set there from which amount on."),
    ),
    Example(
        "birthday",
        "BDAY25",
        gettext_lazy("A percentage off, for the birthday"),
        gettext_lazy("In the till the code takes a quarter off the bill. The card asks for the birthday."),
    ),
)


def begun_sheet(asked: QueryDict, merchant: Merchant) -> Sheet:
    """A new card that begins with an example or with a way of handing out, as a link has it; else an empty one."""
    example = next((one for one in EXAMPLES if one.key == asked.get("example")), None)
    if example:
        asks = {"asks_for": ["birthday"]} if example.key == "birthday" else {}
        return blank_sheet(merchant, program=asks, reward=_reward_of(example, merchant))
    path = asked.get("path")
    return blank_sheet(merchant, reward={"path": path} if path in PATH_PROMISES else None)


def _reward_of(example: Example, merchant: Merchant) -> dict[str, Any]:
    """In the shop's own language, as the form asks for its name."""
    with override(merchant.locale):
        name = _name_of(example.key, merchant)
    return {"name": name, "path": "redeem_code", "code": example.code, "valid_days": 30}


def _name_of(key: str, merchant: Merchant) -> str:
    match key:
        case "gift":
            amount = Money(AMOUNT * 10 ** minor_digits(merchant.currency), merchant.currency)
            return _("%(amount)s off your bill") % {"amount": format_money(amount)}
        case "birthday":
            return _("%(share)s off for your birthday") % {"share": format_percent(SHARE)}
    return _("A free coffee")
