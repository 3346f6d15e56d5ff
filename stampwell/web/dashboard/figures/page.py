"""The page of figures: how customers come and go, in a period and for a program that the reader chooses."""

from http import HTTPStatus
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stampwell.clock import now
from stampwell.ids import private_id, public_id
from stampwell.languages.offered import active_locale
from stampwell.languages.ordering import sorted_by_name
from stampwell.languages.texts import text_in
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.programs.course import is_over
from stampwell.programs.models import Program
from stampwell.programs.terms import terms_of_many
from stampwell.web.dashboard.desk import Desk, for_everyone
from stampwell.web.dashboard.figures.customers import customer_figures_of, name_weeks
from stampwell.web.dashboard.figures.money import money_figures_of
from stampwell.web.dashboard.figures.refusing import refusing_tables
from stampwell.web.dashboard.start.page import name_length, same_end
from stampwell.web.dashboard.start.period import LENGTHS, NoSuchPeriod, period_on, read_period


class Choice(msgspec.Struct, frozen=True):
    """`value` is how the address says it; "" is all programs."""

    value: str
    name: str
    is_chosen: bool


@require_safe
@for_everyone
def figures_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    today = local_day(desk.merchant, now())
    errors: list[str] = []
    try:
        period = read_period(request.GET.dict(), today)
    except NoSuchPeriod as refused:
        period = period_on("week", today, today)
        errors.append(str(refused))
    programs = list(Program.objects.filter(merchant=desk.merchant))
    names = program_names(desk.merchant, programs)
    asked = request.GET.get("program", "")
    program = private_id("prg", asked) if asked else None
    if asked and program not in names:
        program = None
        errors.append(_("There is no such program. These are the figures of all programs."))
    chosen = public_id("prg", program) if program else ""
    days = period.so_far
    open = {one.id for one in programs if not is_over(one, now())}
    context = {
        "desk": desk,
        "here": "figures",
        "errors": errors,
        "period": period,
        "figures": customer_figures_of(desk.merchant, period, program),
        "refused": refusing_tables(desk, days.first, days.last, program),
        "money": money_figures_of(desk.merchant, days.first, days.last, program=program, names=names, open=open)
        if desk.manages
        else None,
        "tabs": [(name_length(one), same_end(period, one)) for one in LENGTHS],
        "programs": _choices(names, program),
        "weeks": name_weeks(),
        "more": f"&program={chosen}" if chosen else "",
    }
    status = HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK
    return render(request, "dashboard/figures.html", context, status=status)


def program_names(merchant: Merchant, found: list[Program]) -> dict[UUID, str]:
    terms = terms_of_many(merchant.id, frozenset(program.current_version_id for program in found))
    return {
        program.id: text_in(offered.name, active_locale(), offered.locale)
        for program in found
        if (offered := terms.get(program.current_version_id))
    }


def _choices(names: dict[UUID, str], program: UUID | None) -> list[Choice]:
    """Nothing where there is nothing to choose between."""
    if len(names) < 2:
        return []
    choices = [Choice(public_id("prg", id), name, id == program) for id, name in names.items()]
    everything = Choice("", _("All programs"), program is None)
    return [everything, *sorted_by_name(choices, lambda choice: choice.name)]
