"""Scans to decide: each with the reason why it waits, and one click for yes or no; all of a kind at once, too."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from stampwell.clock import now
from stampwell.ids import public_id, wanted_id
from stampwell.journal.whose_cards import CardLabel, label_cards
from stampwell.languages.formatting import format_number
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import text_in
from stampwell.merchants.models import Station
from stampwell.merchants.names import names_of
from stampwell.offline import deciding
from stampwell.offline.clearing import KEPT
from stampwell.offline.deciding import (
    AtOnce,
    Kind,
    KindOfScan,
    decide,
    decide_all,
    kinds_to_decide,
    scans_to_decide,
)
from stampwell.offline.handing_out import rewards_said
from stampwell.offline.rows import KeptScanRow
from stampwell.offline.telling import Decision
from stampwell.offline.words import say_why, title_of
from stampwell.programs.low_cost import NamedReward
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import merchant_reads
from stampwell.web.dashboard.desk import Desk, for_managers

MOST_SHOWN = 50  # of each kind
_DECISIONS = ("count", "leave")


@dataclass(frozen=True)
class ToDecide:
    id: str
    card_id: str
    card: CardLabel | None
    at: datetime
    by: list[str]
    clock_believed: bool
    reward: str


@dataclass(frozen=True)
class KindToDecide:
    """`count` is how many there are of it; of very many the oldest are shown. `at_once` is how many of them one click
    decides. Those that are `rewards` were handed out; of others cards were scanned.
    """

    reason: str
    rewards: bool
    title: str
    why: str
    count: int
    at_once: int
    scans: list[ToDecide]


@require_safe
@for_managers
def list_scans(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All of them, or those of a device. Refuses: NotFound."""
    device = _device(desk, request.GET.get("device", ""))
    sender_id = device.id if device else None
    scans = scans_to_decide(desk.merchant.id, most=MOST_SHOWN, sender_id=sender_id)
    with merchant_reads(desk.merchant.id) as tx:
        ids = (id for scan in scans for id in (scan.staff_member_id, scan.sender_id, scan.location_id))
        names = names_of(tx, ids)
        cards = label_cards(tx, [scan.card_id for scan in scans if scan.card_id])
    rewards = rewards_said(desk.merchant.id, scans)
    kinds = [
        KindToDecide(
            kind.reason,
            kind.rewards,
            title_of(kind.reason),
            say_why(kind.reason),
            kind.count,
            min(kind.count, deciding.MOST_AT_ONCE),
            [_show(scan, names, cards, rewards.get(scan.id)) for scan in scans if _is_of(kind, scan)],
        )
        for kind in kinds_to_decide(desk.merchant.id, sender_id=sender_id)
    ]
    away = _turned_away(desk, device)
    context = {"desk": desk, "here": "team", "kinds": kinds, "device": device, "turned_away": away}
    if device:
        context["device_id"] = public_id("stn", device.id)
    return render(request, "dashboard/scans.html", context)


@require_POST
@for_managers
def decide_scan(request: HttpRequest, desk: Desk, kept: str) -> HttpResponse:
    """Twice, or by two people at once: the first decision stands, and the second is told so."""
    scan_id, decision = wanted_id("ksc", kept), _decision(request)
    try:
        done = decide(desk.merchant, scan_id, decision, actor=desk.actor())
    except NotFound:
        raise
    except Refusal as refusal:
        said = desk.explain(refusal)
        messages.error(request, f"{said.staff_message} {said.what_to_do}")
        return _back(request)
    if done.again:
        messages.info(request, _("This scan was already decided."))
    elif done.scan.voucher_id:
        messages.success(request, _say_of_reward(done.scan))
    elif decision == "count":
        messages.success(request, _("The scan counts, and the card has its stamps."))
    else:
        messages.success(request, _("The scan does not count."))
    return _back(request)


@require_POST
@for_managers
def decide_scans(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All that wait for one reason."""
    decision = _decision(request)
    reason = request.POST.get("reason", "").replace("\0", "")[:60]
    kind = KindOfScan(reason, rewards="rewards" in request.POST)
    done = decide_all(desk.merchant, kind, decision, actor=desk.actor())
    _tell(request, desk, done)
    return redirect("kept_scans")


def _device(desk: Desk, id: str) -> Station | None:
    """None where all are wanted. Also one that was switched off. Refuses: NotFound."""
    if not id:
        return None
    found = Station.objects.filter(merchant=desk.merchant, id=wanted_id("stn", id)).first()
    if found is None:
        raise NotFound
    return found


def _turned_away(desk: Desk, device: Station | None) -> list[Station]:
    """Devices that were switched off and sent scans that nobody can decide, as long as a settled one is kept."""
    rows = Station.objects.filter(merchant=desk.merchant, revoked__isnull=False, turned_away_at__gt=now() - KEPT)
    of_it = rows.filter(id=device.id) if device else rows
    return list(of_it.order_by("-turned_away_at", "-id")[:MOST_SHOWN])


def _back(request: HttpRequest) -> HttpResponse:
    """To the list from which the scan was decided."""
    answer = redirect("kept_scans")
    if device := request.POST.get("device", ""):
        answer["Location"] += "?" + urlencode({"device": device[:60]})
    return answer


def _say_of_reward(scan: KeptScanRow) -> str:
    if scan.state != "counted":
        return _("The reward does not count as handed out.")
    if scan.redemption_id:
        return _("The reward counts as handed out, and the voucher is used.")
    return _("The reward counts as handed out without a voucher.")


def _is_of(kind: Kind, scan: KeptScanRow) -> bool:
    return (scan.reason, scan.voucher_id is not None) == (kind.reason, kind.rewards)


def _tell(request: HttpRequest, desk: Desk, done: AtOnce) -> None:
    text = ngettext("%(count)s scan was decided.", "%(count)s scans were decided.", done.done)
    messages.success(request, text % {"count": format_number(done.done)})
    if done.refusals:
        said = desk.explain(done.refusals[0])
        messages.error(request, f"{said.staff_message} {said.what_to_do}")


def _decision(request: HttpRequest) -> Decision:
    """Refuses: NotFound for a form that no page of ours has."""
    given = request.POST.get("decision", "")
    if given not in _DECISIONS:
        raise NotFound
    return cast(Decision, given)


def _show(
    scan: KeptScanRow, names: dict[UUID, str], cards: dict[str, CardLabel], reward: NamedReward | None
) -> ToDecide:
    card_id = public_id("crd", scan.card_id) if scan.card_id else ""
    by = [names.get(id, "") for id in (scan.staff_member_id, scan.sender_id, scan.location_id) if id]
    return ToDecide(
        id=public_id("ksc", scan.id),
        card_id=card_id,
        card=cards.get(card_id),
        at=scan.happened_at,
        by=[name for name in by if name],
        clock_believed=scan.clock_believed,
        reward=text_in(reward.reward.name, active_locale(), reward.terms.locale) if reward else "",
    )
