"""A voucher on the customer's phone: `/v/<merchant>/<token>`, and using it there."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from stampwell.cards.links import card_token
from stampwell.cards.numbers import group_digits
from stampwell.clock import now
from stampwell.counter.handing_over import hand_over
from stampwell.events.actors import CUSTOMER
from stampwell.ids import public_id, wanted_id
from stampwell.languages.explaining import explain
from stampwell.languages.formatting import format_exact_moment, format_time
from stampwell.languages.ordering import sorted_by_name
from stampwell.merchants.access import merchant_id_of
from stampwell.merchants.locations import places_that_count
from stampwell.merchants.models import Location, Merchant
from stampwell.programs.offering import reward_name
from stampwell.programs.terms import RewardTerms
from stampwell.redeem_codes.formats import FORMATS, draw_code, draw_qr, why_code_does_not_fit
from stampwell.refusal import NotFound, Refusal
from stampwell.vouchers.api_codes import group_api_code
from stampwell.vouchers.checking import LIVE, check_own_use
from stampwell.vouchers.finding import reference_of
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.minute_signs import MINUTE
from stampwell.vouchers.nearness import PlaceNotTold, TooFarAway, spots_of
from stampwell.vouchers.refusals import VoucherAlreadyRedeemed, VoucherReserved
from stampwell.vouchers.revealing import reveal_code
from stampwell.vouchers.rows import handed_out_at
from stampwell.web.card.cards import answer_state
from stampwell.web.card.sentences import say_state, say_validity
from stampwell.web.card.state import OpenVoucher, find_voucher, open_voucher, read_voucher_version, voucher_version
from stampwell.web.card.wallets import offered_voucher_wallets
from stampwell.web.card.where import read_spot
from stampwell.web.headers import POLICY
from stampwell.web.minute_signs import minute_signs
from stampwell.web.refusals import STATUS
from stampwell.web.seen import note_refusal
from stampwell.web.shop_pages import shop_context, shop_page, shop_zone
from stampwell.web.visitors import milliseconds, phone_of

KEPT = {"pending", "ready"}  # states in which a phone may keep it
SEE_OTHER = HTTPStatus.SEE_OTHER


class Place(msgspec.Struct, frozen=True):
    id: str
    name: str


@require_safe
@shop_page
def show_voucher(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    return _page(request, merchant, token, open_voucher(merchant, token))


@require_http_methods(["GET", "HEAD", "POST"])
@shop_page
def use_voucher(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    """Asks once more, then uses it; asked again, it shows how the voucher stands."""
    if request.method != "POST":
        return _confirm(request, merchant, token, "self_redeem")
    voucher_id = find_voucher(merchant.id, token)
    return _act(
        request,
        merchant,
        token,
        lambda: hand_over(merchant, voucher_id, path="self_redeem", actor=CUSTOMER, spot=read_spot(request.POST)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@shop_page
def show_till_code(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    """Asks once more, and where tills know different codes at which one, then reveals the code that it knows."""
    if request.method != "POST":
        return _confirm(request, merchant, token, "redeem_code")
    voucher_id = find_voucher(merchant.id, token)
    told = request.POST.get("location")
    location_id = wanted_id("loc", told) if told else None
    return _act(request, merchant, token, lambda: reveal_code(merchant, voucher_id, location_id=location_id))


@require_http_methods(["GET", "HEAD", "POST"])
@shop_page
def check_voucher(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    """What the staff see when they tap the live screen: the server's own word, asked at this moment. A second tap says
    that they have handed the reward out; nobody knows whose it was.
    """
    if request.method == "POST":
        check_own_use(merchant, find_voucher(merchant.id, token), actor=CUSTOMER)
        return HttpResponseRedirect(reverse("voucher-check", args=[merchant.slug, token]), status=SEE_OTHER)
    opened = open_voucher(merchant, token)
    context = shop_context(merchant, opened.terms) | voucher_context(merchant, token, opened)
    context["can_be_checked"] = opened.state == "redeemed" and _is_live(opened)
    return render(request, "card/check.html", context)


@require_safe
@shop_page
def show_signs(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    """The signs of the minute that the live screen asks for as it needs them; none where it moves no more."""
    opened = open_voucher(merchant, token)
    signs = _signs_now(merchant, opened) if opened.state == "redeemed" and _is_live(opened) else []
    return render(request, "partials/minute_signs.html", {"minute_signs": signs})


@require_safe
def show_voucher_state(request: HttpRequest, merchant_slug: str, token: str) -> HttpResponse:
    """Whether the voucher has changed, for its open page."""
    merchant_id = merchant_id_of(merchant_slug)
    if merchant_id is None:
        raise NotFound
    version = read_voucher_version(merchant_id, token)
    return answer_state(request, msgspec.json.encode({"version": version}), f'"{version}"')


def _act(request: HttpRequest, merchant: Merchant, token: str, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except (VoucherAlreadyRedeemed, VoucherReserved):
        pass  # tapped twice, or used a moment ago: the voucher's page says so
    except Refusal as refusal:
        return _page(request, merchant, token, open_voucher(merchant, token), refusal)
    return _back(merchant, token)


def _back(merchant: Merchant, token: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("voucher", args=[merchant.slug, token]), status=SEE_OTHER)


def _confirm(request: HttpRequest, merchant: Merchant, token: str, path: str) -> HttpResponse:
    opened = open_voucher(merchant, token)
    if opened.state != "ready" or opened.reward.path != path or opened.row.api_code or opened.hindrance:
        return _back(merchant, token)
    context = shop_context(merchant, opened.terms) | voucher_context(merchant, token, opened)
    context["places"] = _places_to_choose(merchant, opened.reward)
    context["asks_where"] = opened.reward.place_check and bool(spots_of(merchant, opened.reward))
    response = render(request, f"card/confirm_{path}.html", context)
    if context["asks_where"]:  # no other page of customers may
        response.headers["Permissions-Policy"] = POLICY.replace("geolocation=()", "geolocation=(self)")
    return response


def _places_to_choose(merchant: Merchant, reward: RewardTerms) -> list[Place]:
    """Where the customer may be at a till that knows another code; nothing where there is nothing to choose."""
    if not reward.code_by_location:
        return []
    counting = places_that_count(merchant, reward.location_ids)
    places = Location.objects.filter(merchant=merchant, closed__isnull=True)
    named = [Place(public_id("loc", one.id), one.name) for one in places if not counting or one.id in counting]
    return sorted_by_name(named, lambda place: place.name) if len(named) > 1 else []


def _page(
    request: HttpRequest, merchant: Merchant, token: str, opened: OpenVoucher, refusal: Refusal | None = None
) -> HttpResponse:
    to_staff = isinstance(refusal, TooFarAway | PlaceNotTold)
    screen = "staff_scan" if to_staff else screen_of(opened)
    if refusal:
        note_refusal(refusal)
    refused = refusal or opened.hindrance
    is_kept = opened.state in KEPT and not merchant.closed
    context = shop_context(merchant, opened.terms) | voucher_context(merchant, token, opened)
    context |= {
        "screen": f"card/screens/{screen}.html",
        "screen_name": screen,
        "to_staff": to_staff,
        "said": explain(refused, shop_zone(), at=now()) if refused else None,
        "wallets": offered_voucher_wallets(phone_of(request)) if is_kept else [],
        "apple_url": reverse("voucher-apple", args=[merchant.slug, token]),
        **_screen_context(merchant, opened, screen),
    }
    return render(request, "card/voucher.html", context, status=STATUS[refusal.kind] if refusal else HTTPStatus.OK)


def screen_of(opened: OpenVoucher) -> str:
    """Which screen shows the voucher: by its path while it is ready, else by its state."""
    match opened.state:
        case "ready" if opened.row.api_code:
            return "api_code"
        case "ready":
            return opened.reward.path
        case "reserved" if opened.row.revealed:
            return "till_code"
        case "redeemed" if _is_live(opened):
            return "live"
    return "standing"


def _is_live(opened: OpenVoucher) -> bool:
    use = opened.redemption
    return (
        use is not None
        and opened.row.checked is None
        and (use.path, use.source) == ("self_redeem", "card")
        and opened.at < use.at + LIVE
    )


def _screen_context(merchant: Merchant, opened: OpenVoucher, screen: str) -> dict[str, Any]:
    match screen:
        case "staff_scan":
            return {"code_svg": SafeString(draw_qr(voucher_code(opened.row.id, opened.row.issue), level="Q"))}
        case "api_code":
            return api_code_screen(opened)
        case "till_code":
            return _till_code(merchant, opened)
        case "live":
            return live_screen(merchant, opened)
    return {}


def _till_code(merchant: Merchant, opened: OpenVoucher) -> dict[str, Any]:
    until = opened.row.reserved_until
    assert until is not None, "a revealed voucher has a countdown"
    shown = reveal_code(merchant, opened.row.id)
    drawn = shown.format != "text" and why_code_does_not_fit(shown.barcode, shown.format) is None
    return {
        "code": shown.code,
        "code_svg": SafeString(draw_code(shown.barcode, shown.format)) if drawn else "",
        "is_bars": not FORMATS[shown.format].square,
        "from": milliseconds(opened.row.revealed or opened.at),
        "until": milliseconds(until),
        "until_text": format_time(until, shop_zone()),
    }


def api_code_screen(opened: OpenVoucher) -> dict[str, Any]:
    code, code_format = opened.row.api_code, opened.reward.redeem_code_format
    assert code is not None, "only a voucher with such a code has this screen"
    return {
        "code": group_api_code(code),
        "code_svg": "" if code_format == "text" else SafeString(draw_code(code, code_format)),
        "is_bars": not FORMATS[code_format].square,
    }


def live_screen(merchant: Merchant, opened: OpenVoucher) -> dict[str, Any]:
    assert opened.redemption is not None, "only a used voucher is live"
    start = opened.redemption.at
    offset = start.astimezone(shop_zone()).utcoffset() or timedelta()
    return {
        "from": milliseconds(start),
        "until": milliseconds(start + LIVE),
        "offset_minutes": round(offset.total_seconds() / 60),
        "minute_signs": _signs_now(merchant, opened),
        "code_svg": SafeString(draw_qr(voucher_code(opened.row.id, opened.row.issue), level="Q")),
        "now_text": opened.at.astimezone(shop_zone()).strftime("%H:%M:%S"),
    }


def _signs_now(merchant: Merchant, opened: OpenVoucher) -> list[dict[str, Any]]:
    """Of this minute and of the next one, while the screen moves: whoever reads its source reads no more ahead."""
    assert opened.redemption is not None, "only a used voucher is live"
    return minute_signs(merchant, opened.at, min(opened.at + MINUTE, opened.redemption.at + LIVE))


def voucher_context(merchant: Merchant, token: str, opened: OpenVoucher) -> dict[str, Any]:
    row, link, use = opened.row, [merchant.slug, token], opened.redemption
    return {
        "voucher": row,
        "state": opened.state,
        "path": opened.reward.path,
        "minutes": opened.reward.countdown_minutes,
        "reward": reward_name(opened.terms, opened.reward),
        "says": say_state(opened.state),
        "handed_out": handed_out_at(row, opened.at),
        "validity": say_validity(merchant, row, opened.reward, opened.at),
        "version": voucher_version(row, opened.at),
        "reference": reference_of(row.id),
        "short_number_text": group_digits(opened.card.short_number),
        "used_exactly": format_exact_moment(use.at, shop_zone()) if use and opened.state == "redeemed" else "",
        "staff_checked": format_exact_moment(row.checked, shop_zone()) if row.checked else "",
        "used_where": use.place if use else None,
        "checked_exactly": format_exact_moment(now(), shop_zone()),
        "card_url": reverse("card", args=[merchant.slug, card_token(opened.card.id, opened.card.issue)]),
        "voucher_url": reverse("voucher", args=link),
        "use_url": reverse("voucher-use", args=link),
        "code_url": reverse("voucher-code", args=link),
        "check_url": reverse("voucher-check", args=link),
        "signs_url": reverse("voucher-signs", args=link),
        "state_url": reverse("voucher-state", args=link),
    }
