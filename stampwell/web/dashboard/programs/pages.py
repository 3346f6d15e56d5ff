"""The pages of programs: the guided form with its preview, and what a published program offers to share."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stampwell.cards.new_terms import Apply, change_terms, look_ahead
from stampwell.ids import wanted_id
from stampwell.merchants.models import Merchant
from stampwell.programs.drafting import ProgramDraft
from stampwell.programs.models import Program
from stampwell.programs.publishing import find_program, publish_program
from stampwell.programs.saved_drafts import drop_published
from stampwell.programs.terms import Terms, terms_of
from stampwell.refusal import Refusal
from stampwell.wallet.content import find_logo
from stampwell.web.dashboard.desk import Desk, for_everyone, for_managers
from stampwell.web.dashboard.form_keys import Said, do_once
from stampwell.web.dashboard.programs.draft import draft_of, sheet_of
from stampwell.web.dashboard.programs.draft_pages import keep_draft, say_drafts
from stampwell.web.dashboard.programs.examples import begun_sheet
from stampwell.web.dashboard.programs.form_page import draft_in, explain_here, show_form
from stampwell.web.dashboard.programs.palettes import find_palette
from stampwell.web.dashboard.programs.preview import draw_preview
from stampwell.web.dashboard.programs.sheet import Sheet, posted_sheet, resumed_sheet
from stampwell.web.dashboard.programs.terms_page import ask_for_whom, say_published
from stampwell.web.dashboard.programs.tiles import list_tiles
from stampwell.web.dashboard.shop.logo import store_logo


@require_safe
@for_everyone
def list_programs(request: HttpRequest, desk: Desk) -> HttpResponse:
    archived = "archived" in request.GET
    context = {
        "desk": desk,
        "here": "programs",
        "drafts": say_drafts(desk) if desk.manages and not archived else [],
        "programs": list_tiles(desk.merchant, archived=archived),
        "shows_archived": archived,
        "has_archived": Program.objects.filter(merchant=desk.merchant, archived__isnull=False).exists(),
    }
    return render(request, "dashboard/programs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new_program(request: HttpRequest, desk: Desk) -> HttpResponse:
    if request.method != "POST":
        return show_form(request, desk, begun_sheet(request.GET, desk.merchant), None)
    return _take_form(request, desk, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def edit_program(request: HttpRequest, desk: Desk, program: str) -> HttpResponse:
    found = find_program(desk.merchant, wanted_id("prg", program))
    if request.method != "POST":
        return show_form(request, desk, sheet_of(_terms(desk.merchant, found), desk.merchant), found)
    return _take_form(request, desk, found)


@require_POST
@for_managers
def preview_program(request: HttpRequest, desk: Desk) -> HttpResponse:
    sheet = posted_sheet(request.POST, desk.merchant)
    context = {"preview": draw_preview(sheet, desk), "desk": desk, "sends_lines": True}
    return render(request, "dashboard/parts/preview.html", context)


def _take_form(request: HttpRequest, desk: Desk, program: Program | None) -> HttpResponse:
    data = request.POST.copy()
    trouble = _take_logo(request, desk, data)
    if palette := find_palette(data.get("palette", "")):
        for name, chosen in palette.look.items():
            data[name] = chosen
    if data.keys() & {"add", "remove", "palette", "prizes"}:
        sheet = resumed_sheet(
            data,
            desk.merchant,
            add="add" in data,
            remove=data.get("remove", ""),
            prizes=data.get("prizes", ""),
        )
        return show_form(request, desk, sheet, program)
    if "save" in data and not trouble:
        return keep_draft(request, desk, program, data)
    sheet = posted_sheet(data, desk.merchant)
    fits = sheet.is_valid(desk)
    if trouble:
        sheet.program.add_error("logo_file", trouble)
    if fits and not sheet.program.errors:
        return _publish(request, desk, sheet, program, data)
    return show_form(request, desk, sheet, program)


def _take_logo(request: HttpRequest, desk: Desk, data: QueryDict) -> str:
    """Keeps a file that was sent, and empties the field of a logo that is gone. Returns what was wrong, or nothing."""
    trouble, upload = "", request.FILES.get("logo_file")
    if upload:
        try:
            data["logo"] = store_logo(desk.merchant, upload)
        except Refusal as refusal:
            trouble = explain_here(desk, refusal)
    is_lost = bool(logo := data.get("logo")) and find_logo(desk.merchant.id, logo) is None
    if is_lost or (data.get("remove") == "logo" and not upload):
        data["logo"] = ""  # the form could not show a lost one
    return trouble or (_("Please choose the logo again.") if is_lost else "")


def _publish(request: HttpRequest, desk: Desk, sheet: Sheet, program: Program | None, data: QueryDict) -> HttpResponse:
    apply: HttpResponse | Apply = "new_rounds"
    try:
        draft = draft_of(sheet, desk.merchant, _terms(desk.merchant, program) if program else None)
        outlook = look_ahead(desk.merchant, program, draft) if program else None
        if program and outlook and outlook.cards and outlook.changes:
            apply = ask_for_whom(request, desk, program, draft, outlook, data)
    except Refusal as refusal:
        sheet.place(refusal, desk)
        return show_form(request, desk, sheet, program)
    if isinstance(apply, HttpResponse):
        return apply
    return _publish_for(request, desk, sheet, program, draft, apply)


def _publish_for(
    request: HttpRequest, desk: Desk, sheet: Sheet, program: Program | None, draft: ProgramDraft, apply: Apply
) -> HttpResponse:
    wrong: list[Refusal] = []

    def act() -> Said:
        try:
            if program is None:
                published = publish_program(desk.merchant, draft, actor=desk.actor())
            else:
                published = change_terms(desk.merchant, program.id, draft, apply=apply, actor=desk.actor()).published
        except Refusal as refusal:
            wrong.append(refusal)
            raise
        if seen := draft_in(request.POST):
            drop_published(desk.merchant, seen)
        return Said(say_published(apply), secret=published.facts.id)

    said = do_once(request, desk, act)
    if said.done:
        messages.success(request, said.text)
        return redirect(reverse("program", args=[said.secret]))
    for refusal in wrong:
        sheet.place(refusal, desk)
    if not wrong:
        sheet.program.add_error(None, f"{said.text} {said.what_to_do}")
    return show_form(request, desk, sheet, program)


def _terms(merchant: Merchant, program: Program) -> Terms:
    return terms_of(merchant.id, program.current_version_id)
