"""The card on the web: `/c/<merchant>/<token>` and what belongs to it."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import activate, get_language
from django.views.decorators.http import require_safe

from stampwell.brought.secrets import read_ahead
from stampwell.cards.finding import CardRef, card_by_token
from stampwell.cards.history import HistoryLine, describe_line
from stampwell.cards.inactivity import erasure_notice
from stampwell.cards.links import card_token, rotating_secret
from stampwell.cards.numbers import group_digits
from stampwell.cards.rotating import STEP_SECONDS, code_at_step, rotating_text, used_step
from stampwell.clock import now
from stampwell.languages.formatting import Money, format_moment, format_money, format_near_moment
from stampwell.languages.offered import is_offered
from stampwell.merchants.access import merchant_id_of
from stampwell.merchants.closing import why_closed
from stampwell.merchants.models import Merchant
from stampwell.programs.course import say_stop
from stampwell.programs.offering import earning_text, offer_of, program_name, reward_name
from stampwell.programs.rules import say_rules
from stampwell.programs.terms import terms_of
from stampwell.redeem_codes.formats import draw_qr
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_reads
from stampwell.vouchers.links import voucher_token
from stampwell.vouchers.rows import VoucherRow, state_at
from stampwell.wallet.content import design_of
from stampwell.wallet.look.drawing import draw_card_strip_svg
from stampwell.web.card.drawn import say_drawn
from stampwell.web.card.sentences import (
    say_action,
    say_count,
    say_next,
    say_remainder,
    say_rewards,
    say_state,
    say_validity,
)
from stampwell.web.card.state import OpenCard, open_card, read_state
from stampwell.web.card.wallets import COLLECTED, SAVE_TO, offered_wallets
from stampwell.web.printed_cards import ON_PAPER
from stampwell.web.shop_pages import draws_url, page_direction, shop_context, shop_page, shop_zone
from stampwell.web.visitors import phone_of

LINES_ON_THE_CARD = 5
LINES_ON_A_PAGE = 50


@require_safe
@shop_page
def show_card(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    if mark := request.GET.get(ON_PAPER):
        to_phone = reverse("card-to-phone", args=[merchant.slug, token])
        return redirect(f"{to_phone}?{urlencode({ON_PAPER: mark})}")
    opened = open_card(merchant, token, lines=LINES_ON_THE_CARD)
    wallets = [] if merchant.closed else offered_wallets(phone_of(request))
    wanted = request.COOKIES.get(SAVE_TO, "")
    context = shop_context(merchant, opened.terms) | _card_context(merchant, token, opened)
    context["wallets"] = wallets
    context["erased_from"] = _erased_from(merchant, opened)
    context["save_to_url"] = reverse(f"card-{wanted}", args=[merchant.slug, token]) if wanted in wallets else ""
    context["collected"] = bool(request.COOKIES.get(COLLECTED))
    response = render(request, "card/card.html", context)
    if context["collected"]:
        response.delete_cookie(COLLECTED, path=request.path)
    if wanted:
        response.delete_cookie(SAVE_TO, path=request.path)
    return response


@require_safe
@shop_page
def show_history(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    opened = open_card(merchant, token, lines=LINES_ON_A_PAGE, after=request.GET.get("after"))
    context = shop_context(merchant, opened.terms) | {
        "card_url": reverse("card", args=[merchant.slug, token]),
        "lines": _history_context(merchant.id, opened),
        "next": opened.history.next,
    }
    return render(request, "card/history.html", context)


@require_safe
def show_state(request: HttpRequest, merchant_slug: str, token: str) -> HttpResponse:
    """Whether the card has changed, for its open page."""
    merchant_id = merchant_id_of(merchant_slug)
    if merchant_id is None:
        raise NotFound
    state = read_state(merchant_id, token)
    return answer_state(request, msgspec.json.encode(state), f'"{state.version}-{state.used_step}"')


def answer_state(request: HttpRequest, body: bytes, etag: str) -> HttpResponse:
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(body, content_type="application/json", headers=headers)


@require_safe
def show_code(request: HttpRequest, merchant_slug: str, token: str) -> HttpResponse:
    """The code of this moment as a picture, for phones that cannot make it themselves."""
    merchant_id = merchant_id_of(merchant_slug)
    card = card_by_token(merchant_id, token) if merchant_id else None
    if card is None:
        raise NotFound
    headers = {"Cache-Control": "private, no-store"}
    return HttpResponse(draw_rotating_code(card), content_type="image/svg+xml", headers=headers)


@require_safe
@shop_page
def show_manifest(request: HttpRequest, merchant: Merchant, token: str, locale: str) -> HttpResponse:
    """What the phone needs to put this card on its home screen."""
    if is_offered(locale):
        activate(locale)  # browsers ask for this file without the cookie that says which language was chosen
    opened = open_card(merchant, token, lines=1)
    context = shop_context(merchant, opened.terms)
    start = reverse("card", args=[merchant.slug, token])
    manifest = {
        "id": start,
        "name": f"{merchant.name} – {program_name(opened.terms)}",
        "short_name": merchant.name[:30],
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "lang": get_language(),
        "dir": page_direction(),
        "theme_color": context["theme_colour"],
        "background_color": context["theme_colour"],
        "icons": [_icon(context["brand_url"], size) for size in (192, 512)],
    }
    return HttpResponse(msgspec.json.encode(manifest), content_type="application/manifest+json")


@require_safe
def show_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, served above every card so that it may look after all of them."""
    return HttpResponse(
        _worker_script(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


def draw_rotating_code(card: CardRef) -> str:
    """The code that is accepted now; after a scan the next one, which is accepted a step early."""
    seconds = now().timestamp()
    step = max(int(seconds) // STEP_SECONDS, used_step(card.last_step, seconds=seconds) + 1)
    code = code_at_step(rotating_secret(card.id, card.issue), step)
    return draw_qr(rotating_text(card.short_number, code), level="Q")


def draw_stamps(merchant: Merchant, opened: OpenCard) -> SafeString:
    terms = opened.terms
    milestones = [step.stamps for step in terms.milestones]
    design = design_of(merchant.id, terms.version_id)
    return SafeString(draw_card_strip_svg(design, opened.row.stamps, terms.goal, milestones, page_direction()))


def _card_context(merchant: Merchant, token: str, opened: OpenCard) -> dict[str, Any]:
    card, terms = opened.row, opened.terms
    ref, link = CardRef(card.id, card.issue, card.short_number, card.last_step), [merchant.slug, token]
    read_ahead([(card.id, card.issue), *((one.id, one.issue) for one in opened.vouchers)])
    return {
        "card": card,
        "is_usable": card.state == "active" and not merchant.closed,
        "other_card_url": _other_card_url(merchant, opened),
        "closed": why_closed(merchant),
        "stop": say_stop(merchant, card.program_id, opened.at),
        "version": opened.state.version,
        "strip": draw_stamps(merchant, opened),
        "count": say_count(card.stamps, terms.goal),
        "drawn": say_drawn(merchant.id, opened.drawn),
        "next_reward": say_next(card.stamps, terms),
        "remainder": say_remainder(card, terms),
        "remainder_of": terms.amount_per_stamp,
        "offer": offer_of(terms),
        "earning": earning_text(terms),
        "rules": say_rules(terms),
        "rewards": say_rewards(merchant, terms),
        "draws_url": draws_url(merchant, terms),
        "vouchers": [_voucher_context(merchant, voucher, opened) for voucher in opened.vouchers],
        "lines": _history_context(merchant.id, opened),
        "has_more": opened.history.next is not None,
        "short_number": card.short_number,
        "short_number_text": group_digits(card.short_number),
        "code_svg": SafeString(draw_rotating_code(ref)),
        "rotating_secret": rotating_secret(card.id, card.issue).hex(),
        "used_step": used_step(card.last_step, seconds=now().timestamp()),
        "state_url": reverse("card-state", args=link),
        "code_url": reverse("card-code", args=link),
        "history_url": reverse("card-history", args=link),
        "apple_url": reverse("card-apple", args=link),
        "google_url": reverse("card-google", args=link),
        "lost_url": reverse("lost-card", args=[merchant.slug]),
        "data_url": reverse("my-data", args=link),
        "manifest_url": reverse("card-manifest", args=[*link, get_language()]),
        "worker_url": reverse("card-worker"),
        # With its date: this is read when the page was kept and there is no connection, perhaps days later.
        "opened_at": format_moment(opened.at, shop_zone()),  # read later, when nothing new came
    }


def _erased_from(merchant: Merchant, opened: OpenCard) -> datetime | None:
    """From when it may be deleted because nobody uses it."""
    if opened.row.state != "active":
        return None
    with merchant_reads(merchant.id) as tx:
        return erasure_notice(tx, opened.row.customer_id, at=opened.at)


def _other_card_url(merchant: Merchant, opened: OpenCard) -> str:
    """Where the stamps are now, once the card was merged; "" else."""
    other = opened.other
    if other is None or other.id == opened.row.id:
        return ""
    return reverse("card", args=[merchant.slug, card_token(other.id, other.issue)])


def _voucher_context(merchant: Merchant, voucher: VoucherRow, opened: OpenCard) -> dict[str, Any]:
    state = state_at(voucher, opened.at)
    terms = terms_of(merchant.id, voucher.version_id)
    reward = terms.reward(voucher.reward_id)
    return {
        "name": reward_name(terms, reward),
        "state": state,
        "says": say_state(state),
        "validity": say_validity(merchant, voucher, reward, opened.at),
        "action": say_action(voucher, opened.at),
        "url": reverse("voucher", args=[merchant.slug, voucher_token(voucher.id, voucher.issue)]),
    }


def _history_context(merchant_id: UUID, opened: OpenCard) -> list[dict[str, Any]]:
    return [_line_context(merchant_id, line, opened) for line in opened.history.lines]


def _line_context(merchant_id: UUID, line: HistoryLine, opened: OpenCard) -> dict[str, Any]:
    tones = {"earned": "reward", "told": "reward", "given_back": "reward", "used": "good", "expired": "bad"}
    tone = tones.get(line.kind, "")
    return {
        "what": describe_line(merchant_id, line),
        "when": format_near_moment(line.at, shop_zone(), now=opened.at),
        "place": line.place,
        "amount": format_money(Money(line.amount, line.currency)) if line.amount and line.currency else "",
        "tone": "undone" if line.taken_back else tone,
        "taken_back": line.taken_back,
    }


def _icon(brand_url: str, size: int) -> dict[str, str]:
    source = f"{brand_url.removesuffix('.css')}/icon-{size}.png"
    return {"src": source, "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"}


@cache
def _worker_script() -> bytes:
    source = finders.find("js/card/sw.js")
    return Path(source if isinstance(source, str) else settings.STATIC_ROOT / "js/card/sw.js").read_bytes()
