"""What the code on a kiosk's screen opens on a customer's own phone: a stamp on the card that this phone has, or the
page where one gets a card.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import msgspec
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stampwell.cards.earning import Purchase
from stampwell.cards.finding import CardRef, card_by_token
from stampwell.clock import now
from stampwell.counter.scanning import Recognised, ScannedCard, take_scan
from stampwell.counter.screen_codes import is_on_screen
from stampwell.counter.self_service import why_not_alone
from stampwell.languages.explaining import explain
from stampwell.merchants.access import find_merchant
from stampwell.merchants.enrolling import itself
from stampwell.merchants.models import Merchant, Station
from stampwell.programs.offering import NoSuchOffer, find_offer
from stampwell.programs.terms import terms_of
from stampwell.refusal import Refusal
from stampwell.requests.once import Answer, answer_once, fingerprint
from stampwell.web.held_cards import held_token
from stampwell.web.joining.pages import to_card
from stampwell.web.shop_pages import shop_context, shop_page, shop_zone

# Whoever has scanned the code in time may take a moment to tap.
TICKET_LASTS = timedelta(minutes=2)
_SALT = "stampwell.screen-ticket"


class Said(msgspec.Struct, frozen=True):
    title: str
    advice: str


@require_http_methods(["GET", "HEAD", "POST"])
def collect(request: HttpRequest, merchant_slug: str, program_slug: str, station: str, code: str) -> HttpResponse:
    if find_merchant(merchant_slug) is None:
        raise NoSuchOffer
    return _collect(request, merchant_slug, program_slug, station, code)


@shop_page
def _collect(request: HttpRequest, merchant: Merchant, program_slug: str, station: str, code: str) -> HttpResponse:
    program = find_offer(merchant, program_slug)
    token = held_token(request, merchant, program)
    card = card_by_token(merchant.id, token) if token else None
    if token is None or card is None:
        return redirect("join", merchant.slug, program.slug)
    kiosk = _find_kiosk(merchant, station)
    context = shop_context(merchant, terms_of(merchant.id, program.current_version_id))
    if request.method == "POST":
        ticket = request.POST.get("ticket", "")
        if kiosk is None or not _is_ticket(ticket, kiosk, card):
            return _show_old(request, context)
        said = _stamp_once(merchant, kiosk, card, ticket)
        if said is None:
            return to_card(request, merchant, token)
        return render(request, "joining/no_stamp.html", context | {"said": said}, status=409)
    if kiosk is None or not is_on_screen(kiosk, code):
        return _show_old(request, context)
    ticket = signing.dumps((kiosk.id.hex, card.id.hex, int(now().timestamp())), salt=_SALT)
    return render(request, "joining/collect.html", context | {"ticket": ticket})


def _stamp_once(merchant: Merchant, kiosk: Station, card: CardRef, ticket: str) -> Said | None:
    """A ticket is good for one stamp, however often it is sent. None where the stamp is on the card."""

    def act() -> Answer:
        taken = take_scan(
            merchant,
            Recognised(card=card),
            Purchase(),
            actor=itself(kiosk),
            why_not=lambda locked: why_not_alone(merchant, kiosk, locked, now()),
        )
        assert isinstance(taken, ScannedCard)
        if taken.stamped is None:
            said = Said(_("This card collects by amount spent."), _("Show it to the staff: they enter the amount."))
            return Answer(409, msgspec.json.encode(said))
        return Answer(200, b"")

    def refuse(refusal: Refusal) -> Answer:
        said = explain(refusal, shop_zone(), at=now())
        return Answer(409, msgspec.json.encode(Said(said.customer_message, said.what_customer_can_do)))

    key = f"screen:{sha256(ticket.encode()).hexdigest()}"
    kept = answer_once(merchant.id, key=key, fingerprint=fingerprint("screen", card.id.bytes), act=act, explain=refuse)
    return msgspec.json.decode(kept.body, type=Said) if kept.body else None


def _find_kiosk(merchant: Merchant, station: str) -> Station | None:
    """None where it shows no codes (any more)."""
    try:
        known_id = UUID(hex=station)
    except ValueError:
        return None
    return Station.objects.filter(
        merchant=merchant, id=known_id, kind=Station.Kind.KIOSK, shows_code=True, secret_hash__isnull=False
    ).first()


def _is_ticket(ticket: str, kiosk: Station, card: CardRef) -> bool:
    try:
        station, holder, given = signing.loads(ticket, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return False
    in_time = abs(now() - datetime.fromtimestamp(given, UTC)) <= TICKET_LASTS
    return in_time and (station, holder) == (kiosk.id.hex, card.id.hex)


def _show_old(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    said = Said(_("This code is no longer on the screen."), _("Scan the code that the screen shows now."))
    return render(request, "joining/no_stamp.html", context | {"said": said}, status=410)
