"""The screen that customers see: what the shop offers, in one language after the other, until a card is held up."""

from hashlib import sha256

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from stampwell.clock import now
from stampwell.counter.screen_codes import screen_code
from stampwell.languages.offered import direction_of, offered_locales
from stampwell.merchants.models import Merchant, Station
from stampwell.programs.course import gives_cards
from stampwell.programs.describing import join_url
from stampwell.programs.models import Program
from stampwell.programs.offering import Offer, earning_text, is_offered_in, offer_of, program_name
from stampwell.programs.terms import Terms, terms_of
from stampwell.redeem_codes.formats import draw_qr
from stampwell.release import our_version
from stampwell.web.kiosk.guarding import at_kiosk
from stampwell.web.kiosk.locking import lock
from stampwell.web.shop_pages import shop_context
from stampwell.web.stations.guarding import SCANNING_CSP
from stampwell.web.stations.offline_facts import facts_for_nobody
from stampwell.web.stations.presence import Counter
from stampwell.web.stations.shell import answer_worker

MOST_OFFERS = 4  # each is on the screen for a while, and nobody waits for the tenth


class Slide(msgspec.Struct, frozen=True):
    """One program in one language."""

    locale: str
    direction: str
    name: str
    offer: Offer
    earning: str
    program: str
    code: str


@csp_override(SCANNING_CSP)
@require_safe
@at_kiosk
def show(request: HttpRequest, counter: Counter) -> HttpResponse:
    """Whoever comes here leaves the settings, so they are locked again."""
    lock(counter)
    context = _context(counter, shows_code=counter.station.shows_code) | {"offline_facts": facts_for_nobody(counter)}
    with translation.override(counter.merchant.locale):  # what is not of a slide is for whoever stands there
        return render(request, "kiosk/kiosk.html", context)


@csp_override(SCANNING_CSP)
@require_safe
@at_kiosk
def offline(request: HttpRequest, counter: Counter) -> HttpResponse:
    return HttpResponse(_draw_kept(counter))


@require_safe
@at_kiosk
def service_worker(request: HttpRequest, counter: Counter) -> HttpResponse:
    page, page_url = _draw_kept(counter), reverse("kiosk_offline")
    return answer_worker(request, Station.Kind.KIOSK, page=page, page_url=page_url, credentials="same-origin")


def _draw_kept(counter: Counter) -> str:
    """The screen as the tablet keeps it for when it is started without a connection: without what would be old then,
    and the same until an offer, the shop's picture or the release is another one.
    """
    with translation.override(counter.merchant.locale):
        return render_to_string("kiosk/kiosk.html", _context(counter, shows_code=False) | {"kept": True})


def _context(counter: Counter, *, shows_code: bool) -> dict[str, object]:
    offered = _offered(counter.merchant)
    context: dict[str, object] = {
        "counter": counter,
        "slides": _slides(counter, offered, _codes(counter, offered, shows_code=shows_code)),
        "state": _state(counter, offered),
        "shop_name": counter.merchant.name,
        "shows_code": shows_code,
        "locales": [(locale, direction_of(locale)) for locale in offered_locales()],
    }
    return context | shop_context(counter.merchant, offered[0][1]) if offered else context


@require_safe
@at_kiosk
def tell_state(request: HttpRequest, counter: Counter) -> HttpResponse:
    """The page asks now and then, and opens anew when it is another one."""
    return JsonResponse({"state": _state(counter, _offered(counter.merchant))})


def _offered(merchant: Merchant) -> list[tuple[Program, Terms]]:
    """What gives out cards now, the oldest first."""
    programs = gives_cards(Program.objects.filter(merchant=merchant).order_by("created", "id"), now())
    return [(program, terms_of(merchant.id, program.current_version_id)) for program in programs[:MOST_OFFERS]]


@require_safe
@at_kiosk
def tell_codes(request: HttpRequest, counter: Counter) -> HttpResponse:
    """The codes of this moment, by their program; the page asks for them before they are old."""
    codes = _codes(counter, _offered(counter.merchant), shows_code=counter.station.shows_code)
    return JsonResponse({"codes": codes})


def _codes(counter: Counter, offered: list[tuple[Program, Terms]], *, shows_code: bool) -> dict[str, str]:
    """Where customers join; where the owner wants it the same code gives a stamp to whoever has a card already."""
    station, slug = counter.station, counter.merchant.slug
    here = f"/here/{station.id.hex}/{screen_code(station)}" if shows_code else ""
    return {program.id.hex: draw_qr(join_url(slug, program.slug) + here) for program, _terms in offered}


def _slides(counter: Counter, offered: list[tuple[Program, Terms]], codes: dict[str, str]) -> list[Slide]:
    """All programs in the shop's language first, then in each other one in which the owner wrote them."""
    merchant = counter.merchant
    locales = sorted(offered_locales(), key=lambda locale: locale != merchant.locale)
    return [
        _slide(terms, locale, program.id.hex, codes[program.id.hex])
        for locale in locales
        for program, terms in offered
        if locale == merchant.locale or is_offered_in(terms, locale)
    ]


def _slide(terms: Terms, locale: str, program: str, code: str) -> Slide:
    with translation.override(locale):
        return Slide(
            locale=locale,
            direction=direction_of(locale),
            name=program_name(terms),
            offer=offer_of(terms),
            earning=earning_text(terms),
            program=program,
            code=code,
        )


def _state(counter: Counter, offered: list[tuple[Program, Terms]]) -> str:
    versions = [our_version(), str(counter.station.shows_code), *(terms.version_id.hex for _program, terms in offered)]
    return sha256(" ".join(versions).encode()).hexdigest()[:16]
