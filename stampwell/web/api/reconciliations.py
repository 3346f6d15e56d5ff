"""POST and GET /reconciliations, and GET /reconciliations/{id}."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from django.http import HttpResponse
from dmr import Path, Query, validate
from msgspec import Meta

from stampwell.ids import wanted_id
from stampwell.languages.patterns import whole
from stampwell.languages.texts import clean_text
from stampwell.merchants.access import Scope
from stampwell.merchants.locations import find_location
from stampwell.reconciling.asking import (
    ask_to_bring_in,
    find_reconciliation,
    list_reconciliations_after,
    rows_of_reconciliation,
)
from stampwell.reconciling.choice import MOST_TOLERANCE
from stampwell.reconciling.describing import ReconciliationFacts, describe_reconciliation
from stampwell.reconciling.receiving import taken_report
from stampwell.reconciling.refusals import (
    ReportComparedBefore,
    ReportOfSums,
    ReportUnclear,
    ReportUnderWay,
    TooManyReports,
)
from stampwell.reconciling.till_reports import DateOrder
from stampwell.reconciling.till_times import FIRST_YEAR, LAST_YEAR
from stampwell.redeem_codes.formats import LONGEST_CODE
from stampwell.refusal import NotFound
from stampwell.sheets.receiving import LONGEST_NAME, Received, read_taken
from stampwell.sheets.refusals import SheetTooLarge, SheetUnreadable
from stampwell.web.api.answering import ApiController, asking, reading
from stampwell.web.api.asking import ReconciliationPath
from stampwell.web.api.file_bodies import FileBody
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.paging import Page, PageAsked, cursor_id, next_of
from stampwell.web.api.refusals import InvalidRequest
from stampwell.web.api.shapes import Id

TAGS = ["Reconciliations"]
MOST_ROWS = 200  # that are not fine, in one answer
LONGEST_COLUMNS = 2000


class ReconciliationAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file itself is the body. What is left out is what the headings say, and what was said the last time."""

    columns: Annotated[
        str,
        Meta(
            max_length=LONGEST_COLUMNS,
            description=(
                "What each column holds, from the first one on, with commas between them: `code`, `at`, `day`, `time`,"
                " `zone`, `place`, `amount`, `receipt`, `count`, `kind`, `status`, `gone`, or nothing for a column that"
                " is left out."
            ),
        ),
    ] = ""
    date_order: Annotated[DateOrder, Meta(description="`dmy` or `mdy`, where day and month could change places.")] = ""
    location_id: Annotated[Id | None, Meta(description="Where all of it was, if no column says it.")] = None
    code: Annotated[
        str,
        whole(
            r"[^\x00-\x1f\x7f]*",
            most=LONGEST_CODE,
            told="What each row with a discount stands for, of a till without codes.",
        ),
    ] = ""
    first_day: date | None = None
    last_day: date | None = None
    tolerance: (
        Annotated[int, Meta(ge=0, le=MOST_TOLERANCE, description="Minutes by which the till's clock may be wrong.")]
        | None
    ) = None
    again: Annotated[bool, Meta(description="Compares the same file once more.")] = False
    name: Annotated[str, Meta(max_length=LONGEST_NAME, description="What the file is called at the desk.")] = ""


class Reconciliations(ApiController):
    @validate(
        *reading(Page[ReconciliationFacts]),
        auth=[KeyWith(Scope.RECONCILIATIONS_READ)],
        summary="List reconciliations",
        description="The till's reports of two years, also those of the desk, oldest first, without their rows.",
        operation_id="listReconciliations",
        tags=TAGS,
    )
    def get(self, parsed_query: Query[PageAsked]) -> HttpResponse:
        asked = parsed_query
        found = list_reconciliations_after(self.caller.merchant.id, cursor_id("rcn", asked), most=asked.limit + 1)
        items = [describe_reconciliation(one) for one in found[: asked.limit]]
        return self.answer(Page(items, next_of(len(found), items[-1].id if items else "", asked)))

    @validate(
        *asking(
            ReconciliationFacts,
            NotFound,
            SheetUnreadable,
            SheetTooLarge,
            ReportUnclear,
            ReportOfSums,
            ReportComparedBefore,
            ReportUnderWay,
            TooManyReports,
        ),
        auth=[KeyWith(Scope.RECONCILIATIONS_WRITE)],
        summary="Compare a till's report",
        description=(
            "Takes the till's list of used codes, CSV or XLSX with a row of headings, and compares it with what was"
            " shown: confirmed, shown and not used, used and not shown, used twice, used at the wrong branch."
        ),
        operation_id="compareTillReport",
        tags=TAGS,
    )
    def post(
        self, idempotency_key: IdempotencyKey, parsed_query: Query[ReconciliationAsked], file_body: FileBody
    ) -> HttpResponse:
        # The file is read before the transaction of the answer begins: a workbook takes longer than it should be open.
        with taken_report(self.caller.merchant, file_body) as taken:
            if answered := self.answered_before(idempotency_key, taken.digest):
                return answered
            received = read_taken(taken)
            return self.answer_once(
                idempotency_key,
                lambda: self._compare(received, parsed_query),
                status=lambda _facts: HTTPStatus.ACCEPTED,
                body=taken.digest,
            )

    def _compare(self, received: Received, asked: ReconciliationAsked) -> ReconciliationFacts:
        caller = self.caller
        one = ask_to_bring_in(
            caller.merchant,
            received,
            changes=self._changes(asked),
            again=asked.again,
            name=asked.name,
            actor=caller.actor,
        )
        return describe_reconciliation(one, [])

    def _changes(self, asked: ReconciliationAsked) -> dict[str, Any]:
        """Refuses: NotFound; InvalidRequest for days of no calendar, or the last before the first."""
        _check_days(asked.first_day, asked.last_day)
        location = asked.location_id
        said: dict[str, Any] = {
            "columns": [column.strip() for column in asked.columns.split(",")] if asked.columns else None,
            "date_order": asked.date_order or None,
            "location_id": find_location(self.caller.merchant.id, wanted_id("loc", location)).id if location else None,
            "code_of_all": clean_text(asked.code) or None,
            "first_day": asked.first_day,
            "last_day": asked.last_day,
            "tolerance": asked.tolerance,
        }
        return {name: value for name, value in said.items() if value is not None}


def _check_days(first: date | None, last: date | None) -> None:
    for name, day in (("first_day", first), ("last_day", last)):
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise InvalidRequest(f"?{name}", "invalid")
    if first and last and first > last:
        raise InvalidRequest("?last_day", "invalid")


class OneReconciliation(ApiController):
    @validate(
        *reading(ReconciliationFacts, NotFound),
        auth=[KeyWith(Scope.RECONCILIATIONS_READ)],
        summary="Read a reconciliation",
        description=(
            f"How far it is, and what came of it, with the first {MOST_ROWS} rows that are not fine. It is forgotten"
            " after two years; what was confirmed stays confirmed."
        ),
        operation_id="readReconciliation",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[ReconciliationPath]) -> HttpResponse:
        merchant_id, id = self.caller.merchant.id, wanted_id("rcn", parsed_path.reconciliation_id)
        one = find_reconciliation(merchant_id, id)
        return self.answer(describe_reconciliation(one, rows_of_reconciliation(merchant_id, id, most=MOST_ROWS)))
