"""POST and GET /imports, GET /imports/{id} with its report, and POST /imports/{id}/reversal."""

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
from stampwell.imports.asking import ask_to_bring_in, ask_to_undo, find_import, list_imports_after
from stampwell.imports.describing import ImportFacts, describe_import
from stampwell.imports.fault_words import say_fault
from stampwell.imports.receiving import taken_file
from stampwell.imports.refusals import ImportedBefore, ImportNotChecked, ImportUnclear, ImportUnderWay, TooManyImports
from stampwell.imports.rows import JoinedImport
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.programs.course import JoiningPaused
from stampwell.programs.offering import ProgramClosed
from stampwell.refusal import NotFound, Refusal
from stampwell.sheets.faults import read_faults
from stampwell.sheets.files import faults_of
from stampwell.sheets.receiving import LONGEST_NAME, Received, read_taken
from stampwell.sheets.refusals import SheetGone, SheetTooLarge, SheetUnreadable
from stampwell.web.api.answering import ApiController, asking, in_language_of, problem_answer, reading
from stampwell.web.api.asking import ImportPath
from stampwell.web.api.file_bodies import FileBody
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith, let_in
from stampwell.web.api.paging import Page, PageAsked, cursor_id, next_of
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.shapes import Asked, Id

TAGS = ["Imports"]
LONGEST_COLUMNS = 2000


class ImportAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file itself is the body."""

    program_id: Id
    columns: Annotated[
        str,
        Meta(
            max_length=LONGEST_COLUMNS,
            description=(
                "What each column holds, from the first one on, with commas between them: `name`, `email`, `phone`,"
                " `birthday`, `locale`, `stamps`, `external_id`, or nothing for a column that is left out. If it is"
                " missing, the headings say it."
            ),
        ),
    ] = ""
    dry_run: Annotated[bool, Meta(description="Only checks the file.")] = False
    name: Annotated[str, Meta(max_length=LONGEST_NAME, description="What the file is called at the desk.")] = ""


class ImportUndoAsked(Asked, frozen=True, kw_only=True):
    """Nothing is to be said."""


PLAINLY = ImportUndoAsked()


class Imports(ApiController):
    @validate(
        *reading(Page[ImportFacts]),
        auth=[KeyWith(Scope.IMPORTS_READ)],
        summary="List imports",
        description="All imports of the last 60 days, also those of the desk, oldest first.",
        operation_id="listImports",
        tags=TAGS,
    )
    def get(self, parsed_query: Query[PageAsked]) -> HttpResponse:
        merchant, asked = self.caller.merchant, parsed_query
        found = list_imports_after(merchant.id, cursor_id("imp", asked), most=asked.limit + 1)
        items = [_shown(self.request, self.caller, one) for one in found[: asked.limit]]
        return self.answer(Page(items, next_of(len(found), items[-1].id if items else "", asked)))

    @validate(
        *asking(
            ImportFacts,
            NotFound,
            ProgramClosed,
            JoiningPaused,
            SheetUnreadable,
            SheetTooLarge,
            ImportUnclear,
            ImportedBefore,
            ImportUnderWay,
            TooManyImports,
        ),
        auth=[KeyWith(Scope.IMPORTS_WRITE)],
        summary="Import customers",
        description=(
            "Takes a file of customers, CSV or XLSX with a row of headings. It is checked, and then each row that is"
            " good becomes a customer with a card of the program. With `dry_run` it is only checked."
        ),
        operation_id="importCustomers",
        tags=TAGS,
    )
    def post(
        self, idempotency_key: IdempotencyKey, parsed_query: Query[ImportAsked], file_body: FileBody
    ) -> HttpResponse:
        caller, asked = self.caller, parsed_query
        # What is written may only be begun in the transaction of the answer. The file is there before: an XLSX is read
        # for longer than a transaction should be open. So what was answered before is looked for before that.
        with taken_file(caller.merchant, file_body) as taken:
            if answered := self.answered_before(idempotency_key, taken.digest):
                return answered
            received = read_taken(taken)
            return self.answer_once(
                idempotency_key,
                lambda: self._bring_in(received, asked),
                status=lambda _facts: HTTPStatus.ACCEPTED,
                body=taken.digest,
            )

    def _bring_in(self, received: Received, asked: ImportAsked) -> ImportFacts:
        caller = self.caller
        one = ask_to_bring_in(
            caller.merchant,
            received,
            program_id=wanted_id("prg", asked.program_id),
            columns=[column.strip() for column in asked.columns.split(",")] if asked.columns else (),
            is_dry_run=asked.dry_run,
            name=asked.name,
            actor=caller.actor,
        )
        return _shown(self.request, caller, one)


class OneImport(ApiController):
    @validate(
        *reading(ImportFacts, NotFound),
        auth=[KeyWith(Scope.IMPORTS_READ)],
        summary="Read an import",
        description="How far it is, what the check has found, and what was written. It is forgotten after 60 days.",
        operation_id="readImport",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[ImportPath]) -> HttpResponse:
        one = find_import(self.caller.merchant.id, wanted_id("imp", parsed_path.import_id))
        return self.answer(_shown(self.request, self.caller, one))


class ImportReversal(ApiController):
    @validate(
        *asking(ImportFacts, NotFound, ImportNotChecked, ImportUnderWay),
        auth=[KeyWith(Scope.IMPORTS_WRITE)],
        summary="Undo an import",
        description=(
            "Deletes the cards that nobody has used since, together with what is known of their customers. Used cards"
            " stay. Undone once more, it stays as it is."
        ),
        operation_id="undoImport",
        tags=TAGS,
    )
    def post(
        self,
        parsed_path: Path[ImportPath],
        idempotency_key: IdempotencyKey,
        parsed_body: JsonBody[ImportUndoAsked] = PLAINLY,
    ) -> HttpResponse:
        caller = self.caller

        def undo() -> ImportFacts:
            import_id = wanted_id("imp", parsed_path.import_id)
            ask_to_undo(caller.merchant, import_id, actor=caller.actor)
            return _shown(self.request, caller, find_import(caller.merchant.id, import_id))

        return self.answer_once(idempotency_key, undo, status=lambda _facts: HTTPStatus.ACCEPTED)


@require_safe
def send_report(request: HttpRequest, import_id: str) -> HttpResponseBase:
    """What `report_url` leads to. It is no call of the document, for its answer is a file."""
    try:
        caller = let_in(request, Scope.IMPORTS_READ)
        rows = _report_of(request, caller, find_import(caller.merchant.id, wanted_id("imp", import_id)))
    except Refusal as refusal:
        return problem_answer(request, refusal)
    headers = {"Content-Disposition": f'attachment; filename="{import_id}.csv"', "Cache-Control": "private, no-store"}
    return HttpResponse(rows, content_type="text/csv; charset=utf-8", headers=headers)


def _report_of(request: HttpRequest, caller: ApiCaller, one: JoinedImport) -> str:
    """Refuses: NotFound, where it is not made yet or gone."""
    if one.check_job_id is None:
        raise NotFound
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("row", "code", "message"))
    try:
        with in_language_of(request, caller):
            for row, fault in read_faults(faults_of(caller.merchant.id, one.id, one.check_job_id)):
                writer.writerow((row, fault, say_fault(fault)))
    except SheetGone:
        raise NotFound from None
    return out.getvalue()


def _shown(request: HttpRequest, caller: ApiCaller, one: JoinedImport) -> ImportFacts:
    with in_language_of(request, caller):
        return describe_import(caller.merchant, one)
