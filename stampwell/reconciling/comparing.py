"""A report held against what was shown: reads its file and asks the database, and decides nothing by itself.

What was shown and what could be shown is as it was when the comparison was asked for, so a job that was cut off finds
the same again, unless a location got another name or a time zone meanwhile, or a list another code for when none is
left.
"""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from stampwell.jobs.run import Run
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Location, Merchant
from stampwell.reconciling.choice import Choice
from stampwell.reconciling.giving import most_off_by_reward
from stampwell.reconciling.known import Known
from stampwell.reconciling.known_codes import (
    Span,
    add_codes_of_pools,
    add_single_codes,
    as_shown,
    find_codes_of_many,
    shown_in,
    shown_of_vouchers,
)
from stampwell.reconciling.matching import Finding, match
from stampwell.reconciling.reading import Report, read_report
from stampwell.reconciling.rows import ReconciliationRow
from stampwell.reconciling.scope import Scope
from stampwell.reconciling.shown import Shown, Use
from stampwell.reconciling.taken_off import judge_amounts
from stampwell.reconciling.till_reports import shape_named
from stampwell.reconciling.uses import Places, uses_of
from stampwell.sheets.files import unchanged_file
from stampwell.sheets.headings import folded

AROUND = timedelta(days=2)  # what was shown before and after the report may explain what it tells


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """`not_told` were shown in the days of the report, which names no code of theirs. `leaked` are the ids of codes of
    pools that it names though nobody had been shown them, and the last day of each; the latest of all where it tells
    none. `many` are the keys of the codes that many are shown.
    """

    report: Report
    uses: list[Use]
    findings: list[Finding]
    scope: Scope
    not_told: int
    leaked: dict[UUID, date]
    many: frozenset[str]


def compare(run: Run, merchant: Merchant, wanted: ReconciliationRow) -> Compared:
    """Refuses: SheetGone, ReportTooLong, ReportUnclear."""
    assert wanted.asked is not None, "it was asked for before there was a job"
    choice, shape = wanted.chosen, shape_named(wanted.shape)
    file = unchanged_file(merchant.id, wanted.id, wanted.digest)
    places = places_of(merchant, choice)
    today = local_day(merchant, wanted.asked)
    report = read_report(file, choice, shape, currency=merchant.currency, today=today)
    uses = uses_of(report.lines, choice, places, shape)
    scope = _scope_of(uses, choice, places, today=today)
    span = _span_of(wanted.id, scope, uses, wanted.asked)
    with run.step() as tx:
        known = find_codes_of_many(tx, span, most_off_by_reward(tx, merchant.currency))
    uses = [known.recognised(use, _moment_of(use)) for use in uses]
    strange = {use.code for use in uses if use.key not in known.codes}
    with run.step() as tx:
        add_single_codes(tx, known, span, strange)
    with run.step() as tx:
        add_codes_of_pools(tx, known, span)
    shown = _shown(run, known, places, choice, span)
    told = {known.codes[use.key].source for use in uses if use.key in known.codes}
    findings = match(
        uses,
        known.codes,
        shown,
        scope=scope,
        tolerance=timedelta(minutes=choice.tolerance),
    )
    findings = judge_amounts(findings, shown)
    not_told = sum(scope.covers(one, code) for one in shown if (code := known.codes[one.key]).source not in told)
    leaked: dict[str, date] = {}
    for one in findings:
        if one.verdict == "leaked" and one.use:
            leaked[one.use.key] = max(leaked.get(one.use.key, date.min), one.use.day or date.max)
    return Compared(
        report=report,
        uses=uses,
        findings=findings,
        scope=scope,
        not_told=not_told,
        leaked={id: leaked[key] for key, id in known.pooled.items() if key in leaked},
        many=frozenset(key for key, code in known.codes.items() if code.kind == "many"),
    )


def _moment_of(use: Use) -> datetime:
    """Where the till tells no time, the noon of its day: a code turns at midnight. Without a day as late as can be."""
    return use.at or datetime.combine(use.day or date.max, time(12), UTC)


def places_of(merchant: Merchant, choice: Choice) -> Places:
    """A place that nobody has said anything of is ours if it is called like one of our locations."""
    locations = list(Location.objects.filter(merchant=merchant))
    by_name: dict[str, UUID | None] = {folded(location.name): location.id for location in locations}
    return Places(
        by_name=by_name | choice.places,
        zones={location.id: ZoneInfo(location.time_zone) for location in locations},
        own_zone=ZoneInfo(merchant.time_zone),
        everywhere=choice.location_id,
    )


def _scope_of(uses: list[Use], choice: Choice, places: Places, *, today: date) -> Scope:
    """The days that were said, else the first and the last of the report. Of places those that it names, unless it
    names none, or one that is none of ours: that may be any.
    """
    days = [use.day for use in uses if use.day]
    first = choice.first_day or min(days, default=today)
    last = choice.last_day or max(days, default=today)
    moments = [use.at for use in uses if use.at]
    named = {use.location_id for use in uses if use.place or use.location_id}
    is_known = None not in named and all(use.location_id for use in uses)
    return Scope(
        first_day=first,
        last_day=last,
        until=max(moments) if moments and not choice.last_day else None,
        places=frozenset(place for place in named if place) if is_known else frozenset(),
    )


def _span_of(reconciliation_id: UUID, scope: Scope, uses: list[Use], asked: datetime) -> Span:
    """What lies before the days that were said is looked for all the same: nobody is accused of it."""
    days = [use.day for use in uses if use.day]
    first = datetime.combine(min([scope.first_day, *days]), time.min, UTC) - AROUND
    last = datetime.combine(max([scope.last_day, *days]), time.max, UTC) + AROUND
    return Span(reconciliation_id, since=first, until=last, asked=asked)


def _shown(run: Run, known: Known, places: Places, choice: Choice, span: Span) -> list[Shown]:
    found: list[Shown] = []
    after: UUID | None = None
    while known.codes:
        with run.step() as tx:
            rows = shown_in(tx, known, span, after=after)
        if not rows:
            break
        # Whoever has a code of a pool was shown that one.
        own = [row for row in rows if row.voucher_id not in known.vouchers]
        found += [as_shown(row, known, places, day_begins=choice.day_begins) for row in own]
        after = rows[-1].id
    with run.step() as tx:
        found += [
            as_shown(row, known, places, day_begins=choice.day_begins)
            for row in shown_of_vouchers(tx, span, known.vouchers)
        ]
    # What was shown long ago, or is written in this very moment, may be of a code that was not asked for.
    return [one for one in found if one.key in known.codes]
