"""What looks odd: a month, each person with what differs clearly from the others, and one click for "it is fine".

Owners see everybody; managers see neither themselves nor an owner.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stampwell.clock import now
from stampwell.ids import public_id, wanted_id
from stampwell.insight.odd_months import months_later, read_odd_month
from stampwell.insight.oddities import OF_REWARDS, Done, Oddity
from stampwell.insight.oddity_words import TITLES, say_found, say_usual, share_of, usual_share_of
from stampwell.insight.seen_oddities import is_fine, note_seen, read_seen
from stampwell.journal.wanted import FIRST_DAY
from stampwell.journal.whose_cards import CardLabel, label_cards
from stampwell.languages.ordering import sorted_by_name
from stampwell.languages.period_names import name_month
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import StaffMember
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_reads
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.figures.share_bar import draw_share

OWNER = StaffMember.Role.OWNER


class OddLine(msgspec.Struct, frozen=True, kw_only=True):
    """`share` is "" where a share says nothing. `query` is what the journal is asked for."""

    reason: str
    title: str
    found: str
    usual: str
    share: str
    usual_share: str
    bar: SafeString
    usual_bar: SafeString
    query: str
    card_id: str
    card: CardLabel | None


class OddPerson(msgspec.Struct, frozen=True):
    id: str
    name: str
    lines: list[OddLine]


class Worked(msgspec.Struct, frozen=True):
    name: str
    days: int
    times: int
    stamps: int
    rewards: int
    undone: int


@require_safe
@for_managers
def oddities_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    this_month = local_day(desk.merchant, now()).replace(day=1)
    month = _read_month(request.GET.get("month", ""), latest=this_month)
    people = _people_seen_by(desk)
    found = read_odd_month(desk.merchant, month)
    odd = [one for one in found.odd if one.person in people]
    with merchant_reads(desk.merchant.id) as tx:
        cards = label_cards(tx, [one.card for one in odd if one.card])
        seen = read_seen(tx)
    told = [one for one in odd if not is_fine(one, seen)]
    context = {
        "desk": desk,
        "here": "team",
        "month": _tab(month),
        "before": _tab(months_later(month, -1)),
        "after": _tab(months_later(month, 1)) if month < this_month else None,
        "people": _group(told, people, month, cards),
        "fine": _group([one for one in odd if is_fine(one, seen)], people, month, cards),
        "worked": _worked(found.done, people),
    }
    return render(request, "dashboard/oddities.html", context)


@require_POST
@for_managers
def oddity_seen(request: HttpRequest, desk: Desk, person: str) -> HttpResponse:
    """ "Looked at, it is fine": the figures are those that the page would show now, not those that were sent."""
    name = _people_seen_by(desk).get(member_id := wanted_id("stf", person))
    if name is None:
        raise NotFound
    month = _read_month(request.POST.get("month", ""), latest=local_day(desk.merchant, now()).replace(day=1))
    reason, card = request.POST.get("reason", ""), request.POST.get("card", "")
    card_id = wanted_id("crd", card) if card else None
    odd = next(
        (
            one
            for one in read_odd_month(desk.merchant, month).odd
            if (one.person, one.reason, one.card) == (member_id, reason, card_id)
        ),
        None,
    )
    if odd is None:
        messages.info(request, _("This has changed in the meantime. Nothing was saved."))
    else:
        note_seen(desk.merchant, odd, name=name, actor=desk.actor())
        messages.success(request, _("Saved. It is shown again only if the figure grows clearly."))
    return redirect(f"{reverse('oddities')}?month={month:%Y-%m}")


def _people_seen_by(desk: Desk) -> dict[UUID, str]:
    """Also those who have left: what they did stays."""
    people = StaffMember.objects.filter(merchant=desk.merchant)
    if not desk.owns:
        people = people.exclude(id=desk.member.id).exclude(role=OWNER)
    return dict(people.values_list("id", "name"))


def _read_month(text: str, *, latest: date) -> date:
    """What is no month, or one that nobody has seen yet, is the present one."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return latest
    return month if FIRST_DAY <= month <= latest else latest


def _tab(month: date) -> tuple[str, str]:
    return f"{month:%Y-%m}", name_month(month)


def _group(
    odd: Iterable[Oddity],
    people: Mapping[UUID, str],
    month: date,
    cards: Mapping[str, CardLabel],
) -> list[OddPerson]:
    """In the order in which they come: the oddest first."""
    lines: dict[UUID, list[OddLine]] = {}
    for one in odd:
        lines.setdefault(one.person, []).append(_line(one, month, cards))
    return [OddPerson(public_id("stf", id), people[id], found) for id, found in lines.items()]


def _line(odd: Oddity, month: date, cards: Mapping[str, CardLabel]) -> OddLine:
    card_id = public_id("crd", odd.card) if odd.card else ""
    has_share = odd.reason != "same_card"
    whole = odd.of if has_share else odd.found
    last = months_later(month, 1).toordinal() - 1
    return OddLine(
        reason=odd.reason,
        title=str(TITLES[odd.reason]),
        found=say_found(odd),
        usual=say_usual(odd),
        share=share_of(odd) if has_share else "",
        usual_share=usual_share_of(odd) if has_share else "",
        bar=draw_share(odd.found, whole),
        usual_bar=draw_share(round(odd.usual), whole),
        query=f"kind={'handed_out' if odd.reason in OF_REWARDS else 'stamps'}"
        f"&person={public_id('stf', odd.person)}&from={month.isoformat()}&to={date.fromordinal(last).isoformat()}",
        card_id=card_id,
        card=cards.get(card_id),
    )


def _worked(done: Iterable[Done], people: Mapping[UUID, str]) -> list[Worked]:
    """What everybody did at all places together; a day at two places is one at each."""
    found: dict[UUID, list[Done]] = {}
    for one in done:
        if one.person in people:
            found.setdefault(one.person, []).append(one)
    rows = [
        Worked(people[id], *(sum(getattr(one, name) for one in places) for name in Worked.__struct_fields__[1:]))
        for id, places in found.items()
    ]
    return sorted_by_name(rows, lambda row: row.name)
