"""What makes the scanner installable: its manifest, its worker, and the page that opens without a connection."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from stampwell.languages.offered import choose_locale
from stampwell.merchants.models import Station
from stampwell.web.stations.guarding import SCANNING_CSP, as_counter_page
from stampwell.web.stations.shell import answer_worker


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    start = reverse("scanner")
    with translation.override(_locale(request)):
        facts = {
            "id": start,
            "start_url": start,
            "scope": start,
            "name": _("Stampwell scanner"),
            "short_name": _("Scanner"),
            "lang": _locale(request),
            "display": "standalone",
            "orientation": "portrait",
            "background_color": "#131118",
            "theme_color": "#131118",
            "icons": [
                {"src": static(f"icons/app-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
                for size in (192, 512)
            ],
        }
    return JsonResponse(facts, content_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    offline_url = f"{reverse('scanner_offline')}?language={_locale(request)}"
    with translation.override(_locale(request)):
        page = render_to_string("scanner/offline.html")
    return answer_worker(request, Station.Kind.SCANNER, page=page, page_url=offline_url)


@csp_override(SCANNING_CSP)
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The scanner without a word about anybody: the phone keeps this page and fills it with what it knows."""
    with translation.override(_locale(request)):
        return as_counter_page(render(request, "scanner/offline.html"))


def _locale(request: HttpRequest) -> str:
    """An address for each language: a page kept on the phone stays in the one it was kept in."""
    return choose_locale(request.GET.get("language", ""), translation.get_language() or "en")
