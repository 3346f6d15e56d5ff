"""The worker's round, once a minute: it takes the figures, and tells the operator what of them is wrong."""

from django.conf import settings

from stampwell.watch.alarm_rules import find_alarms, judged_by_worker
from stampwell.watch.alarms import update_alarms
from stampwell.watch.figures import take_figures
from stampwell.watch.letters import keep_letter


def watch_over() -> None:
    figures = take_figures()
    if settings.ALARM_TO:
        update_alarms(find_alarms(figures), judges=lambda figure: judged_by_worker(figures, figure), send=keep_letter)
