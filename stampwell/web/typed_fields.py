"""Fields for numbers, days and codes, whatever keyboard they were typed on."""

from typing import Any

from django import forms

from stampwell.languages.typed import plain, plain_code


class NumberField(forms.IntegerField):
    def to_python(self, value: Any) -> int | None:
        return super().to_python(plain(value) if isinstance(value, str) else value)


class DayField(forms.DateField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(plain(value) if isinstance(value, str) else value)


class CodeField(forms.CharField):
    """A code that somebody reads off another screen."""

    def to_python(self, value: Any) -> str:
        return plain_code(super().to_python(value) or "")
