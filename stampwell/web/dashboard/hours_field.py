"""A field for the hours of a day, in one line."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from stampwell.languages.explaining import explain
from stampwell.merchants.hours import MOST_SPANS, HoursUnclear, Span, read_spans

LONGEST_HOURS = 200  # characters


class HoursField(forms.Field):
    """Spans of a day as people write them; read by `merchants.hours`, as every door does."""

    def to_python(self, value: Any) -> list[Span]:
        typed = str(value or "")[:LONGEST_HOURS]
        try:
            spans = read_spans(typed)
            if len(spans) > MOST_SPANS:
                raise HoursUnclear(hours=typed)
        except HoursUnclear as refusal:
            said = explain(refusal, ZoneInfo("UTC"))
            raise ValidationError(f"{said.staff_message} {said.what_to_do}") from None
        return spans
