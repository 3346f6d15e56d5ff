"""The page with the guided form of a program."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from stampwell.ids import private_id, public_id
from stampwell.programs.models import Program
from stampwell.programs.saved_drafts import DraftSeen
from stampwell.refusal import Refusal
from stampwell.wallet.look.logo_files import LARGEST_FILE
from stampwell.web.dashboard.desk import Desk
from stampwell.web.dashboard.form_keys import new_key
from stampwell.web.dashboard.programs.forms import BARCODE_PROMISES
from stampwell.web.dashboard.programs.palettes import PALETTES
from stampwell.web.dashboard.programs.preview import draw_preview
from stampwell.web.dashboard.programs.reward_forms import PATH_PROMISES
from stampwell.web.dashboard.programs.sheet import Sheet
from stampwell.web.dashboard.shop.logo import logo_too_large


class DraftShown(msgspec.Struct, frozen=True):
    """What is told of a saved draft on its page: who saved it and when, what is not right yet, and what came since."""

    seen: DraftSeen
    by: str
    saved: datetime
    wrong: str
    is_overtaken: bool


def show_form(
    request: HttpRequest, desk: Desk, sheet: Sheet, program: Program | None, draft: DraftShown | None = None
) -> HttpResponse:
    seen = draft.seen if draft else draft_in(request.POST)
    program_id = public_id("prg", program.id) if program else ""
    context = {
        "desk": desk,
        "here": "programs",
        "sheet": sheet,
        "preview": draw_preview(sheet, desk),
        "path_promises": PATH_PROMISES,
        "barcode_promises": BARCODE_PROMISES,
        "palettes": [(palette, palette.is_in(_look(sheet))) for palette in PALETTES],
        "largest_logo": LARGEST_FILE,
        "logo_too_large": explain_here(desk, logo_too_large()),
        "program": program,
        "program_id": program_id,
        "action": reverse("edit_program", args=[program_id]) if program_id else reverse("new_program"),
        "draft": draft,
        "draft_id": public_id("drf", seen.draft_id) if seen else "",
        "revision": seen.revision if seen else "",
        "once": new_key(),
    }
    wrong = sheet.program.is_bound and not draft
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "dashboard/program_form.html", context, status=status)


def draft_in(data: QueryDict) -> DraftSeen | None:
    """Which draft the page that was sent had shown."""
    draft_id, revision = private_id("drf", data.get("draft", "")), data.get("draft_revision", "")
    is_number = revision.isascii() and revision.isdecimal() and len(revision) < 10
    return DraftSeen(draft_id, int(revision)) if draft_id and is_number else None


def explain_here(desk: Desk, refusal: Refusal) -> str:
    said = desk.explain(refusal)
    return f"{said.staff_message} {said.what_to_do}"


def _look(sheet: Sheet) -> dict[str, Any]:
    return {name: sheet.program[name].value() for name in ("background", "accent", "icon")}
