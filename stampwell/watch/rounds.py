"""The worker's round, once a minute: it takes the figures, and tells the operator what of them is wrong."""

from django.conf import settings

from stampwell.watch.alarms import settle
from stampwell.watch.figures import take_figures
from stampwell.watch.letters import keep_letter
from stampwell.watch.troubles import find_troubles, judged_by_worker


def watch_over() -> None:
    figures = take_figures()
    if settings.ALARM_TO:
        settle(find_troubles(figures), judges=lambda name: judged_by_worker(figures, name), send=keep_letter)
