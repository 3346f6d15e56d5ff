"""POST /programs/{id}/pause, /resumption, /closing."""

from datetime import date

from django.http import HttpResponse
from dmr import Path, validate

from stampwell.ids import wanted_id
from stampwell.merchants.access import Scope
from stampwell.programs.course import ProgramOver
from stampwell.programs.describing import ProgramFacts
from stampwell.programs.pausing import LastDayUnclear, end_program, go_on, pause_program
from stampwell.refusal import NotFound
from stampwell.web.api.answering import ApiController, writing
from stampwell.web.api.asking import ProgramPath
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.programs import TAGS, show
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.shapes import Asked


class PauseAsked(Asked, frozen=True, kw_only=True):
    """With `stamping`, cards that customers have get no stamps either."""

    stamping: bool = False


class ResumptionAsked(Asked, frozen=True, kw_only=True):
    """Nothing is to be said."""


class ClosingAsked(Asked, frozen=True, kw_only=True):
    """Without `last_day` it is over at once. `archive` is at once too, and takes it out of the lists."""

    last_day: date | None = None
    archive: bool = False


JOINING_ALONE, PLAINLY, AT_ONCE = PauseAsked(), ResumptionAsked(), ClosingAsked()


class ProgramPause(ApiController):
    @validate(
        *writing(ProgramFacts, NotFound, ProgramOver),
        auth=[KeyWith(Scope.PROGRAMS_WRITE)],
        summary="Pause a program",
        description="Nobody gets a card of it until it goes on. Rewards that are ready can be used.",
        operation_id="pauseProgram",
        tags=TAGS,
    )
    def post(
        self,
        parsed_path: Path[ProgramPath],
        idempotency_key: IdempotencyKey,
        parsed_body: JsonBody[PauseAsked] = JOINING_ALONE,
    ) -> HttpResponse:
        caller, program = self.caller, wanted_id("prg", parsed_path.program_id)

        def pause() -> ProgramFacts:
            done = pause_program(caller.merchant, program, stamping=parsed_body.stamping, actor=caller.actor)
            return show(caller, done.program)

        return self.answer_once(idempotency_key, pause)


class ProgramResumption(ApiController):
    @validate(
        *writing(ProgramFacts, NotFound),
        auth=[KeyWith(Scope.PROGRAMS_WRITE)],
        summary="Go on with a program",
        description="It gives cards and stamps again, whether it was paused, over or archived, and has no last day.",
        operation_id="resumeProgram",
        tags=TAGS,
    )
    def post(
        self,
        parsed_path: Path[ProgramPath],
        idempotency_key: IdempotencyKey,
        parsed_body: JsonBody[ResumptionAsked] = PLAINLY,
    ) -> HttpResponse:
        caller, program = self.caller, wanted_id("prg", parsed_path.program_id)
        return self.answer_once(
            idempotency_key,
            lambda: show(caller, go_on(caller.merchant, program, actor=caller.actor).program),
        )


class ProgramClosing(ApiController):
    @validate(
        *writing(ProgramFacts, NotFound, LastDayUnclear),
        auth=[KeyWith(Scope.PROGRAMS_WRITE)],
        summary="End a program",
        description="It gives no cards and no stamps after its last day, or from now on. Rewards stay usable.",
        operation_id="closeProgram",
        tags=TAGS,
    )
    def post(
        self,
        parsed_path: Path[ProgramPath],
        idempotency_key: IdempotencyKey,
        parsed_body: JsonBody[ClosingAsked] = AT_ONCE,
    ) -> HttpResponse:
        caller, program, asked = self.caller, wanted_id("prg", parsed_path.program_id), parsed_body

        def close() -> ProgramFacts:
            done = end_program(
                caller.merchant, program, last_day=asked.last_day, archive=asked.archive, actor=caller.actor
            )
            return show(caller, done.program)

        return self.answer_once(idempotency_key, close)
