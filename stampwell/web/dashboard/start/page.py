"""The desk's first page: what happened this week, and what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stampwell.languages.formatting import format_chart_day, format_number
from stampwell.languages.offered import active_locale
from stampwell.web.dashboard.desk import Desk
from stampwell.web.dashboard.journal.history import latest_of_merchant
from stampwell.web.dashboard.start.bar_chart import Bar, draw_bars
from stampwell.web.dashboard.start.ending_rewards import ending_rewards
from stampwell.web.dashboard.start.next_steps import next_steps
from stampwell.web.dashboard.start.week_figures import Week, count_week


def show_start(request: HttpRequest, desk: Desk) -> HttpResponse:
    week = count_week(desk.merchant)
    context = {
        "desk": desk,
        "here": "start",
        "week": week,
        "chart": _draw_week(week),
        "happened": latest_of_merchant(desk.merchant),
        "steps": next_steps(desk.merchant),
        "ending_rewards": ending_rewards(desk.merchant, active_locale()),
    }
    return render(request, "dashboard/start.html", context)


def _draw_week(week: Week) -> str:
    return draw_bars([Bar(format_chart_day(day.day), format_number(day.stamps), day.stamps) for day in week.days])
