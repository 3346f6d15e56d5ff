"""Who may open a shop here: inviting an owner, and what was not used yet."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stampwell.customers.contact import LONGEST_EMAIL
from stampwell.ids import public_id, wanted_id
from stampwell.languages.offered import active_locale, list_languages
from stampwell.management.invitation import Invited, make_invitation
from stampwell.merchants.inviting import open_ones, take_back_invitation
from stampwell.merchants.models import User
from stampwell.web.operator.guarding import confirmed, for_operators
from stampwell.web.typed_fields import MailField

MOST = 100


class OwnerForm(forms.Form):
    email = MailField(
        label=gettext_lazy("Email"), max_length=LONGEST_EMAIL, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    locale = forms.ChoiceField(
        label=gettext_lazy("Language of the email"),
        choices=[(locale, name) for locale, name, _direction in list_languages()],
    )


@for_operators
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed(back="operator_invitations")
def invitations_page(request: HttpRequest, operator: User) -> HttpResponse:
    """The link is in this one answer. Sent again, the form makes another one, and the one before ends."""
    form = OwnerForm(request.POST if request.method == "POST" else None, initial={"locale": active_locale()})
    made: Invited | None = None
    if form.is_bound and form.is_valid():
        made = make_invitation(form.cleaned_data["email"], form.cleaned_data["locale"])
    context = {
        "here": "shops",
        "form": form,
        "made": made,
        "email": form.cleaned_data["email"] if made else "",
        "open": [(public_id("inv", one.id), one) for one in open_ones().order_by("-created")[:MOST]],
    }
    return render(request, "operator/invitations.html", context, status=422 if form.is_bound and not made else 200)


@for_operators
@require_POST
def take_back(request: HttpRequest, operator: User, invitation: str) -> HttpResponse:
    take_back_invitation(wanted_id("inv", invitation))
    messages.success(request, _("The invitation is taken back."))
    return redirect("operator_invitations")
