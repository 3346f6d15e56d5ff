"""POST /programs/{id}/versions: other terms for a program that people collect in."""

from datetime import datetime
from typing import Literal

from django.http import HttpResponse
from dmr import Path, validate
from msgspec import Struct
from msgspec.structs import asdict

from stampwell.cards.new_terms import Apply, NotBetter, NoticeNeeded, StartUnclear, change_terms
from stampwell.ids import public_id, wanted_id
from stampwell.languages.texts import LanguageNotOffered, TextMissing, TextTooLong
from stampwell.merchants.access import Scope
from stampwell.merchants.hours import HoursUnclear
from stampwell.programs.comparing import Verdict
from stampwell.programs.describing import ProgramFacts
from stampwell.programs.drafting import ProgramDraft
from stampwell.programs.refusals import (
    CodeElsewhere,
    DrawUnclear,
    EarningUnclear,
    FreeItemUnnamed,
    ManagerNotThere,
    MilestonesUnclear,
    NeverUsable,
    PlaceNotAsked,
    RedeemCodeMissing,
    WelcomeFillsCard,
)
from stampwell.programs.successor_refusals import CodeReplaced, NextCodeDoesNotFit
from stampwell.redeem_codes.formats import CodeDoesNotFit
from stampwell.redeem_codes.refusals import PoolArchived
from stampwell.refusal import NotFound
from stampwell.web.api.answering import ApiController, writing
from stampwell.web.api.asking import ProgramPath
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.programs import TAGS, check_draft, show
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.refusals import InvalidRequest


class ApplyAt(Struct, frozen=True, forbid_unknown_fields=True):
    """Announced now: new cards and new rounds get the terms from then on."""

    at: datetime


class VersionDraft(ProgramDraft, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole program as it is to be, and for whom."""

    apply: Literal["new_rounds", "everybody"] | ApplyAt = "new_rounds"


class VersionFacts(Struct, frozen=True):
    """`for_customers`: what the change is for them. `job_id`: the job that gives the terms to everybody, else null."""

    program: ProgramFacts
    for_customers: Verdict
    job_id: str | None


class ProgramVersions(ApiController):
    @validate(
        *writing(
            VersionFacts,
            NotFound,
            NoticeNeeded,
            NotBetter,
            StartUnclear,
            MilestonesUnclear,
            EarningUnclear,
            RedeemCodeMissing,
            CodeElsewhere,
            DrawUnclear,
            PoolArchived,
            CodeDoesNotFit,
            CodeReplaced,
            NextCodeDoesNotFit,
            FreeItemUnnamed,
            ManagerNotThere,
            PlaceNotAsked,
            HoursUnclear,
            NeverUsable,
            WelcomeFillsCard,
            TextMissing,
            TextTooLong,
            LanguageNotOffered,
        ),
        auth=[KeyWith(Scope.PROGRAMS_WRITE)],
        summary="Change the terms",
        description=(
            "Publishes the next version of a program: for new cards and new rounds, for everybody now if it is better"
            " in every way, or from a day on that card holders are told of."
        ),
        operation_id="createProgramVersion",
        tags=TAGS,
    )
    def post(
        self, parsed_path: Path[ProgramPath], idempotency_key: IdempotencyKey, parsed_body: JsonBody[VersionDraft]
    ) -> HttpResponse:
        caller, program = self.caller, wanted_id("prg", parsed_path.program_id)
        check_draft(parsed_body)
        apply = _read_apply(parsed_body.apply)
        given = asdict(parsed_body)
        del given["apply"]

        def change() -> VersionFacts:
            done = change_terms(caller.merchant, program, ProgramDraft(**given), apply=apply, actor=caller.actor)
            job_id = public_id("job", done.job_id) if done.job_id else None
            return VersionFacts(show(caller, done.published.program), done.verdict, job_id)

        return self.answer_once(idempotency_key, change)


def _read_apply(asked: Literal["new_rounds", "everybody"] | ApplyAt) -> Apply:
    if not isinstance(asked, ApplyAt):
        return asked
    if asked.at.tzinfo is None:
        raise InvalidRequest("/apply/at", "wrong_format")
    return asked.at
