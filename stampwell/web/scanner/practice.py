"""Practising at the scanner: scenes with a customer who is not there, in the panels of real scans.

The page gets all scenes at once and asks nothing while somebody practises. Written is one thing: that it was done.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stampwell.cards.numbers import group_digits
from stampwell.cards.refusals import CoolingDown
from stampwell.clock import now
from stampwell.languages.formatting import Money, format_money, format_number
from stampwell.merchants.models import Merchant
from stampwell.merchants.training import decline_practice, note_practised
from stampwell.programs.course import why_no_stamps
from stampwell.programs.models import Program
from stampwell.programs.terms import Terms, terms_of
from stampwell.web.scanner import panels
from stampwell.web.scanner.guarding import on_shift
from stampwell.web.scanner.made_up import NUMBER, STAMPED_BEFORE, MadeUp
from stampwell.web.scanner.named_cards import Named
from stampwell.web.scanner.panels import Panel
from stampwell.web.scanner.presence import Shift

# What is to be tapped or sent on the page, as a selector.
CARD, VOUCHER, TYPED = "[data-customer=card]", "[data-customer=voucher]", "[data-typed]"
AMOUNT, UNDO, HAND_OUT, NEXT = "#amount-form", "form[data-undo]", "form[action$='/redemption']", "[data-next]"


class Shown(msgspec.Struct, frozen=True):
    """A panel as the scanner's script shows it."""

    outcome: str
    tone: str
    html: str


class Step(msgspec.Struct, frozen=True):
    """One thing to do, and the panel that comes of it; none where it closes the one that is there."""

    task: str
    does: str
    panel: Shown | None = None


class Scene(msgspec.Struct, frozen=True):
    title: str
    progress: str
    steps: list[Step]


@require_safe
@on_shift
def practise(request: HttpRequest, shift: Shift) -> HttpResponse:
    terms = _terms_to_practise(shift.merchant)
    scenes = list(play_scenes(shift, terms)) if terms else []
    context: dict[str, Any] = {
        "shift": shift,
        "scenes": scenes,
        "facts": {"scenes": msgspec.to_builtins(scenes), "number": NUMBER},
    }
    return render(request, "scanner/practice.html", context)


@require_POST
@on_shift
def finish(request: HttpRequest, shift: Shift) -> HttpResponse:
    note_practised(shift.merchant, shift.member)
    return redirect("scanner")


@require_POST
@on_shift
def decline(request: HttpRequest, shift: Shift) -> HttpResponse:
    decline_practice(shift.merchant, shift.member)
    return redirect("scanner")


def _terms_to_practise(merchant: Merchant) -> Terms | None:
    """Of the oldest program that gives stamps now, else of the oldest one."""
    at = now()
    programs = list(Program.objects.filter(merchant=merchant, archived=None).order_by("created", "id"))
    giving = [program for program in programs if why_no_stamps(merchant, program.id, at) is None]
    first = next(iter(giving or programs), None)
    return terms_of(merchant.id, first.current_version_id) if first else None


def play_scenes(shift: Shift, terms: Terms) -> Iterator[Scene]:
    """In the order of a first day."""
    made_up = MadeUp(merchant=shift.merchant, terms=terms, actor=shift.actor, at=now())
    played = [
        (_("A stamp"), _stamp(shift, made_up)),
        *([(_("Scanned again too soon"), _cooldown(shift, made_up))] if terms.cooldown_seconds else []),
        (_("A number to type"), _number(shift, made_up)),
        (_("A stamp to undo"), _undo(shift, made_up)),
        (_("A reward to hand out"), _reward(shift, made_up)),
        (_("No connection"), _offline()),
    ]
    for number, (title, steps) in enumerate(played, start=1):
        facts = {"number": format_number(number), "count": format_number(len(played))}
        yield Scene(title, _("%(number)s of %(count)s") % facts, list(steps))


def _stamp(shift: Shift, made_up: MadeUp) -> Iterator[Step]:
    yield from _earn(shift, made_up, CARD, _("A customer shows you their card. Tap it to scan it."))
    yield Step(_("The stamp is on the card. Tap “Next”."), NEXT)


def _cooldown(shift: Shift, made_up: MadeUp) -> Iterator[Step]:
    seconds = max(made_up.terms.cooldown_seconds - int(STAMPED_BEFORE.total_seconds()), 1)
    scanned = Named(entered=None, at=now())
    refused = panels.draw_refusal(shift, CoolingDown(seconds=seconds), made_up.card(stamps=1), named=scanned)
    yield Step(_("The same customer holds up the card again. Tap it."), CARD, _shown(refused))
    yield Step(_("Nothing more was counted. “Stamp anyway” is for another purchase only. Tap “Next”."), NEXT)


def _number(shift: Shift, made_up: MadeUp) -> Iterator[Step]:
    task = _("The camera cannot read the code. Type the number below it, and send it: %(number)s")
    yield from _earn(shift, made_up, TYPED, task % {"number": group_digits(NUMBER)})
    yield Step(_("The stamp is on the card. Tap “Next”."), NEXT)


def _undo(shift: Shift, made_up: MadeUp) -> Iterator[Step]:
    yield from _earn(shift, made_up, CARD, _("Now you scan the wrong card. Tap it."))
    undone = panels.show_undone(shift, made_up.undone())
    yield Step(_("It was the wrong card. Tap “Undo”: you have one minute."), UNDO, _shown(undone))
    yield Step(_("The stamp was taken back. Tap “Next”."), NEXT)


def _reward(shift: Shift, made_up: MadeUp) -> Iterator[Step]:
    scanned = Named(entered=None, at=now())
    offer = panels.show_offer(shift, made_up.scanned_voucher(), scanned)
    yield Step(_("A customer shows you a voucher. Tap it to scan it."), VOUCHER, _shown(offer))
    handed = panels.show_handed_over(shift, made_up.handed_over(), scanned)
    yield Step(_("It is not used yet. Tap “Hand out”."), HAND_OUT, _shown(handed))
    yield Step(_("Now you would give the reward to the customer. Tap “Next”."), NEXT)


def _offline() -> Iterator[Step]:
    saved = Shown("kept", "kept", render_to_string("scanner/panels/saved.html").strip())
    yield Step(_("There is no connection. Scan as always: tap the card."), CARD, saved)
    yield Step(_("The scan is saved and will count. Do not scan it again. Tap “Next”."), NEXT)


def _earn(shift: Shift, made_up: MadeUp, does: str, task: str) -> Iterator[Step]:
    """A scan that is stamped, after the amount was entered where the card collects by amount."""
    stamped = made_up.stamped()
    live: bool | None = None if does == TYPED else True
    named = Named(entered="typed" if does == TYPED else None, at=now())
    done = _shown(panels.show_stamped(shift, stamped, live=live, named=named))
    if not (made_up.terms.earning_by == "amount" or made_up.terms.minimum_spend):
        yield Step(task, does, done)
        return
    asked = panels.ask_amount(shift, made_up.card(stamped.card.stamps - 1), [], live=live, named=named)
    yield Step(task, does, _shown(asked))
    yield Step(_say_amount(made_up.terms), AMOUNT, done)


def _say_amount(terms: Terms) -> str:
    """An amount that earns the one stamp which is then shown."""
    least = max(terms.amount_per_stamp or 0, terms.minimum_spend or 0)
    amount = format_money(Money(least, terms.currency))
    return _("This card collects by amount. Enter %(amount)s, and tap “Stamp”.") % {"amount": amount}


def _shown(panel: Panel) -> Shown:
    return Shown(panel.outcome, panel.tone, panel.html)
