"""What makes the scanner installable: its manifest, its service worker, and what it says without a connection."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stampwell.languages.offered import choose_locale


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
    """Its text changes with the language and with our files, so a browser takes the new one by itself."""
    offline_url = f"{reverse('scanner_offline')}?language={_locale(request)}"
    files = [static(name) for name in ("css/scanner.css", "js/scanner/page.js", "js/scanner/pad.js")]
    context = {"offline_url": offline_url, "files": files}
    response = render(request, "scanner/sw.js", context, content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    with translation.override(_locale(request)):
        return render(request, "scanner/offline.html")


def _locale(request: HttpRequest) -> str:
    """An address for each language: a page kept on the phone stays in the one it was kept in."""
    return choose_locale(request.GET.get("language", ""), translation.get_language() or "en")
