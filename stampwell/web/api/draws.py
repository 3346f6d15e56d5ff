"""GET /programs/{id}/draws: the draws of a month, as the file that proves them."""

from datetime import date
from typing import Annotated

import msgspec
from django.http import HttpResponse
from dmr import Path, Query, validate

from stampwell.clock import now
from stampwell.draws.proof import DrawProof
from stampwell.ids import wanted_id
from stampwell.languages.patterns import whole
from stampwell.merchants.access import Scope
from stampwell.merchants.local_time import local_day
from stampwell.programs.draw_proof import prove_month
from stampwell.programs.publishing import find_program
from stampwell.refusal import NotFound
from stampwell.web.api.answering import ApiController, reading
from stampwell.web.api.asking import ProgramPath
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.programs import TAGS

Month = Annotated[str, whole("20[0-9]{2}-(0[1-9]|1[0-2])", most=7, told="Such as 2026-11, by the clock of the shop.")]


class DrawsAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Left out, it is the present month."""

    month: Month | None = None


class ProgramDraws(ApiController):
    @validate(
        *reading(DrawProof, NotFound),
        auth=[KeyWith(Scope.EVENTS_READ)],
        summary="Prove the draws of a month",
        description=(
            "Every draw of a month with the commitment to its seeds and the seeds of the days that are over:"
            " `stampwell draw verify` proves it by this answer alone."
        ),
        operation_id="readDraws",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[ProgramPath], parsed_query: Query[DrawsAsked]) -> HttpResponse:
        merchant = self.caller.merchant
        program = find_program(merchant, wanted_id("prg", parsed_path.program_id))
        asked = parsed_query.month
        first = date.fromisoformat(f"{asked}-01") if asked else local_day(merchant, now()).replace(day=1)
        return self.answer(prove_month(merchant, program.id, first))
