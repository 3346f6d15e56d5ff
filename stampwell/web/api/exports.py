"""POST /exports, GET /exports/{id}, and its file."""

from http import HTTPStatus
from typing import Annotated, Literal, get_args
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from dmr import Path, validate
from msgspec import Meta

from stampwell.exports.asking import ExportUnclear, TooManyExports, ask_for_export, find_export, find_file
from stampwell.exports.describing import CONTENT_TYPES, ExportFacts, describe_export, name_file
from stampwell.exports.rows import Format, JoinedExport
from stampwell.ids import wanted_id
from stampwell.languages.offered import choose_locale
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.refusal import NotFound, Refusal
from stampwell.web.api.answering import ApiController, asking, problem_answer, reading
from stampwell.web.api.asking import ExportPath
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith, let_in
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.shapes import Asked

Choice = Annotated[str, Meta(max_length=100)]
FilterAsked = Annotated[dict[Choice, Choice], Meta(max_length=12)]


# What else there is, is for people at the desk: a key that reads files may be one that must not see links or the team.
SubjectAsked = Literal["cards", "journal", "vouchers", "days", "draws"]


class ExportAsked(Asked, frozen=True, kw_only=True):
    """`filter` has the names that stand in the addresses of the desk's pages.

    Cards: `show`, with `to-go` also `to_go`, or `q`. Journal: `q`, `kind`, `person`, `device`, `location`, `program`,
    `reason`, `weekday`, `hour`, `from`, `to`.
    Days: `from`, `to`. Draws: `program` and `month`, such as 2026-11, both of which must be there.
    """

    subject: SubjectAsked
    format: Format = "csv"
    filter: FilterAsked = {}


class Exports(ApiController):
    @validate(
        *asking(ExportFacts, ExportUnclear, TooManyExports),
        auth=[KeyWith(Scope.EXPORTS_WRITE)],
        summary="Ask for a file",
        description=(
            "Cards with their customers, the journal, vouchers, the figures of each day, or the draws of a month,"
            " as a file."
        ),
        operation_id="askForExport",
        tags=["Exports"],
    )
    def post(self, idempotency_key: IdempotencyKey, parsed_body: JsonBody[ExportAsked]) -> HttpResponse:
        caller, asked = self.caller, parsed_body
        locale = choose_locale(self.request.META.get("HTTP_ACCEPT_LANGUAGE", ""), caller.merchant.locale)

        def ask() -> ExportFacts:
            return describe_export(
                ask_for_export(
                    caller.merchant, asked.subject, asked.format, wanted=asked.filter, locale=locale, actor=caller.actor
                )
            )

        return self.answer_once(idempotency_key, ask, status=lambda _facts: HTTPStatus.ACCEPTED)


class OneExport(ApiController):
    @validate(
        *reading(ExportFacts, NotFound),
        auth=[KeyWith(Scope.EXPORTS_READ)],
        summary="Read an export",
        description="How far it is, and where its file is. A file is kept for a day.",
        operation_id="readExport",
        tags=["Exports"],
    )
    def get(self, parsed_path: Path[ExportPath]) -> HttpResponse:
        export = _find(self.caller.merchant.id, parsed_path.export_id)
        return self.answer(describe_export(export))


@require_safe
def send_file(request: HttpRequest, export_id: str) -> HttpResponseBase:
    """What `file_url` leads to. It is no call of the document, for its answer is the file itself."""
    try:
        return _file(let_in(request, Scope.EXPORTS_READ), export_id)
    except Refusal as refusal:
        return problem_answer(request, refusal)


def _find(merchant_id: UUID, export_id: str) -> JoinedExport:
    """Refuses: NotFound."""
    export = find_export(merchant_id, wanted_id("exp", export_id))
    if export.subject not in get_args(SubjectAsked):
        raise NotFound
    return export


def _file(caller: ApiCaller, export_id: str) -> FileResponse:
    export = _find(caller.merchant.id, export_id)
    return FileResponse(
        find_file(caller.merchant.id, export).open("rb"),
        as_attachment=True,
        filename=name_file(caller.merchant, export),
        content_type=CONTENT_TYPES[export.format],
        headers={"Cache-Control": "private, no-store"},
    )
