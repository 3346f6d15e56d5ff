"""Looking for a customer at the counter by what they say. Which of the cards it is, staff choose."""

import msgspec
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from stampwell.cards.earning import Purchase
from stampwell.counter.finding import FoundCards, find_for_staff, recognise_found
from stampwell.ids import private_id, public_id
from stampwell.merchants.closing import refuse_if_closed
from stampwell.refusal import Refusal
from stampwell.web.scanner.acts import answer_scan
from stampwell.web.scanner.guarding import acting
from stampwell.web.scanner.panels import Panel, show_refusal
from stampwell.web.scanner.presence import Shift
from stampwell.web.scanner.taps import read_form
from stampwell.web.stations.answering import not_understood


@acting
def find(request: HttpRequest, shift: Shift) -> HttpResponse:
    """Changes nothing, so it has no key: whoever asks again is answered as it is by then."""
    words = request.POST.get("words", "")
    try:
        refuse_if_closed(shift.merchant)
        panel = _show(find_for_staff(shift.merchant, words, station=shift.counter.station, member_id=shift.member.id))
    except Refusal as refusal:
        panel = show_refusal(shift, refusal)
    return HttpResponse(msgspec.json.encode(panel), content_type="application/json")


@acting
def scan_found(request: HttpRequest, shift: Shift, card_id: str) -> HttpResponse:
    """The card that staff chose: as if its code had been scanned."""
    tapped = read_form(request)
    if tapped is None:
        return not_understood()
    found = recognise_found(shift.merchant, private_id("crd", card_id))
    return answer_scan(request, shift, tapped.key, found, Purchase())


def _show(found: FoundCards) -> Panel:
    cards = [(public_id("crd", card.id), card) for card in found.cards]
    html = render_to_string("scanner/panels/found.html", {"found": found, "cards": cards})
    return Panel(outcome="found", tone="attention", html=html.strip())
