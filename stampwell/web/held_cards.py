"""Which card of a program this browser has: the join page, receipts and a kiosk's screen go on with it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from stampwell.cards.finding import card_by_token
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program
from stampwell.web.shop_pages import YEAR


def remember_card(response: HttpResponse, merchant: Merchant, program: Program, token: str) -> None:
    """This browser knows from now on which card it has of the program."""
    path = reverse("join", args=[merchant.slug, program.slug])
    salt = _salt(merchant, program)
    response.set_signed_cookie("card", token, salt=salt, path=path, max_age=YEAR, **cookie_walls())


def held_token(request: HttpRequest, merchant: Merchant, program: Program) -> str | None:
    """The card of this program that this browser got before, if it still opens."""
    token = request.get_signed_cookie("card", None, salt=_salt(merchant, program))
    return token if token and card_by_token(merchant.id, token) else None


def _salt(merchant: Merchant, program: Program) -> str:
    return f"joined:{merchant.id}:{program.id}"


def cookie_walls() -> dict[str, Any]:
    return {"secure": settings.HTTPS, "httponly": True, "samesite": "Lax"}
