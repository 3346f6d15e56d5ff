"""Codes of the second step of signing in: read off an app or a sheet of paper, typed on any keyboard."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm

from stampwell.languages.typed import plain_code


class _CodeOnAnyKeyboard:
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        self.cleaned_data["code"] = plain_code(self.cleaned_data["code"])
        code: str = super().clean_code()  # type: ignore[misc]
        return code


class SignInCodeForm(_CodeOnAnyKeyboard, AuthenticateForm):  # type: ignore[misc]
    """Of signing in."""


class ConfirmationCodeForm(_CodeOnAnyKeyboard, ReauthenticateForm):  # type: ignore[misc]
    """Of confirming that it is still you."""


class FirstCodeForm(_CodeOnAnyKeyboard, ActivateTOTPForm):  # type: ignore[misc]
    """Of an app that is being set up."""
