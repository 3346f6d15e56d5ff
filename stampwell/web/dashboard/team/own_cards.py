"""The own cards of a person of the team: which they are, finding one more, and taking one off again."""

from http import HTTPStatus
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stampwell.cards.own_cards import follow_merges, name_own_card, own_cards_of, take_off_own_card
from stampwell.ids import public_id, wanted_id
from stampwell.journal.whose_cards import CardLabel, label_cards
from stampwell.merchants.models import Merchant, StaffMember
from stampwell.refusal import Refusal
from stampwell.transactions import merchant_reads
from stampwell.web.dashboard.cards.search import find_cards
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.form_keys import Said, refused
from stampwell.web.dashboard.lookup import find_changeable


class OwnCardLine(msgspec.Struct, frozen=True):
    """`named` is the card that was named, `counts` the one that it was merged into since, or itself."""

    named: str
    counts: str
    label: CardLabel


def show_own_cards(merchant: Merchant, member_id: UUID) -> list[OwnCardLine]:
    with merchant_reads(merchant.id) as tx:
        ways = follow_merges(tx, [row.card_id for row in own_cards_of(tx, member_id)])
        labels = label_cards(tx, [way[-1] for way in ways.values()])
    counts = {public_id("crd", named): public_id("crd", way[-1]) for named, way in ways.items()}
    return [OwnCardLine(named, here, labels[here]) for named, here in counts.items()]


@require_safe
@for_managers
def find_page(request: HttpRequest, desk: Desk, person: str) -> HttpResponse:
    """Refuses: NotFound."""
    return _show(request, desk, find_changeable(desk, person))


@require_POST
@for_managers
def name_card(request: HttpRequest, desk: Desk, person: str, card: str) -> HttpResponse:
    """Refuses: NotFound."""
    member = find_changeable(desk, person)
    try:
        name_own_card(desk.merchant, member.id, wanted_id("crd", card), actor=desk.actor())
    except Refusal as refusal:
        return _show(request, desk, member, refused(desk, refusal))
    messages.success(request, _("The card is now known as %(name)s’s own.") % {"name": member.name})
    return redirect("person", public_id("stf", member.id))


@require_POST
@for_managers
def take_off(request: HttpRequest, desk: Desk, person: str, card: str) -> HttpResponse:
    """Refuses: NotFound."""
    member = find_changeable(desk, person)
    take_off_own_card(desk.merchant, member.id, wanted_id("crd", card), actor=desk.actor())
    messages.success(request, _("The card is no longer marked as %(name)s’s own.") % {"name": member.name})
    return redirect("person", public_id("stf", member.id))


def _show(request: HttpRequest, desk: Desk, member: StaffMember, said: Said | None = None) -> HttpResponse:
    """Without words nothing is listed."""
    words = request.GET.get("q", "").strip()
    own = {line.counts for line in show_own_cards(desk.merchant, member.id)}
    found = find_cards(desk.merchant, words, after=None).cards if words else []
    context = {
        "desk": desk,
        "here": "team",
        "member": member,
        "member_id": public_id("stf", member.id),
        "words": words,
        "cards": [card for card in found if card.id not in own and card.state == "active"],
        "refused": said,
    }
    status = HTTPStatus.CONFLICT if said else HTTPStatus.OK
    return render(request, "dashboard/own_cards.html", context, status=status)
