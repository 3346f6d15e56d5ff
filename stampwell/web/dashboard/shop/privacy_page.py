"""What customers read about the shop: who is responsible, and what the owner adds about their data."""

from http import HTTPStatus

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stampwell.customers.contact import LONGEST_EMAIL
from stampwell.merchants.imprint import (
    LONGEST_ADDRESS,
    LONGEST_LINE,
    LONGEST_LINK,
    LONGEST_WORD,
    LONGEST_WORDS,
    ImprintText,
    change_imprint,
    read_imprint,
)
from stampwell.web.dashboard.desk import Desk, for_owners
from stampwell.web.typed_fields import ContactForm, LinesField, MailField, NameField, PageField


class ImprintForm(ContactForm):
    legal_name = NameField(label=gettext_lazy("Name of the company or person"), max_length=LONGEST_LINE, required=False)
    legal_form = NameField(
        label=gettext_lazy("Legal form"),
        max_length=LONGEST_WORD,
        required=False,
        help_text=gettext_lazy("Such as Ltd, SIA, OÜ or sole trader."),
    )
    registration_number = NameField(label=gettext_lazy("Registration number"), max_length=LONGEST_WORD, required=False)
    address = LinesField(
        label=gettext_lazy("Address"),
        max_length=LONGEST_ADDRESS,
        required=False,
        widget=forms.Textarea({"rows": 3, "autocomplete": "street-address"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "dir": "ltr"}),
    )
    email = MailField(label=gettext_lazy("Email"), max_length=LONGEST_EMAIL, required=False)
    words = LinesField(
        label=gettext_lazy("In your own words"),
        max_length=LONGEST_WORDS,
        required=False,
        help_text=gettext_lazy("Shown as you write it; it is not translated."),
        widget=forms.Textarea({"rows": 6}),
    )
    link = PageField(
        label=gettext_lazy("Your own page about privacy"),
        max_length=LONGEST_LINK,
        required=False,
        help_text=gettext_lazy("If you have one, we link to it instead of showing our text."),
        widget=forms.URLInput({"autocomplete": "url", "dir": "ltr", "placeholder": "https://"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def privacy_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    now_so = msgspec.structs.asdict(read_imprint(desk.merchant.id))
    form = ImprintForm(request.POST if request.method == "POST" else None, initial=now_so)
    if form.is_bound and form.is_valid():
        change_imprint(desk.merchant, ImprintText(**form.cleaned_data), actor=desk.actor())
        messages.success(request, _("Saved."))
        return redirect("privacy_settings")
    shown = reverse("privacy", args=[desk.merchant.slug])
    context = {"desk": desk, "here": "settings", "form": form, "shown_url": shown}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "dashboard/privacy.html", context, status=status)
