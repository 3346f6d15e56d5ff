"""Whether the phone of who uses a reward alone is asked where it is, in the form of a reward."""

from django import forms
from django.utils.translation import gettext_lazy as _

CHOICES = [("", _("The phone is not asked where it is")), ("near", _("Only near one of the locations"))]


def place_check_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Check of the place"),
        choices=CHOICES,
        required=False,
        help_text=_(
            "When customers use it, their phone is asked where it is. Whoever is not near a location, or does not say,"
            " shows the reward to the staff. Only locations with a position count."
        ),
    )
