"""How many codes are made here, and how they look."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from stampwell.ids import wanted_id
from stampwell.languages.formatting import format_number
from stampwell.languages.typed import plain_code
from stampwell.merchants.models import Merchant
from stampwell.redeem_codes.making import MOST_AT_ONCE
from stampwell.redeem_codes.recipes import (
    LEAST_SIGNS,
    LONGEST_PREFIX,
    MOST_SIGNS,
    USUAL_SIGNS,
    Recipe,
    bits_of,
    has_own_length,
    most_free,
    why_recipe_does_not_fit,
)
from stampwell.redeem_codes.rows import PoolRow
from stampwell.web.dashboard.redeem_codes.forms import CODE_INPUT, places_of
from stampwell.web.typed_fields import NumberField

USUAL, LEAST_OF_USE = 100_000, 100  # codes; lengths that are safe for fewer are not offered
IN_STORE = {"ean13": "2", "ean8": "2", "upca": "4"}  # numbers that shops give themselves begin like this


class PrefixField(forms.RegexField):
    def to_python(self, value: Any) -> str:
        return str(super().to_python(plain_code(value).upper() if isinstance(value, str) else value))


class MakeCodesForm(forms.Form):
    """A barcode that has a certain length asks neither for the length nor for a check character: it has its own."""

    count = NumberField(label=_("How many codes?"), min_value=1, max_value=MOST_AT_ONCE, initial=1000)
    beginning = PrefixField(
        f"^[0-9A-Z]{{0,{LONGEST_PREFIX}}}$",
        label=_("What every code begins with"),
        required=False,
        max_length=LONGEST_PREFIX,
        help_text=_("Capitals and digits. An Odoo till scans codes that begin with 043."),
        error_messages={"invalid": _("Only the letters A to Z and digits, please.")},
        widget=forms.TextInput(CODE_INPUT),
    )
    signs = forms.TypedChoiceField(
        label=_("How long is the random part?"),
        coerce=int,
        help_text=_("With that many codes or fewer, somebody who guesses needs a million tries on average to hit one."),
    )
    has_check = forms.BooleanField(
        label=_("Add a check character"),
        required=False,
        help_text=_("Only for tills that check it: it shows that a character was mistyped."),
    )
    location = forms.ChoiceField(
        label=_("Which till knows the codes?"), required=False, help_text=_("They are then shown only there.")
    )

    def __init__(self, data: Any = None, *, shop: Merchant, pool: PoolRow) -> None:
        super().__init__(data, initial={"beginning": IN_STORE.get(pool.format, "")})
        if has_own_length(pool):
            del self.fields["signs"], self.fields["has_check"]
            self.fields["beginning"].help_text = _(
                "The digits of a range that your till sells nothing under."
                " The more there are, the fewer codes are safe."
            )
        else:
            lengths = [signs for signs in range(LEAST_SIGNS, MOST_SIGNS + 1) if _is_of_use(pool, signs)]
            self.fields["signs"].choices = [(signs, _say_length(pool, signs)) for signs in lengths]  # type: ignore[attr-defined]
            self.initial["signs"] = next(signs for signs in lengths if most_free(pool, Recipe(signs=signs)) >= USUAL)
        places = places_of(shop)
        if len(places) > 2:
            self.fields["location"].choices = places  # type: ignore[attr-defined]
        else:
            del self.fields["location"]

    def recipe(self) -> Recipe:
        """Of a form that is valid."""
        given = self.cleaned_data
        return Recipe(
            prefix=given["beginning"], signs=given.get("signs", USUAL_SIGNS), has_check=given.get("has_check", False)
        )

    @property
    def location_id(self) -> Any:
        given = self.cleaned_data.get("location")
        return wanted_id("loc", given) if given else None


def _is_of_use(pool: PoolRow, signs: int) -> bool:
    recipe = Recipe(signs=signs)
    return most_free(pool, recipe) >= LEAST_OF_USE and why_recipe_does_not_fit(pool, recipe) is None


def _say_length(pool: PoolRow, signs: int) -> str:
    recipe = Recipe(signs=signs)
    facts = {
        "shown": format_number(signs),
        "bits": format_number(int(bits_of(pool, recipe))),
        "most": format_number(min(most_free(pool, recipe), MOST_AT_ONCE)),
    }
    words = ngettext(
        "%(shown)s character (%(bits)s bits), at most %(most)s codes",
        "%(shown)s characters (%(bits)s bits), at most %(most)s codes",
        signs,
    )
    return words % facts
