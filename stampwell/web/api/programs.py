"""GET and POST /programs, GET /programs/{id}."""

from datetime import datetime

from django.http import HttpResponse
from dmr import Path, Query, validate

from stampwell.clock import now
from stampwell.ids import wanted_id
from stampwell.languages.currencies import currencies_in_use
from stampwell.languages.texts import LanguageNotOffered, TextMissing, TextTooLong
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.merchants.hours import HoursUnclear
from stampwell.programs.describing import ProgramFacts
from stampwell.programs.drafting import PrizeRewardDraft, ProgramDraft
from stampwell.programs.limits import FIRST_END, LAST_END
from stampwell.programs.models import Program
from stampwell.programs.publishing import describe, find_program, publish_program
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
from stampwell.programs.terms import terms_of
from stampwell.redeem_codes.formats import CodeDoesNotFit
from stampwell.redeem_codes.refusals import PoolArchived
from stampwell.refusal import NotFound
from stampwell.wallet.look.stamp_icons import ICONS
from stampwell.web.api.answering import ApiController, reading, writing
from stampwell.web.api.asking import ProgramPath
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.linking import show_program
from stampwell.web.api.paging import Page, PageAsked, cursor_id, next_of
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.refusals import InvalidRequest

TAGS = ["Programs"]


class Programs(ApiController):
    @validate(
        *reading(Page[ProgramFacts]),
        auth=[KeyWith(Scope.PROGRAMS_READ)],
        summary="List programs",
        description="All programs with their present terms, oldest first.",
        operation_id="listPrograms",
        tags=TAGS,
    )
    def get(self, parsed_query: Query[PageAsked]) -> HttpResponse:
        caller, asked = self.caller, parsed_query
        rows = Program.objects.filter(merchant_id=caller.merchant.id, id__gt=cursor_id("prg", asked)).order_by("id")
        found = list(rows[: asked.limit + 1])
        items = [show(caller, row) for row in found[: asked.limit]]
        return self.answer(Page(items, next_of(len(found), items[-1].id if items else "", asked)))

    @validate(
        *writing(
            ProgramFacts,
            NotFound,
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
        summary="Make a program",
        description="Publishes a new program at once. Cards can be issued from it right after.",
        operation_id="createProgram",
        tags=TAGS,
    )
    def post(self, idempotency_key: IdempotencyKey, parsed_body: JsonBody[ProgramDraft]) -> HttpResponse:
        check_draft(parsed_body)
        caller = self.caller
        return self.answer_once(
            idempotency_key,
            lambda: show(caller, publish_program(caller.merchant, parsed_body, actor=caller.actor).program),
        )


class OneProgram(ApiController):
    @validate(
        *reading(ProgramFacts, NotFound),
        auth=[KeyWith(Scope.PROGRAMS_READ)],
        summary="Read a program",
        description="The program with its present terms; cards keep the terms of their round.",
        operation_id="readProgram",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[ProgramPath]) -> HttpResponse:
        caller = self.caller
        program = find_program(caller.merchant, wanted_id("prg", parsed_path.program_id))
        return self.answer(show(caller, program))


def show(caller: ApiCaller, program: Program) -> ProgramFacts:
    terms = terms_of(caller.merchant.id, program.current_version_id)
    return show_program(describe(caller.merchant, program, terms, at=now()), terms, caller)


def check_draft(draft: ProgramDraft) -> None:
    """Refuses: InvalidRequest for a moment without its zone or beyond all calendars, an unknown currency or icon."""
    if draft.earning.currency not in (None, *currencies_in_use()):
        raise InvalidRequest("/earning/currency", "not_allowed")
    if draft.design.icon not in ICONS:
        raise InvalidRequest("/design/icon", "not_allowed")
    for place, milestone in enumerate(draft.milestones):
        _check_reward(milestone.reward, f"/milestones/{place}/reward")
        for number, prize in enumerate(milestone.reward.draw.prizes if milestone.reward.draw else ()):
            _check_reward(prize.reward, f"/milestones/{place}/reward/draw/prizes/{number}/reward")


def _check_reward(reward: PrizeRewardDraft, pointer: str) -> None:
    for name in ("active_from", "valid_until"):
        moment: datetime | None = getattr(reward, name)
        if moment is None:
            continue
        if moment.tzinfo is None:
            raise InvalidRequest(f"{pointer}/{name}", "wrong_format")
        if not FIRST_END <= moment.date() <= LAST_END:
            raise InvalidRequest(f"{pointer}/{name}", "invalid")
