"""GET and POST /code-successors, GET /code-successors/{id}, its reversal, and the removal of the old code."""

from datetime import date
from typing import Annotated

from django.http import HttpResponse
from dmr import Path, Query, validate
from msgspec import Meta
from msgspec.structs import replace

from stampwell.ids import wanted_id
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.programs.code_successors import SuccessorRow, successors_in
from stampwell.programs.limits import LONGEST_CODE
from stampwell.programs.replacing_codes import (
    LEAST_OVERLAP,
    MOST_OVERLAP,
    USUAL_OVERLAP,
    CodeSuccessorFacts,
    NextCode,
    describe_successor,
    find_successor,
    plan_successor,
    say_removed,
    take_back_successor,
)
from stampwell.programs.successor_refusals import (
    CodeTaken,
    DayTooFar,
    NoSharedCode,
    OldCodeStillShown,
    SuccessorBegun,
    SuccessorPlanned,
)
from stampwell.redeem_codes.formats import CodeDoesNotFit
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_reads
from stampwell.web.api.answering import ApiController, reading, writing
from stampwell.web.api.asking import CodeSuccessorPath
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.linking import SEE_CODES_OF_PROGRAMS
from stampwell.web.api.paging import Page, PageAsked, cursor_id, next_of
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.refusals import InvalidRequest
from stampwell.web.api.shapes import Asked, Id, final

TAGS = ["Redeem codes"]


class CodeSuccessorAsked(Asked, frozen=True, kw_only=True):
    """`location_id` is the location whose own code is replaced; null for the code of all others."""

    reward_id: Id
    location_id: Id | None = None
    next_code: Annotated[str, Meta(min_length=1), final(LONGEST_CODE, "As the till knows it.")]
    first_day: Annotated[date, Meta(description="A day of the shop; today means at once.")]
    overlap_days: Annotated[
        int,
        Meta(
            ge=LEAST_OVERLAP, le=MOST_OVERLAP, description="On how many days from then on the till takes the old code."
        ),
    ] = USUAL_OVERLAP


class CodeSuccessors(ApiController):
    @validate(
        *reading(Page[CodeSuccessorFacts]),
        auth=[KeyWith(Scope.PROGRAMS_READ)],
        summary="List successors of codes",
        description="What is or will be shown in the place of codes that all customers of a reward see, oldest first.",
        operation_id="listCodeSuccessors",
        tags=TAGS,
    )
    def get(self, parsed_query: Query[PageAsked]) -> HttpResponse:
        asked, after = parsed_query, cursor_id("csu", parsed_query)
        with merchant_reads(self.caller.merchant.id) as tx:
            rows = [row for row in successors_in(tx).all if row.id > after]
        items = [_show(row, self.caller) for row in rows[: asked.limit]]
        return self.answer(Page(items, next_of(len(rows), items[-1].id if items else "", asked)))

    @validate(
        *writing(CodeSuccessorFacts, NotFound, NoSharedCode, SuccessorPlanned, CodeTaken, CodeDoesNotFit, DayTooFar),
        auth=[KeyWith(Scope.PROGRAMS_WRITE)],
        summary="Plan the next code",
        description=(
            "From the beginning of that day customers see the next code wherever the present one of the reward is"
            " shown, also by older terms; whoever was shown the old one before keeps it. Create it in the till before"
            " that day, and delete the old one at `old_until`."
        ),
        operation_id="planCodeSuccessor",
        tags=TAGS,
    )
    def post(self, idempotency_key: IdempotencyKey, parsed_body: JsonBody[CodeSuccessorAsked]) -> HttpResponse:
        caller, asked = self.caller, parsed_body

        def plan() -> CodeSuccessorFacts:
            row = plan_successor(
                caller.merchant,
                wanted_id("rwd", asked.reward_id),
                wanted_id("loc", asked.location_id) if asked.location_id is not None else None,
                NextCode(code=_fitting(asked.next_code), first_day=asked.first_day, overlap_days=asked.overlap_days),
                actor=caller.actor,
            )
            return _show(row, caller)

        return self.answer_once(idempotency_key, plan)


class OneCodeSuccessor(ApiController):
    @validate(
        *reading(CodeSuccessorFacts, NotFound),
        auth=[KeyWith(Scope.PROGRAMS_READ)],
        summary="Read a successor of a code",
        description="The codes are null for a key that may not see those of programs.",
        operation_id="readCodeSuccessor",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[CodeSuccessorPath]) -> HttpResponse:
        with merchant_reads(self.caller.merchant.id) as tx:
            row = find_successor(tx, wanted_id("csu", parsed_path.successor_id))
        return self.answer(_show(row, self.caller))


class CodeSuccessorReversal(ApiController):
    @validate(
        *writing(CodeSuccessorFacts, NotFound, SuccessorBegun),
        auth=[KeyWith(Scope.PROGRAMS_WRITE)],
        summary="Take the next code back",
        description="Until a minute before it would be shown. The present code stays, and another one can be planned.",
        operation_id="takeBackCodeSuccessor",
        tags=TAGS,
    )
    def post(self, parsed_path: Path[CodeSuccessorPath], idempotency_key: IdempotencyKey) -> HttpResponse:
        caller = self.caller

        def take_back() -> CodeSuccessorFacts:
            successor_id = wanted_id("csu", parsed_path.successor_id)
            return _show(take_back_successor(caller.merchant, successor_id, actor=caller.actor), caller)

        return self.answer_once(idempotency_key, take_back)


class OldCodeRemoval(ApiController):
    @validate(
        *writing(CodeSuccessorFacts, NotFound, OldCodeStillShown),
        auth=[KeyWith(Scope.PROGRAMS_WRITE)],
        summary="Say that the old code is deleted",
        description=(
            "The till does not take it any more, so nobody is reminded of it. Twice is as once. Refused before the next"
            " code is shown."
        ),
        operation_id="removeOldCode",
        tags=TAGS,
    )
    def post(self, parsed_path: Path[CodeSuccessorPath], idempotency_key: IdempotencyKey) -> HttpResponse:
        caller = self.caller

        def remove() -> CodeSuccessorFacts:
            successor_id = wanted_id("csu", parsed_path.successor_id)
            return _show(say_removed(caller.merchant, successor_id, actor=caller.actor), caller)

        return self.answer_once(idempotency_key, remove)


def _show(row: SuccessorRow, caller: ApiCaller) -> CodeSuccessorFacts:
    facts = describe_successor(row)
    sees = SEE_CODES_OF_PROGRAMS & caller.scopes
    return replace(facts, code=row.code, next_code=row.next_code) if sees else facts


def _fitting(text: str) -> str:
    """Refuses: InvalidRequest. It is measured as it stays: some letters become two."""
    cleaned = clean_text(text[:LONGEST_GIVEN])
    if len(cleaned) > LONGEST_CODE:
        raise InvalidRequest("/next_code", "too_long", limit=LONGEST_CODE)
    if not cleaned:
        raise InvalidRequest("/next_code", "too_short", limit=1)
    return cleaned
