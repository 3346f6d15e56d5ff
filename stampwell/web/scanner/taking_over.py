"""A colleague goes on at the phone as it lies there: another PIN, another shift, and what is open stays open."""

from typing import Literal

import msgspec
from django.http import HttpRequest, HttpResponse

from stampwell.languages.explaining import explain
from stampwell.merchants.closing import ShopClosed, refuse_if_closed, while_open
from stampwell.merchants.models import StaffMember, Station
from stampwell.merchants.pins import WrongPin, sign_in_with_pin
from stampwell.requests.limits import TooManyAttempts
from stampwell.web.scanner.offline_facts import OfflineFacts, facts_for
from stampwell.web.scanner.people import find_member
from stampwell.web.scanner.presence import Shift, begin_shift
from stampwell.web.seen import note_refusal
from stampwell.web.stations.guarding import act_of
from stampwell.web.stations.presence import Counter


class TakenOver(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`facts` are those of the new shift; `title` and `what_to_do` say why there is none."""

    outcome: Literal["taken_over", "refused"]
    name: str = ""
    facts: OfflineFacts | None = None
    title: str = ""
    what_to_do: str = ""


@act_of(Station.Kind.SCANNER)
def take_over(request: HttpRequest, counter: Counter, member_id: str) -> HttpResponse:
    """Ends the shift that there is and begins that of whoever knows this person's PIN. Answered like an act: a wrong
    PIN is an answer, and the page stays.
    """
    member = find_member(counter, member_id)
    try:
        refuse_if_closed(counter.merchant)
        with while_open():
            signed_in = sign_in_with_pin(counter.merchant, counter.station, member.id, request.POST.get("pin", "")[:20])
            return _begin(counter, signed_in)
    except (WrongPin, TooManyAttempts, ShopClosed) as refusal:
        note_refusal(refusal)
        said = explain(refusal, counter.zone)
        return _answer(TakenOver(outcome="refused", title=said.title, what_to_do=said.what_to_do))


def _begin(counter: Counter, member: StaffMember) -> HttpResponse:
    shift = Shift(counter, member)
    answer = _answer(TakenOver(outcome="taken_over"))
    begin_shift(answer, shift)
    counter.station.refresh_from_db(fields=["shift_began", "shift_number", "shift_member_id"])
    answer.content = msgspec.json.encode(TakenOver(outcome="taken_over", name=member.name, facts=facts_for(shift)))
    return answer


def _answer(told: TakenOver) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(told), content_type="application/json")
