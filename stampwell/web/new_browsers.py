"""A browser that an account did not use before: it is told by mail, and from then on the browser is known."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from stampwell.clock import now
from stampwell.languages.offered import active_locale
from stampwell.mail.models import Rank
from stampwell.mail.queue import keep_mail
from stampwell.mail.writing import write_content
from stampwell.merchants.models import Membership, Merchant, User
from stampwell.requests.known_browsers import meet_browser
from stampwell.requests.limits import TooManyAttempts, count_attempt
from stampwell.transactions import passage
from stampwell.web.browser_names import browser_of, system_of

COOKIE = f"{settings.COOKIE_PREFIX}browser"
LASTS = timedelta(days=400)  # longer than any browser keeps a cookie
NEW_SECRET = "stampwell.new_browser_secret"  # in META, until the answer is there  # noqa: S105
MOST_MAILS, WITHIN = 10, timedelta(hours=1)  # to one account: whoever got ten has been told
WORTH_SENDING = timedelta(days=3)


class KnownBrowserMiddleware:
    """Gives the browser that just signed in what it will be known by."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        if secret := request.META.get(NEW_SECRET):
            response.set_cookie(COOKIE, secret, max_age=LASTS, secure=settings.HTTPS, httponly=True, samesite="Lax")
        return response


def tell_of_new_browser(request: HttpRequest, user: User) -> None:
    """The mail and the browser's being known are kept together, or not at all."""
    with transaction.atomic():
        met = meet_browser(user.pk, request.COOKIES.get(COOKIE, ""))
        if met.is_new and not met.is_first:
            _write(request, user)
    request.META[NEW_SECRET] = met.secret


def _write(request: HttpRequest, user: User) -> None:
    """In the language and by the clock of the account's shop: a stranger's browser chooses neither."""
    try:
        count_attempt(f"new-browser:{user.pk}", most=MOST_MAILS, within=WITHIN)
    except TooManyAttempts:
        return
    shop, agent, at = _shop_of(user), request.headers.get("User-Agent", ""), now()
    facts = {
        "browser": browser_of(agent),
        "system": system_of(agent),
        "at": at,
        "url": settings.BASE_URL + reverse("sign_ins"),
    }
    locale, zone = (shop.locale, ZoneInfo(shop.time_zone)) if shop else (active_locale(), ZoneInfo("UTC"))
    with translation.override(locale), timezone.override(zone):
        content = write_content(
            "account/email/new_browser", facts | {"zone": str(zone)}, button=_("Where you are signed in")
        )
    keep_mail(user.email, content, kind="new_browser", expires=at + WORTH_SENDING, rank=Rank.AWAITED)


def _shop_of(user: User) -> Merchant | None:
    for merchant_id in Membership.objects.filter(user=user).order_by("id").values_list("merchant_id", flat=True):
        with passage(merchant_id):
            if shop := Merchant.objects.filter(id=merchant_id, deleting__isnull=True).first():
                return shop
    return None
