"""The part of a reward's form that says what it takes off a purchase."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stampwell.programs.discount_rules import (
    LONGEST_NAMED,
    MOST_NAMED,
    AmountOff,
    DiscountRule,
    FreeItem,
    Percentage,
    read_rule,
)
from stampwell.programs.terms import RewardTerms
from stampwell.web.dashboard.money import AmountField, show_amount
from stampwell.web.typed_fields import NumberField

if TYPE_CHECKING:
    from stampwell.web.dashboard.programs.reward_forms import RewardForm

KINDS = [
    ("", _("The till decides")),
    ("free_item", _("A free item")),
    ("amount", _("An amount off the purchase")),
    ("percentage", _("A percentage off the purchase")),
]
_NEEDED = {"amount": "off_amount", "percentage": "off_percent"}
_OF_ONE_KIND = {
    "off_amount": "amount",
    "off_percent": "percentage",
    "off_categories": "free_item",
    "off_items": "free_item",
}


class NamesField(forms.CharField):
    """What a till calls its things, one in each line. The cleaned value is the list of these names."""

    widget = forms.Textarea

    def clean(self, value: Any) -> list[str]:
        lines = (line.strip() for line in re.split(r"\r\n|\r|\n", super().clean(value)))
        names = list(dict.fromkeys(line for line in lines if line))
        if len(names) > MOST_NAMED or any(not _is_name(name) for name in names):
            said = _("Enter at most %(most)s names of up to %(length)s letters, each in a line of its own.")
            raise ValidationError(said, params={"most": MOST_NAMED, "length": LONGEST_NAMED})
        return names


def _is_name(text: str) -> bool:
    return len(text) <= LONGEST_NAMED and not re.search(r"[\x00-\x1f\x7f]", text)


def discount_fields(currency: str) -> dict[str, forms.Field]:
    return {
        "takes_off": forms.ChoiceField(
            label=_("What is free or cheaper?"),
            choices=KINDS,
            required=False,
            help_text=_(
                "A free coffee needs nothing here: its name says it all. A till that is connected through the API takes"
                " off by itself what you enter; on every other till, set up the same discount yourself."
            ),
        ),
        "off_amount": AmountField(label=_("Amount off"), currency=currency, required=False),
        "off_percent": NumberField(label=_("Percentage off"), required=False, min_value=1, max_value=100),
        "off_categories": _names(_("Categories of which one item is free")),
        "off_items": _names(_("Item numbers of which one is free")),
        "off_minimum": AmountField(label=_("Smallest purchase"), currency=currency, required=False),
        "off_most": AmountField(label=_("Largest discount"), currency=currency, required=False),
        "off_not_categories": _names(_("Not for these categories")),
        "off_not_items": _names(_("Not for these item numbers")),
        "off_alone": forms.BooleanField(label=_("Not together with another reward in one purchase"), required=False),
    }


def _names(label: Any) -> NamesField:
    help_text = _("As your till calls them, one in each line.")
    return NamesField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.Textarea({"rows": 2, "autocomplete": "off", "spellcheck": "false", "dir": "auto"}),
    )


def check_discount(form: forms.Form) -> None:
    """What another kind of discount would need is not asked for, nor what nothing is taken off for."""
    given = form.cleaned_data
    kind = given.get("takes_off", "")
    for name in discount_names(form):
        if name != "takes_off" and (not kind or _OF_ONE_KIND.get(name, kind) != kind):
            form.errors.pop(name, None)
    needed = _NEEDED.get(kind)
    if needed and given.get(needed) is None and not form.has_error(needed):
        form.add_error(needed, form.fields[needed].error_messages["required"])


def discount_names(form: forms.Form) -> list[str]:
    return [name for name in form.fields if name == "takes_off" or name.startswith("off_")]


def rule_of(given: Mapping[str, Any]) -> DiscountRule | None:
    """The rule in these cleaned values; None where the till decides, or what is needed is missing."""
    more: dict[str, Any] = {
        "minimum_spend": given.get("off_minimum"),
        "maximum_discount": given.get("off_most"),
        "excluded_skus": given.get("off_not_items") or [],
        "excluded_categories": given.get("off_not_categories") or [],
        "one_per_basket": bool(given.get("off_alone")),
    }
    match given.get("takes_off"):
        case "amount" if amount := given.get("off_amount"):
            return AmountOff(amount=amount, **more)
        case "percentage" if percent := given.get("off_percent"):
            return Percentage(percent=percent, **more)
        case "free_item":
            categories, skus = given.get("off_categories") or [], given.get("off_items") or []
            return FreeItem(categories=categories, skus=skus, **more)
    return None


def discount_in(form: "RewardForm", before: RewardTerms | None) -> DiscountRule | None:
    """A page of an older release does not know it: it stays."""
    if before and form.add_prefix("takes_off") not in form.data:
        return read_rule(before.discount)
    return rule_of(form.cleaned_data)


def discount_as_typed(reward: RewardTerms, currency: str) -> dict[str, Any]:
    """What the fields show of a published rule."""
    rule = read_rule(reward.discount)
    if rule is None:
        return {}
    shown: dict[str, Any] = {
        "off_minimum": show_amount(rule.minimum_spend, currency),
        "off_most": show_amount(rule.maximum_discount, currency),
        "off_not_items": "\n".join(rule.excluded_skus),
        "off_not_categories": "\n".join(rule.excluded_categories),
        "off_alone": rule.one_per_basket,
    }
    match rule:
        case AmountOff():
            return shown | {"takes_off": "amount", "off_amount": show_amount(rule.amount, currency)}
        case Percentage():
            return shown | {"takes_off": "percentage", "off_percent": rule.percent}
        case FreeItem():
            free = {"off_items": "\n".join(rule.skus), "off_categories": "\n".join(rule.categories)}
            return shown | free | {"takes_off": "free_item"}
