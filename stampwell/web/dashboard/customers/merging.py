"""Two customers who are one person: finding the other one, looking at what becomes of both, doing it and undoing it."""

from http import HTTPStatus
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stampwell.cards.merging import Outcome, look_at_merge, merge_customers
from stampwell.cards.rows import read_card
from stampwell.cards.separating import require_merge_of, undo_merge
from stampwell.customers.merging import SameCustomer
from stampwell.ids import wanted_id
from stampwell.merchants.models import Merchant
from stampwell.programs.offering import program_name
from stampwell.programs.terms import terms_of
from stampwell.transactions import merchant_reads
from stampwell.web.dashboard.cards.search import find_cards
from stampwell.web.dashboard.confirming import confirmed
from stampwell.web.dashboard.customers.profile import show_customer
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.form_keys import Said, do_once, new_key, refused


class ShownPair(msgspec.Struct, frozen=True):
    """What becomes of two cards of a program."""

    program: str
    moved: int
    stamps: int
    goal: int


@require_safe
@for_managers
def merge_page(request: HttpRequest, desk: Desk, customer: str) -> HttpResponse:
    """Finding the other one. Refuses: NotFound."""
    shown = show_customer(desk.merchant, wanted_id("cus", customer))
    words, own = request.GET.get("q", "").strip(), {card.id for card in shown.cards}
    found = find_cards(desk.merchant, words, after=None).cards if words else []
    cards = [card for card in found if card.id not in own and card.state == "active"]
    context = {"desk": desk, "here": "cards", "customer": shown, "words": words, "cards": cards}
    return render(request, "dashboard/customer_merge.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
@confirmed(back="merge_with")
def merge_with_page(request: HttpRequest, desk: Desk, customer: str, card: str) -> HttpResponse:
    """What becomes of both, and a button. `card` is one of the other customer. Refuses: NotFound."""
    customer_id = wanted_id("cus", customer)
    with merchant_reads(desk.merchant.id) as tx:
        other_id = read_card(tx, wanted_id("crd", card))[0].customer_id

    def act() -> Said:
        seen = request.POST.get("seen", "") or "-"
        merge_customers(desk.merchant, customer_id, other_id, actor=desk.actor(), seen=seen)
        return Said(_("The customers were merged."))

    said = do_once(request, desk, act) if request.method == "POST" else None
    if said and said.done:
        messages.success(request, said.text)
        return redirect("customer", customer)
    return _show_outcome(request, desk, customer_id, other_id, said)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
@confirmed(back="undo_merge")
def undo_merge_page(request: HttpRequest, desk: Desk, customer: str, merge: str) -> HttpResponse:
    """Refuses: NotFound, also for a merge of another customer: the page names the one of its address."""
    customer_id, merge_id = wanted_id("cus", customer), wanted_id("mrg", merge)
    shown = show_customer(desk.merchant, customer_id)
    require_merge_of(desk.merchant, customer_id, merge_id)

    def act() -> Said:
        undo_merge(desk.merchant, merge_id, actor=desk.actor())
        return Said(_("The merge was undone."))

    said = do_once(request, desk, act) if request.method == "POST" else None
    if said and said.done:
        messages.success(request, said.text)
        return redirect("customer", customer)
    context = {"desk": desk, "here": "cards", "customer": shown, "refused": said, "once": new_key()}
    status = HTTPStatus.CONFLICT if said else HTTPStatus.OK
    return render(request, "dashboard/customer_merge_undo.html", context, status=status)


def _show_outcome(
    request: HttpRequest, desk: Desk, customer_id: UUID, other_id: UUID, said: Said | None
) -> HttpResponse:
    shown = show_customer(desk.merchant, customer_id)
    context = {"desk": desk, "here": "cards", "customer": shown, "refused": said, "once": new_key()}
    try:
        outcome = look_at_merge(desk.merchant, customer_id, other_id)
    except SameCustomer as refusal:
        context["refused"] = refused(desk, refusal)
        return render(request, "dashboard/customer_merge.html", context, status=HTTPStatus.CONFLICT)
    context |= {
        "outcome": outcome,
        "other": show_customer(desk.merchant, other_id),
        "pairs": _show_pairs(desk.merchant, outcome),
        "taken": [program_name(terms_of(desk.merchant.id, card.version_id)) for card in outcome.taken],
        "left_out": [tag.name for tag in outcome.people.tags_left_out],
    }
    status = HTTPStatus.CONFLICT if said else HTTPStatus.OK
    return render(request, "dashboard/customer_merge_with.html", context, status=status)


def _show_pairs(merchant: Merchant, outcome: Outcome) -> list[ShownPair]:
    return [
        ShownPair(
            program_name(terms_of(merchant.id, pair.into.version_id)), pair.stamps, pair.after.stamps, pair.after.goal
        )
        for pair in outcome.pairs
    ]
