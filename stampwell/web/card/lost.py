"""A lost card, from the customer's side: type the address, open the link in the mail, tap the button.

Looking uses nothing up, for programs that look into mails open every link; only the button does.
"""

import re
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stampwell.cards.links import card_token
from stampwell.cards.recovering_by_mail import LostCard, RecoveryLinkEnded, ask_for_link, read_link, use_link
from stampwell.clock import new_id
from stampwell.customers.contact import LONGEST_EMAIL
from stampwell.mail.checking import has_mail_server
from stampwell.merchants.closing import refuse_if_closed
from stampwell.merchants.models import Merchant
from stampwell.programs.offering import program_name
from stampwell.programs.terms import terms_of
from stampwell.refusal import Refusal
from stampwell.requests.limits import count_attempt
from stampwell.requests.once import Answer, answer_once, fingerprint
from stampwell.web.accounts import mailbox_name
from stampwell.web.card.sentences import say_count
from stampwell.web.shop_pages import frame_context, shop_page
from stampwell.web.typed_fields import MailField
from stampwell.web.visitors import visitor_address

MOST_OF_ADDRESS, WITHIN = 10, timedelta(minutes=10)  # a whole family may sit behind one
MOST_OF_SHOP, MOST_OF_MAILBOX, WITHIN_AN_HOUR = 200, 5, timedelta(hours=1)
_KEY = re.compile(r"[0-9a-f]{32}")


class LostCardForm(forms.Form):
    email = MailField(max_length=LONGEST_EMAIL, label=gettext_lazy("Email"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs |= {"autocomplete": "email", "inputmode": "email", "enterkeyhint": "send"}


class Moved(msgspec.Struct, frozen=True):
    """A card under its new link."""

    version_id: UUID
    token: str


@require_http_methods(["GET", "HEAD", "POST"])
@shop_page
def ask_for_card(request: HttpRequest, merchant: Merchant) -> HttpResponse:
    refuse_if_closed(merchant)
    form = LostCardForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and has_mail_server():
        email = form.cleaned_data["email"]
        _count(request, merchant, email)
        ask_for_link(merchant, email)
        return redirect(f"{request.path}?asked=1")
    context = frame_context(merchant) | {
        "has_mail_server": has_mail_server(),
        "asked": "asked" in request.GET,
        "form": form,
    }
    return render(request, "card/lost.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@shop_page
def get_card_back(request: HttpRequest, merchant: Merchant, secret: str) -> HttpResponse:
    refuse_if_closed(merchant)
    key = request.POST.get("key", "")
    if request.method == "POST" and _KEY.fullmatch(key):
        return _get_back(request, merchant, secret, key)
    return _show(request, merchant, secret, new_id().hex)


def _get_back(request: HttpRequest, merchant: Merchant, secret: str, key: str) -> HttpResponse:
    """A form that was tapped twice gets what the first tap got."""
    wanted = sorted({UUID(text) for text in request.POST.getlist("cards") if _KEY.fullmatch(text)})
    if not wanted:
        return _show(request, merchant, secret, key, nothing_chosen=True)

    def act() -> Answer:
        moved = use_link(merchant, secret, wanted)
        tokens = [Moved(one.card.version_id, card_token(one.card.id, one.card.issue)) for one in moved]
        return Answer(HTTPStatus.OK, msgspec.json.encode(tokens))

    def explain(_refusal: Refusal) -> Answer:
        return Answer(HTTPStatus.NOT_FOUND, b"[]")

    same = fingerprint("lost-card", secret, *(card.bytes for card in wanted))
    answer = answer_once(merchant.id, key=f"lost-card:{key}", fingerprint=same, act=act, explain=explain)
    moved = msgspec.json.decode(answer.body, type=list[Moved])
    if not moved:
        raise RecoveryLinkEnded
    return _show_moved(request, merchant, moved)


def _show_moved(request: HttpRequest, merchant: Merchant, moved: list[Moved]) -> HttpResponse:
    links = [
        {
            "url": reverse("card", args=[merchant.slug, one.token]),
            "name": program_name(terms_of(merchant.id, one.version_id)),
        }
        for one in moved
    ]
    if len(links) == 1:
        return redirect(links[0]["url"])
    return render(request, "card/get_back.html", frame_context(merchant) | {"links": links})


def _show(
    request: HttpRequest, merchant: Merchant, secret: str, key: str, *, nothing_chosen: bool = False
) -> HttpResponse:
    """Refuses: RecoveryLinkEnded."""
    context = frame_context(merchant) | {
        "cards": [_describe(merchant, card) for card in read_link(merchant, secret)],
        "key": key,
        "nothing_chosen": nothing_chosen,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if nothing_chosen else HTTPStatus.OK
    return render(request, "card/get_back.html", context, status=status)


def _describe(merchant: Merchant, card: LostCard) -> dict[str, str]:
    """What tells one from the other."""
    name = program_name(terms_of(merchant.id, card.version_id))
    return {"id": card.id.hex, "name": name, "count": say_count(card.stamps, card.goal)}


def _count(request: HttpRequest, merchant: Merchant, email: str) -> None:
    """Counted before anybody looks whether the address is known. Refuses: TooManyAttempts."""
    count_attempt(f"lost:{visitor_address(request)}", most=MOST_OF_ADDRESS, within=WITHIN)
    count_attempt(f"lost-mail:{mailbox_name(email)}", most=MOST_OF_MAILBOX, within=WITHIN_AN_HOUR)
    count_attempt(f"lost-shop:{merchant.id}", most=MOST_OF_SHOP, within=WITHIN_AN_HOUR)
