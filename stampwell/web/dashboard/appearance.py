"""Light or dark: chosen for one browser, kept in a cookie of it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from stampwell.templatetags.appearance import COOKIE, chosen_of


@require_POST
def choose_appearance(request: HttpRequest) -> HttpResponse:
    chosen, wanted = chosen_of(request.POST.get("appearance", "")), request.POST.get("next", "")
    # A path, or it would be looked up as the name of a page.
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    answer = redirect(wanted if ours else "home")
    if chosen:
        age, secure = settings.LANGUAGE_COOKIE_AGE, settings.SESSION_COOKIE_SECURE
        answer.set_cookie(COOKIE, chosen, max_age=age, secure=secure, httponly=True, samesite="Lax")
    else:
        answer.delete_cookie(COOKIE, samesite="Lax")
    return answer
