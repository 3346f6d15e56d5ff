"""A week of opening hours, and a holiday, in a line: in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stampwell.languages.formatting import format_date, name_weekday
from stampwell.merchants.holidays import Holiday
from stampwell.merchants.hours import say_span


def say_week(week: dict[str, list[list[str]]] | None) -> str:
    if not week:
        return _("Always open")
    return "; ".join(
        f"{name_weekday(int(day) - 1)} {', '.join(f'{begin}–{end}' for begin, end in spans)}"
        for day, spans in sorted(week.items())
    )


def say_holiday(holiday: Holiday) -> str:
    days = [format_date(day) for day in (holiday.first_day, holiday.last_day)]
    said = [holiday.name, days[0] if days[0] == days[1] else f"{days[0]}–{days[1]}"]
    said += [_("Every year")] if holiday.every_year else []
    hours = ", ".join(say_span(span) for span in holiday.hours) or pgettext("a shop, on a day", "Closed")
    return ", ".join(part for part in [*said, hours] if part)
