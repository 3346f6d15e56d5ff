"""What is asked of a list of codes, and of a file that fills it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stampwell.ids import public_id, wanted_id
from stampwell.languages.ordering import sorted_by_name
from stampwell.merchants.models import Location, Merchant
from stampwell.redeem_codes.asking import Choice
from stampwell.redeem_codes.formats import FORMATS, LONGEST_CODE, PLACEHOLDER, TEMPLATE
from stampwell.redeem_codes.handed_out_words import HANDED_OUT_WORDS
from stampwell.redeem_codes.headings import Column, guess_column
from stampwell.redeem_codes.pools import LONGEST_NAME, MOST_LOW, PoolChoices
from stampwell.redeem_codes.rows import BatchRow, PoolRow
from stampwell.sheets.encodings import ENCODINGS
from stampwell.web.dashboard.imports.words import SEPARATOR_WORDS
from stampwell.web.typed_fields import NameField, NumberField

USUAL_LOW = 50
CODE_INPUT = {
    "autocomplete": "off",
    "autocapitalize": "characters",
    "spellcheck": "false",
    "dir": "ltr",
    "translate": "no",
}


def places_of(shop: Merchant) -> list[tuple[str, Any]]:
    """Where the codes may be for: everywhere, or one of the locations that are open."""
    places = sorted_by_name(Location.objects.filter(merchant=shop, closed=None), lambda place: place.name)
    return [("", _("All of them")), *((public_id("loc", place.id), place.name) for place in places)]


class PoolForm(forms.Form):
    """What can be changed later, too."""

    name = NameField(
        max_length=LONGEST_NAME,
        label=_("What are the codes for?"),
        help_text=_("Only you see this, for example “Free coffee, spring”."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    handed_out = forms.ChoiceField(
        label=_("When a voucher gets its code"),
        choices=HANDED_OUT_WORDS.items(),
        widget=forms.RadioSelect,
        initial="reveal",
    )
    low_at = NumberField(label=_("Warn when so few are left"), min_value=0, max_value=MOST_LOW, initial=USUAL_LOW)
    fallback_code = NameField(
        label=_("Code for when none is left"),
        required=False,
        max_length=LONGEST_CODE,
        help_text=_("A code that your till accepts from anyone. Without it the customer waits until you add codes."),
        widget=forms.TextInput(CODE_INPUT),
    )

    def choices(self) -> PoolChoices:
        """Of a form that is valid."""
        given = self.cleaned_data
        return PoolChoices(
            name=given["name"],
            handed_out=given["handed_out"],
            low_at=given["low_at"],
            fallback_code=given["fallback_code"],
        )


class FormatFields(forms.Form):
    """How codes are shown."""

    code_format = forms.ChoiceField(
        label=_("Shown as"), initial="code128", help_text=_("Choose what your till can read.")
    )
    barcode_template = forms.RegexField(
        f"^{TEMPLATE}$",
        label=_("What the barcode contains"),
        required=False,
        max_length=300,
        help_text=_("Only where the till reads more than the code: {code} stands for the code."),
        error_messages={"invalid": _("Write {code} once, where the code belongs.")},
        widget=forms.TextInput(CODE_INPUT),
    )

    def __init__(self, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["code_format"].choices = [(key, form.name) for key, form in FORMATS.items()]  # type: ignore[attr-defined]

    @property
    def template(self) -> str:
        return self.cleaned_data["barcode_template"] or PLACEHOLDER


class FormatForm(FormatFields):
    def __init__(self, data: Any = None, *, pool: PoolRow) -> None:
        template = "" if pool.barcode_template == PLACEHOLDER else pool.barcode_template
        super().__init__(data, {"code_format": pool.format, "barcode_template": template})

    def chosen(self) -> dict[str, str]:
        """Of a form that is valid, as a list has it."""
        return {"format": self.cleaned_data["code_format"], "barcode_template": self.template}


class NewPoolForm(FormatFields, PoolForm):
    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.order_fields(["name", "code_format", "barcode_template", "handed_out", "low_at", "fallback_code"])


class CodeColumnForm(forms.Form):
    """Which column holds the codes. Nothing is chosen where no heading says so."""

    column = forms.TypedChoiceField(label=_("Which column holds the codes?"), coerce=int, widget=forms.RadioSelect)
    first_row = forms.ChoiceField(
        label=_("The first row is"),
        choices=[
            ("heading", pgettext_lazy("the first row of a file", "a heading")),
            ("code", pgettext_lazy("the first row of a file", "already a code")),
        ],
        widget=forms.RadioSelect,
    )
    location = forms.ChoiceField(
        label=_("Which till knows the codes?"), required=False, help_text=_("They are then shown only there.")
    )
    encoding = forms.ChoiceField(label=_("Character encoding"), choices=ENCODINGS.items())
    separator = forms.ChoiceField(label=_("Cells are separated by"), choices=SEPARATOR_WORDS.items())

    def __init__(self, data: Any = None, *, shop: Merchant, batch: BatchRow, headings: list[str]) -> None:
        guessed = guess_column(headings)
        initial = {"encoding": batch.encoding, "separator": batch.separator}
        if batch.job_id and batch.place is not None:
            initial |= {"column": str(batch.place), "first_row": "heading" if batch.has_heading else "code"}
            initial |= {"location": public_id("loc", batch.location_id) if batch.location_id else ""}
        elif guessed:
            initial |= {"column": str(guessed.place), "first_row": "heading"}
        super().__init__(data, initial=initial)
        self.fields["column"].choices = [(str(place), text) for place, text in enumerate(headings)]  # type: ignore[attr-defined]
        places = places_of(shop)
        self.asks_where = len(places) > 2
        self.fields["location"].choices = places  # type: ignore[attr-defined]

    def choice(self) -> Choice:
        """Of a form that is valid."""
        given = self.cleaned_data
        return Choice(
            column=Column(given["column"], has_heading=given["first_row"] == "heading"),
            location_id=wanted_id("loc", given["location"]) if given["location"] else None,
            encoding=given["encoding"],
            separator=given["separator"],
        )
