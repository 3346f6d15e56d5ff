"""The pages of somebody who has signed in: scan, and the code by which a customer joins."""

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from stampwell.clock import now
from stampwell.languages.offered import active_locale
from stampwell.languages.ordering import sorted_by_name
from stampwell.languages.texts import text_in
from stampwell.merchants.models import Merchant
from stampwell.merchants.training import is_offered_practice
from stampwell.programs.course import gives_cards
from stampwell.programs.describing import join_url
from stampwell.programs.models import Program
from stampwell.programs.terms import terms_of
from stampwell.redeem_codes.formats import draw_qr
from stampwell.web.scanner.guarding import on_shift
from stampwell.web.scanner.minute_signs import coming_signs
from stampwell.web.scanner.offline_facts import facts_for
from stampwell.web.scanner.presence import Shift
from stampwell.web.stations.guarding import SCANNING_CSP


@csp_override(SCANNING_CSP)
@require_safe
@on_shift
def scan(request: HttpRequest, shift: Shift) -> HttpResponse:
    context = {
        "shift": shift,
        "offers_practice": is_offered_practice(shift.member),
        "server_now": int(now().timestamp() * 1000),
        "language": active_locale(),
        "minute_signs": coming_signs(shift.merchant),
        "offline_facts": msgspec.to_builtins(facts_for(shift)),
    }
    return render(request, "scanner/scan.html", context)


@require_safe
@on_shift
def show_join_code(request: HttpRequest, shift: Shift) -> HttpResponse:
    """The join page as a QR code, held out to a customer who has no card yet."""
    offers = _offers(shift.merchant)
    wanted = request.GET.get("program", "")
    chosen = next((offer for offer in offers if offer["slug"] == wanted), offers[0] if offers else None)
    listed = sorted_by_name(offers, lambda offer: offer["name"])
    context = {"shift": shift, "offers": listed, "chosen": chosen, "code": draw_qr(chosen["url"]) if chosen else ""}
    return render(request, "scanner/join.html", context)


def _offers(merchant: Merchant) -> list[dict[str, str]]:
    """The oldest first."""
    programs = gives_cards(Program.objects.filter(merchant=merchant).order_by("created", "id"), now())
    return [
        {
            "slug": program.slug,
            "url": join_url(merchant.slug, program.slug),
            "name": text_in(terms_of(merchant.id, program.current_version_id).name, active_locale(), merchant.locale),
        }
        for program in programs
    ]
