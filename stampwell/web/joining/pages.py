"""The join page: `/j/<merchant>/<program>`."""

import re
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from stampwell.cards.issuing import issue_card
from stampwell.cards.links import card_token
from stampwell.clock import new_id, now
from stampwell.events.actors import CUSTOMER
from stampwell.merchants.access import find_merchant
from stampwell.merchants.closing import why_closed
from stampwell.merchants.models import Merchant
from stampwell.programs.course import why_no_new_card
from stampwell.programs.models import Program
from stampwell.programs.offering import NoSuchOffer, earning_text, find_offer, offer_of
from stampwell.programs.rules import say_rules
from stampwell.programs.terms import Terms, terms_of
from stampwell.refusal import Refusal
from stampwell.requests.limits import count_attempt
from stampwell.requests.once import Answer, answer_once, fingerprint
from stampwell.wallet.content import design_of
from stampwell.wallet.look.drawing import draw_card_strip_svg
from stampwell.web.card.sentences import say_rewards
from stampwell.web.card.wallets import SAVE_TO, offered_wallets
from stampwell.web.held_cards import cookie_walls, held_token, remember_card
from stampwell.web.joining.forms import JoinForm
from stampwell.web.shop_pages import draws_url, page_direction, shop_context, shop_page
from stampwell.web.visitors import phone_of, visitor_address

# A whole queue may stand behind one shop's Wi-Fi.
MOST_JOINS, WITHIN = 60, timedelta(minutes=10)
KEY = re.compile(r"[0-9a-f]{32}")
SAVE_TO_LASTS = 120  # seconds


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, merchant_slug: str, program_slug: str) -> HttpResponse:
    if find_merchant(merchant_slug) is None:
        raise NoSuchOffer
    return _join(request, merchant_slug, program_slug)


@shop_page
def _join(request: HttpRequest, merchant: Merchant, program_slug: str) -> HttpResponse:
    program = find_offer(merchant, program_slug)
    terms = terms_of(merchant.id, program.current_version_id)
    if held := held_token(request, merchant, program):
        return to_card(request, merchant, held)
    if refusal := why_closed(merchant) or why_no_new_card(program, now()):
        return _refuse(request, merchant, terms, refusal)
    if request.method == "POST":
        return _take_in(request, merchant, program, terms)
    return _show(request, merchant, terms, JoinForm(asks_for=terms.asks_for, shop=merchant))


def _take_in(request: HttpRequest, merchant: Merchant, program: Program, terms: Terms) -> HttpResponse:
    count_join(request, merchant)
    form = JoinForm(request.POST, asks_for=terms.asks_for, shop=merchant)
    if not form.is_valid():
        return _show(request, merchant, terms, form)
    token = _issue_once(merchant, terms, form, request.POST.get("key", ""))
    response = to_card(request, merchant, token)
    remember_card(response, merchant, program, token)
    return response


def _issue_once(merchant: Merchant, terms: Terms, form: JoinForm, key: str) -> str:
    """The token of the new card; the same form sent twice gives the same card."""

    def act() -> Answer:
        locale = str(get_language())
        issued = issue_card(merchant, terms, locale=locale, actor=CUSTOMER, details=form.details, consent=form.consent)
        return Answer(201, card_token(issued.card.id, issued.card.issue).encode())

    def explain(refusal: Refusal) -> Answer:
        raise refusal

    answer = answer_once(
        merchant.id,
        key=f"join:{key if KEY.fullmatch(key) else new_id().hex}",
        fingerprint=fingerprint("join", terms.program_id.bytes),
        act=act,
        explain=explain,
    )
    return answer.body.decode()


def count_join(request: HttpRequest, merchant: Merchant) -> None:
    """Refuses: TooManyAttempts."""
    count_attempt(f"join:{merchant.id}:{visitor_address(request)}", most=MOST_JOINS, within=WITHIN)


def to_card(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    """To the card; the wallet that was tapped travels along in a cookie, so that the address stays the card's."""
    url = reverse("card", args=[merchant.slug, token])
    response = HttpResponseRedirect(url, status=303)
    wallet = request.POST.get("to")
    if wallet in ("apple", "google"):
        response.set_cookie(SAVE_TO, wallet, path=url, max_age=SAVE_TO_LASTS, **cookie_walls())
    return response


def _show(request: HttpRequest, merchant: Merchant, terms: Terms, form: JoinForm) -> HttpResponse:
    given = request.POST.get("key", "")
    context = offer_context(merchant, terms) | {
        "form": form,
        "wallets": offered_wallets(phone_of(request)),
        "phone": phone_of(request),
        "key": given if KEY.fullmatch(given) else new_id().hex,
    }
    return render(request, "joining/join.html", context, status=422 if form.errors else 200)


def _refuse(request: HttpRequest, merchant: Merchant, terms: Terms, refusal: Refusal) -> HttpResponse:
    said = {"title": refusal.customer_text, "advice": refusal.what_customer_can_do}
    context = offer_context(merchant, terms) | said
    return render(request, "joining/closed.html", context, status=410)


def offer_context(merchant: Merchant, terms: Terms) -> dict[str, Any]:
    design = design_of(merchant.id, terms.version_id)
    milestones = [step.stamps for step in terms.milestones]
    return shop_context(merchant, terms) | {
        "lost_url": "" if merchant.closed else reverse("lost-card", args=[merchant.slug]),
        "offer": offer_of(terms),
        "earning": earning_text(terms),
        "rules": say_rules(terms),
        "rewards": say_rewards(merchant, terms),
        "draws_url": draws_url(merchant, terms),
        "strip": SafeString(draw_card_strip_svg(design, 0, terms.goal, milestones, page_direction())),
    }
