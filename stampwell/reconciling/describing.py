"""A reconciliation as the API shows it."""

from datetime import date, datetime

import msgspec

from stampwell.ids import public_id
from stampwell.reconciling.found import Found
from stampwell.reconciling.matching import BAD
from stampwell.reconciling.rows import JoinedReconciliation, ShownRow, Step
from stampwell.reconciling.till_reports import shape_named


class VerdictFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`discount` is what the till gave for it, in minor units."""

    verdict: str
    uses: int
    discount: int


class ReconciledDayFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`uses` are those that the till tells; `bad` those of them that are not fine; `not_used` what it has not seen."""

    day: date
    uses: int
    bad: int
    not_used: int


class ReconciledPlaceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is what the till calls it. `location_id` is null where it is no location of the shop."""

    name: str
    location_id: str | None
    uses: int
    bad: int
    discount: int


class ReconciliationFoundFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`known_before` of the confirmed uses were confirmed by an earlier report. `not_told` were shown in these days,
    and the report names no code of theirs. `other_uses` are of codes that are not the shop's. `taken_out` codes of
    lists, of those that leaked, had been seen by nobody: no voucher gets them any more.
    """

    first_day: date | None
    last_day: date | None
    currency: str
    rows: int
    unread: int
    uses: int
    confirmed: int
    known_before: int
    not_told: int
    other_uses: int
    taken_out: int
    verdicts: list[VerdictFacts]
    days: list[ReconciledDayFacts]
    places: list[ReconciledPlaceFacts]


class ReconciledRowFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`row` counts as spreadsheets do, and is null for what the till has not seen. It leads to the code: that stands in
    the file, and here nowhere, for many codes can still be used. `confirmed` is whether a report has confirmed it by
    now. `allowed_discount` is the most that the reward takes off, and null unless the till took off more.
    """

    verdict: str
    row: int | None
    at: datetime | None
    day: date | None
    place: str | None
    location_id: str | None
    receipt_id: str | None
    discount: int
    allowed_discount: int | None
    voucher_id: str | None
    card_id: str | None
    confirmed: bool


class ReconciliationFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`done` and `total` are what is written down of it. `till` is null for a report that is read by its headings
    alone.

    `found` is null until it was compared. `rows` are the first of those that are not fine, and null in a list.
    """

    id: str
    name: str
    state: Step
    problem: str | None
    till: str | None
    columns: list[str]
    done: int
    total: int | None
    found: ReconciliationFoundFacts | None
    rows: list[ReconciledRowFacts] | None
    created_at: datetime
    finished_at: datetime | None
    job_id: str | None


def describe_reconciliation(one: JoinedReconciliation, rows: list[ShownRow] | None = None) -> ReconciliationFacts:
    shape, found = shape_named(one.shape), one.has_found
    return ReconciliationFacts(
        id=public_id("rcn", one.id),
        name=one.name,
        state=one.step,
        problem=one.problem or None,
        till=shape.till if shape else None,
        columns=one.chosen.columns,
        done=one.done or 0,
        total=one.total,
        found=_describe_found(found) if found else None,
        rows=None if rows is None else [describe_row(row) for row in rows],
        created_at=one.created,
        finished_at=one.finished,
        job_id=public_id("job", one.job_id) if one.job_id else None,
    )


def _describe_found(found: Found) -> ReconciliationFoundFacts:
    return ReconciliationFoundFacts(
        first_day=found.first_day,
        last_day=found.last_day,
        currency=found.currency,
        rows=found.rows,
        unread=found.unread,
        uses=found.uses,
        confirmed=found.count("confirmed"),
        known_before=found.known_before,
        not_told=found.not_told,
        other_uses=found.count("unknown"),
        taken_out=found.taken_out,
        verdicts=[
            VerdictFacts(verdict=verdict, uses=found.count(verdict), discount=found.money.get(verdict, 0))
            for verdict in BAD
        ],
        days=[ReconciledDayFacts(day=one.day, uses=one.uses, bad=one.bad, not_used=one.not_used) for one in found.days],
        places=[
            ReconciledPlaceFacts(
                name=one.name,
                location_id=public_id("loc", one.location_id) if one.location_id else None,
                uses=one.uses,
                bad=one.bad,
                discount=one.money,
            )
            for one in found.places
        ],
    )


def describe_row(row: ShownRow) -> ReconciledRowFacts:
    return ReconciledRowFacts(
        verdict=row.verdict,
        row=row.row or None,
        at=row.at,
        day=row.day,
        place=row.place or None,
        location_id=public_id("loc", row.location_id) if row.location_id else None,
        receipt_id=(row.receipt if row.verdict != "unread" else "") or None,
        discount=row.amount,
        allowed_discount=row.allowed,
        voucher_id=public_id("vch", row.voucher_id) if row.voucher_id else None,
        card_id=public_id("crd", row.card_id) if row.card_id else None,
        confirmed=row.confirmed,
    )
