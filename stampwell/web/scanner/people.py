"""Who is working: choose your name, enter your PIN, lock when you leave."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from stampwell.ids import private_id, public_id
from stampwell.languages.explaining import explain
from stampwell.languages.ordering import sorted_by_name
from stampwell.merchants.models import StaffMember
from stampwell.merchants.pins import WrongPin, set_first_pin, sign_in_with_pin, who_sets_first_pin
from stampwell.refusal import NotFound
from stampwell.requests.limits import TooManyAttempts
from stampwell.web.refusals import STATUS
from stampwell.web.scanner.first_pin import FirstPinForm
from stampwell.web.scanner.guarding import at_counter
from stampwell.web.scanner.presence import Shift, begin_shift, end_shift
from stampwell.web.seen import note_refusal
from stampwell.web.stations.presence import Counter
from stampwell.web.typed_fields import ask_again


@at_counter
def choose(request: HttpRequest, counter: Counter) -> HttpResponse:
    if owner := who_sets_first_pin(counter.merchant, counter.station):
        return _ask_first_pin(request, counter, FirstPinForm(initial={"name": _own_name(owner)}))
    people = [(public_id("stf", member.id), member.name) for member in people_at(counter)]
    return render(request, "scanner/people.html", {"counter": counter, "people": people})


@require_POST
@at_counter
def begin(request: HttpRequest, counter: Counter) -> HttpResponse:
    """The owner's own phone, a moment after it was enrolled: name and PIN, and the first shift begins."""
    form = FirstPinForm(request.POST)
    if not form.is_valid():
        ask_again(form)
        return _ask_first_pin(request, counter, form)
    given = form.cleaned_data
    owner = set_first_pin(counter.merchant, counter.station, name=given["name"], pin=given["pin"])
    response = redirect("scanner")
    begin_shift(response, Shift(counter, owner))
    return response


def _ask_first_pin(request: HttpRequest, counter: Counter, form: FirstPinForm) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "scanner/first_pin.html", {"counter": counter, "form": form}, status=status)


def _own_name(owner: StaffMember) -> str:
    """Not what was made of the address when the shop was opened: nobody is called that."""
    address = owner.user.email if owner.user else ""
    return "" if owner.name.casefold() == address.partition("@")[0].casefold() else owner.name


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def sign_in(request: HttpRequest, counter: Counter, member_id: str) -> HttpResponse:
    member = find_member(counter, member_id)
    if request.method != "POST":
        return _ask_pin(request, counter, member)
    try:
        pin = request.POST.get("pin", "")
        signed_in = sign_in_with_pin(counter.merchant, counter.station, member.id, pin[:20])
    except (WrongPin, TooManyAttempts) as refusal:
        note_refusal(refusal)
        said = explain(refusal, counter.zone)
        response = _ask_pin(request, counter, member, said=said)
        response.status_code = STATUS[refusal.kind]
        return response
    response = redirect("scanner")
    begin_shift(response, Shift(counter, signed_in))
    return response


@require_POST
@at_counter
def lock(request: HttpRequest, counter: Counter) -> HttpResponse:
    response = redirect("scanner_people")
    end_shift(response, counter)
    return response


def _ask_pin(request: HttpRequest, counter: Counter, member: StaffMember, **context: object) -> HttpResponse:
    return render(request, "scanner/pin.html", {"counter": counter, "member": member, **context})


def people_at(counter: Counter) -> list[StaffMember]:
    """Who may sign in here, by name."""
    working = StaffMember.objects.filter(merchant=counter.merchant, left__isnull=True).exclude(pin_hash="")
    return sorted_by_name(working.order_by("id"), lambda member: member.name)


def find_member(counter: Counter, member_id: str) -> StaffMember:
    known_id = private_id("stf", member_id)
    member = next((member for member in people_at(counter) if member.id == known_id), None)
    if member is None:
        raise NotFound
    return member
