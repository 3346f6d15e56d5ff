"""Are redeem codes still enough? What a connection to the till would make better, and what it would not, in the figures
of the shop itself.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.insight.customer_figures import count_refusals, count_waiting
from stampwell.insight.redemption_figures import Redemptions, count_redemptions
from stampwell.insight.redemption_totals import Way
from stampwell.insight.spread import most_of
from stampwell.insight.till_question import DAYS, LEAST, TillAnswer, answer
from stampwell.insight.till_seconds import TillSeconds, seconds_at_till, seconds_of_scans
from stampwell.languages.formatting import format_number
from stampwell.languages.ordering import sorted_by_name
from stampwell.merchants.local_time import local_day, start_of_day
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program
from stampwell.reconciling.adding_up import AddedUp, add_up
from stampwell.reconciling.found import Found
from stampwell.reconciling.rows import JoinedReconciliation, last_compared
from stampwell.transactions import Statements, read_aside
from stampwell.vouchers.refusals import (
    VoucherAlreadyRedeemed,
    VoucherAlreadyRedeemedAt,
    VoucherExpired,
    VoucherNotReady,
    VoucherReserved,
    VoucherVoid,
    WrongLocation,
    WrongPath,
    WrongTime,
)
from stampwell.web.dashboard.desk import Desk, for_owners
from stampwell.web.dashboard.figures.customers import ShareRow, share_row, show_refusals
from stampwell.web.dashboard.figures.page import program_names
from stampwell.web.dashboard.reconciliations.counted_codes import CountedCode, counted_codes
from stampwell.web.dashboard.reconciliations.words import VERDICT_WORDS
from stampwell.web.dashboard.start.period import Days

WAYS: dict[Way, str | Promise] = {
    "redeem_code": gettext_lazy("With a code at the till"),
    "staff_scan": gettext_lazy("Scanned by staff"),
    "self_redeem": gettext_lazy("By the customer alone"),
    "desk": gettext_lazy("By hand on the dashboard"),
    "api": gettext_lazy("By connected software"),
}
OF_VOUCHERS = {
    refusal.code
    for refusal in (
        VoucherAlreadyRedeemed,
        VoucherAlreadyRedeemedAt,
        VoucherExpired,
        VoucherNotReady,
        VoucherReserved,
        VoucherVoid,
        WrongLocation,
        WrongPath,
        WrongTime,
    )
}


class Report(msgspec.Struct, frozen=True):
    """The last comparison with the till. `days` are those of the till's report; None where no row of it had a day."""

    id: str
    days: Days | None
    codes: list[CountedCode]


class ProgramRow(msgspec.Struct, frozen=True):
    """`times` are in the order of the ways that were used at all."""

    name: str
    times: list[tuple[str, int]]


class TillQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """`said` is why the answer is as it is."""

    answer: TillAnswer
    said: str
    used: int
    by_code: ShareRow
    by_staff: ShareRow
    by_customer: ShareRow
    ways: list[ShareRow]
    used_ways: list[str]
    programs: list[ProgramRow]
    report: Report | None
    compared: int
    wrong: ShareRow | None
    verdicts: list[ShareRow]
    refusals: list[ShareRow]
    waited: str
    seconds: str
    scan_seconds: str


class _Read(msgspec.Struct, frozen=True):
    redemptions: Redemptions
    waited: dict[int, int]
    refusals: dict[str, int]
    last: JoinedReconciliation | None
    added_up: AddedUp
    seconds: TillSeconds
    scan_seconds: TillSeconds


@require_safe
@for_owners
def till_question_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    last = local_day(desk.merchant, now())
    first = last - timedelta(days=DAYS - 1)
    read = read_aside(desk.merchant.id, lambda tx: _read(tx, desk.merchant, first, last))
    names = program_names(desk.merchant, list(Program.objects.filter(merchant=desk.merchant)))
    context = {
        "desk": desk,
        "here": "figures",
        "days": Days(first, last),
        "question": _question_of(read, names),
    }
    return render(request, "dashboard/till_question.html", context)


def _read(tx: Statements, merchant: Merchant, first: date, last: date) -> _Read:
    return _Read(
        redemptions=count_redemptions(tx, first, last),
        waited=count_waiting(tx, first, last),
        refusals=count_refusals(tx, first, last),
        last=last_compared(tx, since=start_of_day(merchant, first)),
        added_up=add_up(tx, since=start_of_day(merchant, first)),
        seconds=seconds_at_till(tx, since=start_of_day(merchant, first)),
        scan_seconds=seconds_of_scans(tx, since=start_of_day(merchant, first)),
    )


