"""A customer who tells the shop that they want no more messages. Agreeing is theirs alone, on their own phone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stampwell.customers.consent_words import AT_DESK
from stampwell.customers.consenting import withdraw_consent
from stampwell.customers.joining import ConsentGiven
from stampwell.ids import wanted_id
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.web.dashboard.customers.pages import show_page
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.form_keys import Said, do_once

LONGEST_REASON = 300  # letters


@require_POST
@for_managers
def want_no_messages(request: HttpRequest, desk: Desk, customer: str) -> HttpResponse:
    """Told twice, it is written down once. Refuses: NotFound."""
    customer_id = wanted_id("cus", customer)
    reason = clean_text(request.POST.get("reason", "")[:LONGEST_GIVEN])[:LONGEST_REASON]

    def act() -> Said:
        said = ConsentGiven(wording=_("Wants no more messages"), source=AT_DESK, reason=reason)
        withdraw_consent(desk.merchant, customer_id, said, locale=str(get_language()), actor=desk.actor())
        return Said(_("The customer gets no more messages."))

    said = do_once(request, desk, act)
    if not said.done:
        return show_page(request, desk, customer_id, said)
    messages.success(request, said.text)
    return redirect("customer", customer)
