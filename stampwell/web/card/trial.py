"""A voucher that there is not, on the phone of an owner: the screens of customers by each way of handing it out.

Nothing is written and nothing counts, whatever is tapped: each step is another address of the same page.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, get_args

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stampwell.cards.issuing import new_card
from stampwell.cards.numbers import luhn_digit
from stampwell.clock import new_id, now
from stampwell.languages.formatting import format_time
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import Path, RewardTerms
from stampwell.redeem_codes.formats import FORMATS, barcode_text, draw_code, draw_qr, why_code_does_not_fit
from stampwell.redeem_codes.made_up import made_up_code, made_up_in_place_of
from stampwell.redeem_codes.rows import read_pool
from stampwell.transactions import merchant_reads
from stampwell.vouchers.api_codes import SAMPLE
from stampwell.vouchers.checking import LIVE
from stampwell.vouchers.issuing import new_voucher
from stampwell.web.card.state import OpenVoucher, Use
from stampwell.web.card.vouchers import api_code_screen, live_screen, screen_of, voucher_context
from stampwell.web.shop_pages import shop_context, shop_page, shop_zone
from stampwell.web.trials import Trial, read_trial
from stampwell.web.visitors import milliseconds

NUMBER = "1234567" + luhn_digit("1234567")
SAMPLE_CODE = "SAMPLE"  # where the reward has no code of which another one could be made up
_OPENS_NOTHING = "stampwell"


class Way(msgspec.Struct, frozen=True):
    name: str
    url: str
    is_this: bool


@require_safe
@shop_page
def show_trial(request: HttpRequest, merchant: Merchant, ticket: str) -> HttpResponse:
    """Refuses: NotFound."""
    trial, url = read_trial(merchant, ticket), reverse("voucher-trial", args=[merchant.slug, ticket])
    if trial.is_over:
        context = shop_context(merchant, trial.terms)
        return render(request, "card/trial_over.html", context, status=HTTPStatus.GONE)
    wanted = request.GET.get("path", "")
    path: Path = next((one for one in get_args(Path) if one == wanted), trial.reward.path)
    used = _used(trial, request.GET.get("used", ""))
    opened = _made_up(merchant, trial, path, used)
    here = f"{url}?path={path}"
    told = f"&used={milliseconds(used) // 1000}" if used else ""
    context = (
        shop_context(merchant, trial.terms) | voucher_context(merchant, _OPENS_NOTHING, opened) | _links(here, told)
    )
    context |= {"trial": _ways(url, path), "trial_path": path, "trial_moment": int(now().timestamp())}
    if "check" in request.GET:
        return render(request, "card/check.html", context)
    if "confirm" in request.GET and path in ("self_redeem", "redeem_code") and opened.state == "ready":
        return render(request, f"card/confirm_{path}.html", context | {"places": []})
    screen = screen_of(opened)
    context |= {"screen": f"card/screens/{screen}.html", "said": None, "wallets": []}
    return render(request, "card/voucher.html", context | _screen_context(merchant, opened, screen))


def _ways(url: str, path: Path) -> list[Way]:
    names: dict[Path, str] = {
        "staff_scan": _("Staff scan it"),
        "self_redeem": _("Customers use it themselves"),
        "redeem_code": _("The till reads a code"),
    }
    return [Way(name, f"{url}?path={one}", one == path) for one, name in names.items()]


def _links(here: str, told: str) -> dict[str, str]:
    confirm = f"{here}&confirm=1"
    names = {"voucher_url": here + told, "card_url": here, "state_url": here, "use_url": confirm, "code_url": confirm}
    return names | {"check_url": f"{here}{told}&check=1", "signs_url": ""}


def _used(trial: Trial, told: str) -> datetime | None:
    """When it was used in the trial, as the address says; what cannot be is as if nothing was said."""
    if not (told.isascii() and told.isdecimal() and len(told) < 12):
        return None
    used = trial.began + timedelta(seconds=int(told) - int(trial.began.timestamp()))
    return used if trial.began <= used <= now() else None


def _made_up(merchant: Merchant, trial: Trial, path: Path, used: datetime | None) -> OpenVoucher:
    """Ready, also where the rewards of the shop have to wait or are over; used at that moment, where one is given."""
    at, reward = now(), _reward_by(trial.reward, path)
    card = new_card(trial.terms, new_id(), locale=merchant.locale, external_id=None, at=at)
    card = msgspec.structs.replace(card, short_number=NUMBER)
    clocks = clocks_of(merchant, reward.location_ids)
    is_asked_about = path == "redeem_code" and reward.redeem_code_kind == "api"
    made = new_voucher(clocks, trial.terms, reward, card_id=card.id, issue=0, at=at)
    expires = None if made.state == "expired" else made.expires
    voucher = msgspec.structs.replace(made, state="ready", ready=at, expires=expires, awaits_visit=False)
    voucher = msgspec.structs.replace(voucher, api_code=SAMPLE if is_asked_about else None)
    use = None
    if used and path == "redeem_code":
        until = used + timedelta(minutes=reward.countdown_minutes)
        voucher = msgspec.structs.replace(voucher, state="reserved", revealed=used, reserved_until=until)
    elif used:
        voucher = msgspec.structs.replace(voucher, state="redeemed", redeemed=used)
        use = Use(new_id(), used, path, "card", None)
    is_shown = voucher.reserved_until is not None and at < voucher.reserved_until
    state = "redeemed" if voucher.reserved_until and not is_shown else voucher.state
    return OpenVoucher(voucher, card, trial.terms, reward, state, use, None, at)


def _reward_by(reward: RewardTerms, path: Path) -> RewardTerms:
    """The same reward, handed out in this way."""
    return msgspec.structs.replace(reward, path=path)


def _screen_context(merchant: Merchant, opened: OpenVoucher, screen: str) -> dict[str, Any]:
    match screen:
        case "staff_scan":
            return {"code_svg": _opens_nothing()}
        case "api_code":
            return api_code_screen(opened)
        case "live":
            assert opened.redemption is not None, "only a used voucher is live"
            signs = _signs_of_a_trial(opened.redemption.at)
            return live_screen(merchant, opened) | {"code_svg": _opens_nothing(), "minute_signs": signs}
        case "till_code":
            return _till_code(merchant, opened)
    return {}


def _signs_of_a_trial(used: datetime) -> list[dict[str, Any]]:
    """One for each minute in which the screen moves. A true one is for none but who uses a true voucher."""
    first, last = (int(moment.timestamp()) // 60 for moment in (used, used + LIVE))
    sign = {"shape": "info", "colour": "white", "word": _("Trial")}
    return [sign | {"begins": minute * 60_000} for minute in range(first, last + 1)]


def _opens_nothing() -> SafeString:
    return SafeString(draw_qr(_OPENS_NOTHING, level="Q"))


def _till_code(merchant: Merchant, opened: OpenVoucher) -> dict[str, Any]:
    reward, begins, until = opened.reward, opened.row.revealed, opened.row.reserved_until
    assert begins is not None, "only a voucher whose code is shown has this screen"
    assert until is not None, "and it is shown for a time"
    code, code_format = SAMPLE_CODE, reward.redeem_code_format or "qr"
    if reward.redeem_code:  # whoever has the link sees this, so never the true one
        known = {code for one in opened.terms.rewards for code in (one.redeem_code, *one.code_by_location.values())}
        made_up = made_up_in_place_of(reward.redeem_code, code_format, reward.barcode_template, known)
        code = made_up or SAMPLE_CODE
    held = barcode_text(reward.barcode_template, code)
    if reward.pool_id:
        with merchant_reads(merchant.id) as tx:
            pool = read_pool(tx, reward.pool_id)
            code, code_format = made_up_code(tx, pool) or SAMPLE_CODE, pool.format
        held = barcode_text(pool.barcode_template, code)
    is_drawn = code_format != "text" and why_code_does_not_fit(held, code_format) is None
    return {
        "code": code,
        "code_svg": SafeString(draw_code(held, code_format)) if is_drawn else "",
        "is_bars": not FORMATS[code_format].square,
        "from": milliseconds(begins),
        "until": milliseconds(until),
        "until_text": format_time(until, shop_zone()),
    }