def _question_of(read: _Read, names: Mapping[UUID, str]) -> TillQuestion:
    ways, used = read.redemptions.ways, read.redemptions.all
    compared, wrong = read.added_up.compared, read.added_up.wrong.total()
    found = answer(used=used, by_code=ways["redeem_code"], compared=compared, wrong=wrong)
    return TillQuestion(
        answer=found,
        said=_say(found, used=used, compared=compared, wrong=wrong),
        used=used,
        by_code=share_row("", ways["redeem_code"], used),
        by_staff=share_row("", ways["staff_scan"], used),
        by_customer=share_row("", ways["self_redeem"], used),
        ways=[share_row(str(WAYS[way]), ways[way], used) for way in _used_ways(read.redemptions)],
        used_ways=[str(WAYS[way]) for way in _used_ways(read.redemptions)],
        programs=_programs_of(read.redemptions, names),
        report=_report_of(read.last),
        compared=compared,
        verdicts=[
            share_row(str(words), times, compared)
            for verdict, words in VERDICT_WORDS.items()
            if (times := read.added_up.wrong[verdict])
        ],
        wrong=share_row("", wrong, compared) if compared else None,
        refusals=show_refusals({code: times for code, times in read.refusals.items() if code in OF_VOUCHERS}),
        waited=_say_waited(read.waited),
        seconds=_say_seconds(read.seconds),
        scan_seconds=_say_scan_seconds(read.scan_seconds),
    )


def _report_of(one: JoinedReconciliation | None) -> Report | None:
    found: Found | None = one.has_found if one else None
    if one is None or found is None:
        return None
    return Report(
        id=public_id("rcn", one.id),
        days=Days(found.first_day, found.last_day) if found.first_day and found.last_day else None,
        codes=counted_codes(found),
    )


def _used_ways(redemptions: Redemptions) -> list[Way]:
    return [way for way in WAYS if redemptions.ways[way]]


def _programs_of(redemptions: Redemptions, names: Mapping[UUID, str]) -> list[ProgramRow]:
    """Nothing where there is nothing to compare."""
    rows = [
        ProgramRow(names[id], [(str(WAYS[way]), ways[way]) for way in _used_ways(redemptions)])
        for id, ways in redemptions.programs.items()
        if id is not None and id in names and any(ways.values())
    ]
    return sorted_by_name(rows, lambda row: row.name) if len(rows) > 1 else []


def _say(found: TillAnswer, *, used: int, compared: int, wrong: int) -> str:
    match found:
        case "too_few":
            said = ngettext(
                "%(count)s reward was used in these days. With %(least)s or more, the page can answer.",
                "%(count)s rewards were used in these days. With %(least)s or more, the page can answer.",
                used,
            )
            return said % {"count": format_number(used), "least": format_number(LEAST)}
        case "no_codes":
            said = ngettext(
                "%(count)s reward was used in these days, and not with a code at the till.",
                "%(count)s rewards were used in these days, none of them with a code at the till.",
                used,
            )
            return said % {"count": format_number(used)}
        case "not_compared":
            said = ngettext(
                "%(count)s code was compared with the till’s report. With %(least)s or more, the page can answer.",
                "%(count)s codes were compared with the till’s report. With %(least)s or more, the page can answer.",
                compared,
            )
            return said % {"count": format_number(compared), "least": format_number(LEAST)}
    said = ngettext(
        "%(wrong)s of %(count)s code does not match the till’s reports.",
        "%(wrong)s of %(count)s codes do not match the till’s reports.",
        compared,
    )
    return said % {"wrong": format_number(wrong), "count": format_number(compared)}


def _say_waited(waited: Mapping[int, int]) -> str:
    half, most = most_of(waited, 0.5), most_of(waited, 0.9)
    if half is None or most is None:
        return _("No reward was handed out in this time.")
    if most == 0:
        return _("Nine of ten rewards were used on the day on which they became ready.")
    if half == 0:
        said = ngettext(
            "Half of the rewards were used on the day on which they became ready, nine of ten within %(count)s day.",
            "Half of the rewards were used on the day on which they became ready, nine of ten within %(count)s days.",
            most,
        )
        return said % {"count": format_number(most)}
    said = ngettext(
        "Half of the rewards were used within %(half)s days, nine of ten within %(count)s day.",
        "Half of the rewards were used within %(half)s days, nine of ten within %(count)s days.",
        most,
    )
    return said % {"half": format_number(half), "count": format_number(most)}


def _say_seconds(told: TillSeconds) -> str:
    if told.times < LEAST or told.half is None or told.most is None:
        said = ngettext(
            "The till’s reports told the time of %(count)s code. With %(least)s or more, the page can answer.",
            "The till’s reports told the time of %(count)s codes. With %(least)s or more, the page can answer.",
            told.times,
        )
        return said % {"count": format_number(told.times), "least": format_number(LEAST)}
    said = _("Seconds until the till took the code: at most %(half)s for half of the codes, %(most)s for nine of ten.")
    return said % {"half": format_number(told.half), "most": format_number(told.most)}


def _say_scan_seconds(told: TillSeconds) -> str:
    if told.times < LEAST or told.half is None or told.most is None:
        said = ngettext(
            "Staff scanned and handed out %(count)s reward. With %(least)s or more, the page can answer.",
            "Staff scanned and handed out %(count)s rewards. With %(least)s or more, the page can answer.",
            told.times,
        )
        return said % {"count": format_number(told.times), "least": format_number(LEAST)}
    said = _(
        "Seconds from a scan until staff handed out the reward: "
        "at most %(half)s for half of the rewards, %(most)s for nine of ten."
    )
    return said % {"half": format_number(told.half), "most": format_number(told.most)}
