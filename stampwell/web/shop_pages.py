"""A page that a shop shows to its customers: whose it is, in which language, on whose clock, kept by nobody."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation

from stampwell.clock import now
from stampwell.languages.offered import choose_locale, direction_of, match_tag
from stampwell.merchants.access import find_merchant
from stampwell.merchants.closing import refuse_if_closed, while_open
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program
from stampwell.programs.offering import program_name
from stampwell.programs.terms import Terms
from stampwell.refusal import NotFound
from stampwell.wallet.content import design_of
from stampwell.wallet.look.design import palette_of
from stampwell.web.visitors import keep_private, milliseconds

YEAR = 365 * 86_400

type View[**P] = Callable[Concatenate[HttpRequest, Merchant, P], HttpResponse]


def shop_page[**P](view: View[P]) -> Callable[..., HttpResponse]:
    """Gives the view its merchant, in the visitor's language and the shop's time zone.

    The answer is for this visitor alone, and its address, which is a secret, is told to no other site.
    Refuses: NotFound for an unknown shop, ShopClosed where something is sent to one that is closed.
    """

    @wraps(view)
    def answer(request: HttpRequest, merchant_slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        merchant = find_merchant(merchant_slug)
        if merchant is None:
            raise NotFound
        if request.method == "GET" and (wanted := match_tag(request.GET.get("lang", ""))):
            return _remember_language(request, wanted)
        speak_to(request, merchant.locale)
        with timezone.override(ZoneInfo(merchant.time_zone)):
            if request.method in ("GET", "HEAD"):
                return keep_private(view(request, merchant, *args, **kwargs))
            refuse_if_closed(merchant)
            with while_open():
                return keep_private(view(request, merchant, *args, **kwargs))

    return answer


def speak_to(request: HttpRequest, fallback: str) -> None:
    """Switches to the language that the visitor chose, else the browser's, else `fallback`."""
    chosen = match_tag(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))
    locale = chosen or choose_locale(request.headers.get("Accept-Language", ""), fallback)
    translation.activate(locale)
    request.LANGUAGE_CODE = locale


def _remember_language(request: HttpRequest, locale: str) -> HttpResponse:
    """The address without ?lang=, so that the switcher on the page still has the last word."""
    rest = request.GET.copy()
    del rest["lang"]
    response = HttpResponseRedirect(f"{request.path}?{rest.urlencode()}".rstrip("?"))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, locale, max_age=YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax"
    )
    return keep_private(response)


def frame_context(merchant: Merchant) -> dict[str, Any]:
    """What every page of a shop shows, whatever the program."""
    return {"shop_name": merchant.name, "privacy_url": reverse("privacy", args=[merchant.slug])}


def shop_context(merchant: Merchant, terms: Terms) -> dict[str, Any]:
    """What every page of a program shows around its own content."""
    design = design_of(merchant.id, terms.version_id)
    brand = f"/brand/{merchant.slug}/{terms.version_id.hex}"
    return frame_context(merchant) | {
        "shop_logo_url": f"{brand}/icon-192.png" if design.logo else "",
        "touch_icon_url": f"{brand}/icon-180.png",
        "brand_url": f"{brand}.css",
        "theme_colour": palette_of(design).background,
        "program_name": program_name(terms),
        "server_now": milliseconds(now()),
    }


def draws_url(merchant: Merchant, terms: Terms) -> str:
    """Where anybody reads how the prizes of this card are drawn; "" where none is."""
    if not any(milestone.reward.prizes for milestone in terms.milestones):
        return ""
    program = Program.objects.get(merchant=merchant, id=terms.program_id)
    return reverse("draws", args=[merchant.slug, program.slug])


def page_direction() -> str:
    return direction_of(translation.get_language() or settings.LANGUAGE_CODE)


def shop_zone() -> ZoneInfo:
    """The zone whose clock this page shows: the shop's."""
    return ZoneInfo(timezone.get_current_timezone_name())
