"""The whole shop in one file, for another installation: an owner asks for its archive."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stampwell.languages.offered import active_locale
from stampwell.moving.at_desk import PassphraseWeak, ask_for_archive
from stampwell.moving.passphrases import strength_of
from stampwell.web.dashboard.confirming import confirmed
from stampwell.web.dashboard.desk import Desk, for_owners
from stampwell.web.dashboard.form_keys import Said, do_once, new_key, tell

LONGEST = 200


def _passphrase(label: Any, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, help_text=help_text, max_length=LONGEST, strip=False, widget=widget)


class ArchiveForm(forms.Form):
    passphrase = _passphrase(gettext_lazy("Passphrase"), PassphraseWeak.what_to_do)
    passphrase_again = _passphrase(gettext_lazy("The passphrase once more"))

    def clean_passphrase(self) -> str:
        passphrase = str(self.cleaned_data["passphrase"])
        if strength_of(passphrase) == "weak":
            raise forms.ValidationError(str(PassphraseWeak.title))
        return passphrase

    def clean(self) -> None:
        first, again = (self.cleaned_data.get(name) for name in ("passphrase", "passphrase_again"))
        if first and again and first != again:
            self.add_error("passphrase_again", _("The two passphrases differ."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
@confirmed(back="new_archive")
def new_archive(request: HttpRequest, desk: Desk) -> HttpResponse:
    if request.method != "POST":
        return _show(request, desk, ArchiveForm())
    form = ArchiveForm(request.POST)
    if not form.is_valid():
        return _show(request, desk, form)

    def act() -> Said:
        passphrase = form.cleaned_data["passphrase"]
        ask_for_archive(desk.merchant, passphrase, locale=active_locale(), actor=desk.actor())
        return Said(_("The file is being made. You find it here as soon as it is ready."))

    said = do_once(request, desk, act)
    if not said.done:
        tell(request, said)
        return _show(request, desk, form)
    messages.success(request, said.text)
    return redirect("exports")


def _show(request: HttpRequest, desk: Desk, form: ArchiveForm) -> HttpResponse:
    context = {
        "desk": desk,
        "here": "settings",
        "form": form,
        "weak": PassphraseWeak.title,
        "once": new_key(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "dashboard/new_archive.html", context, status=status)
