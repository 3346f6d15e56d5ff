"""What came of a comparison, in counts and money: by verdict, by day and by place."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from uuid import UUID

import msgspec

from stampwell.reconciling.comparing import Compared
from stampwell.reconciling.found import CodeFound, DayFound, Found, OtherCode, PlaceFound
from stampwell.reconciling.matching import BAD, Finding

MOST_DAYS, MOST_PLACES, MOST_OTHERS, MOST_CODES = 400, 100, 20, 50


def sum_up(compared: Compared, currency: str) -> Found:
    findings = compared.findings
    counts = Counter(one.verdict for one in findings)
    money: Counter[str] = Counter()
    for one in findings:
        money[one.verdict] += one.use.amount if one.use else 0
    others = Counter(one.use.code for one in findings if one.use and one.verdict == "unknown")
    return Found(
        currency=currency,
        first_day=compared.scope.first_day,
        last_day=compared.scope.last_day,
        rows=compared.report.rows,
        uses=sum(not use.is_refund for use in compared.uses),
        unread=len(compared.report.unread),
        known_before=sum(bool(one.verdict == "confirmed" and one.shown and one.shown.confirmed) for one in findings),
        not_told=compared.not_told,
        counts={str(verdict): number for verdict, number in counts.items()},
        money=dict(money),
        days=_days_of(findings),
        places=_places_of(findings),
        codes=_codes_of(findings, compared.many),
        others=[OtherCode(code, times) for code, times in others.most_common(MOST_OTHERS)],
    )


def day_of(finding: Finding) -> date | None:
    if finding.use:
        return finding.use.day
    return finding.shown.day if finding.shown else None


def _days_of(findings: Iterable[Finding]) -> list[DayFound]:
    """Of codes of ours, the latest days of very many."""
    found: dict[date, DayFound] = {}
    for one in findings:
        day = day_of(one)
        if day is None or one.verdict == "unknown":
            continue
        before = found.get(day, DayFound(day=day))
        found[day] = msgspec.structs.replace(
            before,
            uses=before.uses + (one.use is not None),
            bad=before.bad + (one.use is not None and one.verdict in BAD),
            not_used=before.not_used + (one.verdict == "not_used"),
        )
    return [found[day] for day in sorted(found)][-MOST_DAYS:]


def _places_of(findings: Iterable[Finding]) -> list[PlaceFound]:
    """Those with most that is not fine come first."""
    found: dict[tuple[str, UUID | None], PlaceFound] = {}
    for one in findings:
        if one.use is None or one.verdict == "unknown":
            continue
        key = (one.use.place, one.use.location_id)
        before = found.get(key, PlaceFound(name=one.use.place, location_id=one.use.location_id))
        is_bad = one.verdict in BAD
        found[key] = msgspec.structs.replace(
            before,
            uses=before.uses + 1,
            bad=before.bad + is_bad,
            money=before.money + (one.use.amount if is_bad else 0),
        )
    return sorted(found.values(), key=lambda place: (-place.bad, -place.uses, place.name))[:MOST_PLACES]


def _codes_of(findings: Iterable[Finding], many: frozenset[str]) -> list[CodeFound]:
    """Those come first of which most is missing on either side."""
    names: dict[str, str] = {}
    shown: Counter[str] = Counter()
    used: Counter[str] = Counter()
    for one in findings:
        key = one.use.key if one.use else one.shown.key if one.shown else ""
        if key not in many:
            continue
        shown[key] += one.shown is not None
        if one.use:
            names.setdefault(key, one.use.code)
            used[key] += one.verdict != "refunded"
    found = [CodeFound(name, shown[key], used[key]) for key, name in names.items()]
    return sorted(found, key=lambda code: (-abs(code.shown - code.used), code.code))[:MOST_CODES]
