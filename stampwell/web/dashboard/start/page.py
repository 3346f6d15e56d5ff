"""The desk's first page: how it goes, what happened, and what to do next."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from stampwell.clock import now
from stampwell.counter.own_code_guesses import codes_closed_until
from stampwell.journal.history import latest_of_merchant
from stampwell.languages.formatting import name_weekday
from stampwell.languages.offered import active_locale
from stampwell.languages.period_names import name_hours, name_weekday_in_chart
from stampwell.merchants.local_time import local_day
from stampwell.offline.deciding import how_many_to_decide
from stampwell.programs.models import Program
from stampwell.web.dashboard.desk import Desk
from stampwell.web.dashboard.number_cells import Cell, number_cells
from stampwell.web.dashboard.start.codes_to_change import codes_to_change
from stampwell.web.dashboard.start.ending_rewards import ending_rewards
from stampwell.web.dashboard.start.figures import Figures, figures_of
from stampwell.web.dashboard.start.hands import tables_of
from stampwell.web.dashboard.start.next_steps import next_steps
from stampwell.web.dashboard.start.period import LENGTHS, Length, NoSuchPeriod, Period, period_on, read_period
from stampwell.web.dashboard.start.till_notice import till_notice


def show_start(request: HttpRequest, desk: Desk) -> HttpResponse:
    today = local_day(desk.merchant, now())
    try:
        period, error = read_period(request.GET.dict(), today), ""
    except NoSuchPeriod as refused:
        period, error = period_on("week", today, today), str(refused)
    figures = figures_of(desk.merchant, period)
    programs = list(Program.objects.filter(merchant=desk.merchant).order_by("created"))
    context = {
        "desk": desk,
        "here": "start",
        "error": error,
        "figures": figures,
        "tabs": [(name_length(one), same_end(period, one)) for one in LENGTHS],
        "tables": tables_of(desk, figures.hands, figures.names, programs, period),
        "weekdays": [name_weekday_in_chart(day) for day in range(7)],
        "hours": _hours(figures),
        "happened": latest_of_merchant(desk.merchant),
        "steps": next_steps(desk.merchant, programs),
        "to_decide": how_many_to_decide(desk.merchant.id) if desk.manages else 0,
        "codes_closed_until": codes_closed_until(desk.merchant),
        "till_notice": till_notice(desk.merchant) if desk.owns else None,
        "codes_to_change": codes_to_change(desk.merchant) if desk.manages else [],
        "ending_rewards": ending_rewards(desk.merchant, programs, active_locale()),
    }
    return render(request, "dashboard/start.html", context, status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK)


def name_length(length: Length) -> str:
    match length:
        case "day":
            return pgettext("length of a period", "Day")
        case "week":
            return pgettext("length of a period", "Week")
        case "month":
            return pgettext("length of a period", "Month")
        case "year":
            return pgettext("length of a period", "Year")


def same_end(period: Period, length: Length) -> Period:
    """As long as asked, with the last day of this one."""
    return period_on(length, period.so_far.last, period.today)


def _hours(figures: Figures) -> list[tuple[int, str, SafeString]]:
    """The rows of the table: each hour in which there was something, its name, and the cells of its weekdays."""
    weekdays, days = [name_weekday(day) for day in range(7)], figures.period.in_journal
    return [
        (
            hour,
            name_hours(hour),
            number_cells(
                Cell(name, figures.visits.get((day, hour), 0), f"kind=stamps&weekday={day}&hour={hour}{days}")
                for day, name in enumerate(weekdays)
            ),
        )
        for hour in sorted({hour for _weekday, hour in figures.visits})
    ]
