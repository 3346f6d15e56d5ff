"""POST and GET /code-pools/{id}/imports, GET /code-pools/{id}/imports/{code_batch_id} with its report."""

import csv
import io
from http import HTTPStatus
from typing import Annotated

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from dmr import Path, Query, validate
from msgspec import Meta

from stampwell.ids import wanted_id
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.redeem_codes.asking import ask_to_bring_in, find_batch
from stampwell.redeem_codes.describing import CodeImportFacts, describe_batch
from stampwell.redeem_codes.fault_words import say_fault
from stampwell.redeem_codes.headings import FirstRow
from stampwell.redeem_codes.receiving import taken_codes
from stampwell.redeem_codes.refusals import CodeColumnUnclear, PoolArchived, TooManyCodeFiles
from stampwell.redeem_codes.rows import JoinedBatch, next_batches, read_pool
from stampwell.refusal import NotFound, Refusal
from stampwell.sheets.faults import read_faults
from stampwell.sheets.files import faults_of
from stampwell.sheets.receiving import LONGEST_NAME, Received, read_taken
from stampwell.sheets.refusals import SheetGone, SheetTooLarge, SheetUnreadable
from stampwell.transactions import merchant_reads
from stampwell.web.api.answering import ApiController, asking, in_language_of, problem_answer, reading
from stampwell.web.api.asking import CodeImportPath, CodePoolPath
from stampwell.web.api.file_bodies import FileBody
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith, let_in
from stampwell.web.api.paging import Page, PageAsked, cursor_id, next_of
from stampwell.web.api.shapes import Id

TAGS = ["Redeem codes"]


class CodeImportAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file itself is the body."""

    column: Annotated[
        str,
        Meta(
            max_length=200,
            description=(
                "The heading of the column with the codes, or its number, from 1 on. It may be left out where one"
                " heading alone says “code”."
            ),
        ),
    ] = ""
    first_row: (
        Annotated[
            FirstRow,
            Meta(description="Whether the first row is a heading or a code. A file of one unnamed column needs it."),
        ]
        | None
    ) = None
    location_id: Id | None = None
    dry_run: Annotated[bool, Meta(description="Only checks the file.")] = False
    name: Annotated[str, Meta(max_length=LONGEST_NAME, description="What the file is called at the desk.")] = ""


class CodeImports(ApiController):
    @validate(
        *reading(Page[CodeImportFacts], NotFound),
        auth=[KeyWith(Scope.CODES_READ)],
        summary="List imports of codes",
        description="All batches of the pool, also those of the desk, oldest first.",
        operation_id="listCodeImports",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[CodePoolPath], parsed_query: Query[PageAsked]) -> HttpResponse:
        asked = parsed_query
        with merchant_reads(self.caller.merchant.id) as tx:
            pool = read_pool(tx, wanted_id("cdp", parsed_path.pool_id))
            found = next_batches(tx, pool.id, cursor_id("cdb", asked), most=asked.limit + 1)
        items = [shown_batch(self.request, self.caller, one) for one in found[: asked.limit]]
        return self.answer(Page(items, next_of(len(found), items[-1].id if items else "", asked)))

    @validate(
        *asking(
            CodeImportFacts, NotFound, PoolArchived, SheetUnreadable, SheetTooLarge, CodeColumnUnclear, TooManyCodeFiles
        ),
        auth=[KeyWith(Scope.CODES_WRITE)],
        summary="Import codes",
        description=(
            "Takes a file of codes, CSV or XLSX. Each row is checked, and then those that are good are added to the"
            " pool. With `dry_run` they are only checked. A code that the shop has already is left out."
        ),
        operation_id="importCodes",
        tags=TAGS,
    )
    def post(
        self,
        parsed_path: Path[CodePoolPath],
        idempotency_key: IdempotencyKey,
        parsed_query: Query[CodeImportAsked],
        file_body: FileBody,
    ) -> HttpResponse:
        caller, pool_id, asked = self.caller, parsed_path.pool_id, parsed_query
        # The file is there before the transaction of the answer: an XLSX is read for longer than one should be open.
        with taken_codes(caller.merchant, file_body) as taken:
            if answered := self.answered_before(idempotency_key, taken.digest):
                return answered
            received = read_taken(taken)
            return self.answer_once(
                idempotency_key,
                lambda: self._bring_in(pool_id, received, asked),
                status=lambda _facts: HTTPStatus.ACCEPTED,
                body=taken.digest,
            )

    def _bring_in(self, pool_id: str, received: Received, asked: CodeImportAsked) -> CodeImportFacts:
        caller = self.caller
        batch = ask_to_bring_in(
            caller.merchant,
            wanted_id("cdp", pool_id),
            received,
            column=asked.column,
            first_row=asked.first_row,
            location_id=wanted_id("loc", asked.location_id) if asked.location_id is not None else None,
            is_dry_run=asked.dry_run,
            name=asked.name,
            actor=caller.actor,
        )
        return shown_batch(self.request, caller, batch)


class OneCodeImport(ApiController):
    @validate(
        *reading(CodeImportFacts, NotFound),
        auth=[KeyWith(Scope.CODES_READ)],
        summary="Read an import of codes",
        description="How far it is, and what the check has found. One that adds nothing is forgotten after a day.",
        operation_id="readCodeImport",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[CodeImportPath]) -> HttpResponse:
        caller, path = self.caller, parsed_path
        batch = find_batch(caller.merchant.id, wanted_id("cdp", path.pool_id), wanted_id("cdb", path.code_batch_id))
        return self.answer(shown_batch(self.request, caller, batch))


@require_safe
def send_code_report(request: HttpRequest, pool_id: str, code_batch_id: str) -> HttpResponseBase:
    """What `report_url` leads to. It is no call of the document, for its answer is a file."""
    try:
        caller = let_in(request, Scope.CODES_READ)
        batch = find_batch(caller.merchant.id, wanted_id("cdp", pool_id), wanted_id("cdb", code_batch_id))
        rows = _report_of(request, caller, batch)
    except Refusal as refusal:
        return problem_answer(request, refusal)
    headers = {
        "Content-Disposition": f'attachment; filename="{code_batch_id}.csv"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(rows, content_type="text/csv; charset=utf-8", headers=headers)


def shown_batch(request: HttpRequest, caller: ApiCaller, batch: JoinedBatch) -> CodeImportFacts:
    with in_language_of(request, caller):
        return describe_batch(batch)


def _report_of(request: HttpRequest, caller: ApiCaller, batch: JoinedBatch) -> str:
    """Refuses: NotFound, where it is not made yet or gone."""
    if batch.check_job_id is None:
        raise NotFound
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("row", "code", "message"))
    try:
        with in_language_of(request, caller):
            for row, fault in read_faults(faults_of(caller.merchant.id, batch.id, batch.check_job_id)):
                writer.writerow((row, fault, say_fault(fault)))
    except SheetGone:
        raise NotFound from None
    return out.getvalue()
