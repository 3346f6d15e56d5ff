"""The last acts at this phone, each with its undo: for a minute by whoever works here, then by a manager, with why."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stampwell.cards.refusals import ReasonMissing
from stampwell.cards.rows import read_stamp
from stampwell.cards.undoing import SCANNER_UNDO, undo_stamp
from stampwell.clock import new_id, now
from stampwell.counter.handing_over import give_back
from stampwell.customers.short_names import shorten_name
from stampwell.ids import wanted_id
from stampwell.journal.device_acts import acts_at_device
from stampwell.journal.history import Line, lines_of
from stampwell.journal.whose_cards import CardLabel, label_cards
from stampwell.languages.explaining import explain
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.merchants.local_time import local_day, start_of_day
from stampwell.merchants.managers import MANAGERS
from stampwell.merchants.shifts import SHIFT_LASTS
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import merchant_reads, merchant_transaction
from stampwell.vouchers.rows import read_redemption
from stampwell.web.refusals import status_of
from stampwell.web.scanner.acts import say_mistake
from stampwell.web.scanner.guarding import on_shift
from stampwell.web.scanner.once import made_once
from stampwell.web.scanner.presence import Shift

LONGEST_REASON = 300


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list. `name` is the customer's, shortened; `undo` is by one tap, `undo_later` asks for a reason."""

    line: Line
    name: str
    number: str
    undo: bool
    undo_later: bool


@require_safe
@on_shift
def show(request: HttpRequest, shift: Shift) -> HttpResponse:
    return _list(request, shift)


@require_POST
@on_shift
def undo(request: HttpRequest, shift: Shift, stamp_id: str) -> HttpResponse:
    def act() -> str:
        known_id = wanted_id("stp", stamp_id)
        with merchant_reads(shift.merchant.id) as tx:
            stamp = read_stamp(tx, known_id)
        reason = _reason(request, shift, stamp.station_id, stamp.at)
        within = None if _manages(shift) else SCANNER_UNDO
        undo_stamp(shift.merchant, known_id, reason=reason, actor=shift.actor, within=within)
        return _("The stamp has been undone.")

    return _take_back(request, shift, act)


@require_POST
@on_shift
def take_back(request: HttpRequest, shift: Shift, redemption_id: str) -> HttpResponse:
    def act() -> str:
        known_id = wanted_id("rdm", redemption_id)
        with merchant_reads(shift.merchant.id) as tx:
            redemption = read_redemption(tx, known_id)
        reason = _reason(request, shift, redemption.station_id, redemption.at)
        within = None if _manages(shift) else SCANNER_UNDO
        give_back(shift.merchant, known_id, reason=reason, actor=shift.actor, within=within)
        return _("The voucher is restored. The customer can use it again.")

    return _take_back(request, shift, act)


def _take_back(request: HttpRequest, shift: Shift, act: Callable[[], str]) -> HttpResponse:
    try:
        said = made_once(request, shift, "today", act, request.path, request.POST.get("reason", ""))
    except Refusal as refusal:
        return _list(request, shift, refusal)
    messages.success(request, said)
    return redirect("scanner_today")


def _reason(request: HttpRequest, shift: Shift, station_id: UUID | None, at: datetime) -> str:
    """Whoever may do it says why, but within the minute in which it was a slip of the finger.

    Refuses: NotFound for what this phone's list does not show, ReasonMissing.
    """
    if station_id != shift.counter.station.id or at < _since(shift):
        raise NotFound
    if now() - at <= SCANNER_UNDO or not _manages(shift):
        return say_mistake(shift)
    if reason := clean_text(request.POST.get("reason", "")[:LONGEST_GIVEN])[:LONGEST_REASON].strip():
        return reason
    raise ReasonMissing


def _list(request: HttpRequest, shift: Shift, refusal: Refusal | None = None) -> HttpResponse:
    """Cashiers see what they did themselves, managers what anybody did at this phone."""
    manages, merchant = _manages(shift), shift.merchant
    restores = manages or not merchant.restoring_needs_manager
    with merchant_transaction(merchant.id) as tx:
        rows = acts_at_device(
            tx, shift.counter.station.id, member_id=None if manages else shift.member.id, since=_since(shift)
        )
        lines = lines_of(tx, merchant, rows)
        cards = label_cards(tx, [row.card_id for row in rows if row.card_id])
    context = {
        "shift": shift,
        "acts": [_act(line, cards, manages=manages, restores=restores) for line in lines],
        "manages": manages,
        "restores": restores,
        "said": explain(refusal, shift.counter.zone, at=now()) if refusal else None,
        "tried": request.path if refusal else "",
        "key": new_id().hex,
    }
    return render(request, "scanner/today.html", context, status=status_of(refusal) if refusal else 200)


def _act(line: Line, cards: dict[str, CardLabel], *, manages: bool, restores: bool) -> Act:
    card = cards.get(line.card_id or "")
    can_be = bool(line.stamp_id or (line.redemption_id and restores))
    is_fresh = now() - line.at <= SCANNER_UNDO
    return Act(
        line=line,
        name=shorten_name(card.name) if card else "",
        number=card.number if card else "",
        undo=can_be and is_fresh,
        undo_later=can_be and not is_fresh and manages,
    )


def _manages(shift: Shift) -> bool:
    return shift.member.role in MANAGERS


def _since(shift: Shift) -> datetime:
    """The beginning of the day; of a night's work the beginning of the shift that may have begun the day before."""
    place = shift.counter.location
    return min(start_of_day(place, local_day(place, now())), now() - SHIFT_LASTS)
