"""A card on paper is put into a phone: looked at by its code, moved by one tap, and the paper is then void.

Looking uses nothing up, so that a camera that opens links by itself moves no card; only the button does.
The link alone moves nothing either: staff and many others have seen it. The paper's code has a mark behind it.
"""

import re
from datetime import timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from stampwell.cards.finding import card_by_token
from stampwell.cards.links import card_token, is_paper_mark
from stampwell.cards.recovering import take_into_phone
from stampwell.clock import new_id
from stampwell.events.actors import CUSTOMER
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program
from stampwell.refusal import NotFound, Refusal
from stampwell.requests.limits import count_attempt
from stampwell.requests.once import Answer, answer_once, fingerprint
from stampwell.web.card.sentences import say_count
from stampwell.web.card.state import open_card, why_not_there
from stampwell.web.held_cards import remember_card
from stampwell.web.printed_cards import ON_PAPER
from stampwell.web.shop_pages import shop_context, shop_page

MOST_MOVES, WITHIN = 5, timedelta(days=1)  # of one card: each makes its codes, passes and vouchers anew
_KEY = re.compile(r"[0-9a-f]{32}")


@require_http_methods(["GET", "HEAD", "POST"])
@shop_page
def keep_in_phone(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    """Refuses: NotFound, LinkMoved, LinkErased, TooManyAttempts."""
    key, mark = request.POST.get("key", ""), request.GET.get(ON_PAPER, "")
    if request.method == "POST" and _KEY.fullmatch(key):
        return _move(merchant, token, mark, key)
    opened = open_card(merchant, token, lines=1)
    card_url = reverse("card", args=[merchant.slug, token])
    on_paper = is_paper_mark(mark, opened.row.id, opened.row.issue)
    if merchant.closed or opened.row.state != "active" or not on_paper:
        return redirect(card_url)  # there it is said why
    context = shop_context(merchant, opened.terms) | {
        "card_url": card_url,
        "count": say_count(opened.row.stamps, opened.row.goal),
        "key": new_id().hex,
    }
    return render(request, "card/to_phone.html", context)


def _move(merchant: Merchant, token: str, mark: str, key: str) -> HttpResponse:
    """A button that is tapped twice gets what the first tap got.

    Refuses: NotFound, LinkMoved, LinkErased, TooManyAttempts.
    """

    def act() -> Answer:
        ref = card_by_token(merchant.id, token)
        if ref is None:
            raise why_not_there(merchant.id, token)
        if not is_paper_mark(mark, ref.id, ref.issue):
            raise NotFound
        count_attempt(f"to-phone:{merchant.id}:{ref.id}", most=MOST_MOVES, within=WITHIN)
        moved = take_into_phone(merchant, ref, actor=CUSTOMER).card
        return Answer(HTTPStatus.OK, f"{moved.program_id.hex} {card_token(moved.id, moved.issue)}".encode())

    def explain(refusal: Refusal) -> Answer:
        raise refusal

    asked = fingerprint("to-phone", token, mark)
    answer = answer_once(merchant.id, key=f"to-phone:{key}", fingerprint=asked, act=act, explain=explain)
    program_id, moved_to = answer.body.decode().split()
    response = HttpResponseRedirect(reverse("card", args=[merchant.slug, moved_to]), status=HTTPStatus.SEE_OTHER)
    remember_card(response, merchant, Program.objects.get(merchant=merchant, id=program_id), moved_to)
    return response
