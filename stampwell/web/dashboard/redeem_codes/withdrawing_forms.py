"""Which single codes are withdrawn, and why."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stampwell.redeem_codes.formats import LONGEST_CODE
from stampwell.redeem_codes.withdrawal_words import REASON_WORDS
from stampwell.redeem_codes.withdrawing import MOST_AT_ONCE
from stampwell.web.dashboard.redeem_codes.forms import CODE_INPUT
from stampwell.web.typed_fields import LinesField


class WithdrawCodesForm(forms.Form):
    codes = LinesField(
        label=gettext_lazy("Which codes?"),
        max_length=MOST_AT_ONCE * (LONGEST_CODE + 2),
        help_text=gettext_lazy("One in each line."),
        widget=forms.Textarea(CODE_INPUT | {"rows": 4}),
    )
    reason = forms.ChoiceField(label=gettext_lazy("Why?"), choices=REASON_WORDS.items(), widget=forms.RadioSelect)

    def clean_codes(self) -> list[str]:
        codes = [line for line in str(self.cleaned_data["codes"]).splitlines() if line]
        if len(codes) > MOST_AT_ONCE:
            raise ValidationError(_("At most %(most)s codes can be withdrawn at once.") % {"most": MOST_AT_ONCE})
        return codes
