"""Drafts of programs: saved from the guided form, opened in it again, deleted. Publishing is the form's own act."""

from datetime import datetime

import msgspec
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stampwell.clock import now
from stampwell.ids import public_id, wanted_id
from stampwell.languages.formatting import format_list
from stampwell.merchants.models import Merchant, StaffMember
from stampwell.programs.drafting import why_not_publish
from stampwell.programs.models import Program, SavedDraft
from stampwell.programs.offering import program_name
from stampwell.programs.publishing import find_program
from stampwell.programs.saved_drafts import DraftSeen, delete_draft, find_draft, list_drafts, save_draft
from stampwell.programs.terms import Terms, terms_of, terms_of_many
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.form_keys import Said, do_once, tell
from stampwell.web.dashboard.programs.draft import draft_of, sheet_of
from stampwell.web.dashboard.programs.draft_fields import draft_sheet, fields_to_keep, name_in
from stampwell.web.dashboard.programs.form_page import DraftShown, draft_in, show_form
from stampwell.web.dashboard.programs.sheet import Sheet, blank_sheet, posted_sheet, resumed_sheet


class DraftLine(msgspec.Struct, frozen=True):
    """One in a list; `changes` names the program that it is to change."""

    id: str
    name: str
    changes: str
    by: str
    saved: datetime


@require_safe
@for_managers
def draft(request: HttpRequest, desk: Desk, draft: str) -> HttpResponse:
    found = find_draft(desk.merchant, wanted_id("drf", draft))
    program = find_program(desk.merchant, found.program_id) if found.program_id else None
    present = terms_of(desk.merchant.id, program.current_version_id) if program else None
    base = sheet_of(present, desk.merchant) if present else blank_sheet(desk.merchant)
    sheet = draft_sheet(found.fields, base, desk.merchant)
    _check(sheet, desk, present)
    shown = DraftShown(
        seen=DraftSeen(found.id, found.revision),
        by=_names(desk.merchant, [found]).get(found.staff_member_id, ""),
        saved=found.saved,
        wrong=format_list(_wrong_fields(sheet)),
        is_overtaken=program is not None and program.current_version_id != found.version_id,
    )
    return show_form(request, desk, sheet, program, shown)


@require_POST
@for_managers
def delete(request: HttpRequest, desk: Desk, draft: str) -> HttpResponse:
    draft_id = wanted_id("drf", draft)

    def act() -> Said:
        delete_draft(desk.merchant, draft_id, actor=desk.actor())
        return Said(_("The draft was deleted."))

    tell(request, do_once(request, desk, act))
    return redirect("programs")


def keep_draft(request: HttpRequest, desk: Desk, program: Program | None, data: QueryDict) -> HttpResponse:
    """Saves what was typed, right or wrong; what cannot be saved is shown as it was sent."""
    fields = fields_to_keep(posted_sheet(data, desk.merchant), data, desk.merchant)

    def act() -> Said:
        saved = save_draft(
            desk.merchant,
            fields,
            name=name_in(fields, desk.merchant),
            program=program,
            seen=draft_in(data),
            actor=desk.actor(),
        )
        return Said(_say_saved(beside=saved.beside), secret=public_id("drf", saved.draft_id))

    said = do_once(request, desk, act)
    tell(request, said)
    if said.done:
        return redirect("program_draft", said.secret)
    return show_form(request, desk, resumed_sheet(data, desk.merchant), program)


def say_drafts(desk: Desk, program: Program | None = None) -> list[DraftLine]:
    """In the same number of questions however many there are."""
    drafts = list_drafts(desk.merchant, program)
    if not drafts:
        return []
    people, programs = _names(desk.merchant, drafts), _programs(desk.merchant, drafts)
    return [
        DraftLine(
            id=public_id("drf", one.id),
            name=one.name or _("New stamp card"),
            changes=programs[one.program_id] if one.program_id else "",
            by=people.get(one.staff_member_id, ""),
            saved=one.saved,
        )
        for one in drafts
    ]


def _say_saved(*, beside: bool) -> str:
    if beside:
        return _("Somebody else has saved this draft meanwhile, so yours was saved as a second one.")
    return _("Saved as a draft. Customers see nothing of it until you publish it.")


def _check(sheet: Sheet, desk: Desk, present: Terms | None) -> None:
    """Marks what keeps it from being published, beside the fields."""
    if not sheet.is_valid(desk):
        return
    if refusal := why_not_publish(desk.merchant, draft_of(sheet, desk.merchant, present), now()):
        sheet.place(refusal, desk)


def _wrong_fields(sheet: Sheet) -> list[str]:
    wrong = [str(form[name].label) for form in sheet.forms for name in form.errors if name in form.fields]
    return list(dict.fromkeys(wrong))


def _names(merchant: Merchant, drafts: list[SavedDraft]) -> dict[object, str]:
    ids = {one.staff_member_id for one in drafts}
    return dict(StaffMember.objects.filter(merchant=merchant, id__in=ids).values_list("id", "name"))


def _programs(merchant: Merchant, drafts: list[SavedDraft]) -> dict[object, str]:
    ids = {one.program_id for one in drafts if one.program_id}
    programs = Program.objects.filter(merchant=merchant, id__in=ids)
    present = {program.id: program.current_version_id for program in programs}
    terms = terms_of_many(merchant.id, frozenset(present.values()))
    return {program_id: program_name(terms[version_id]) for program_id, version_id in present.items()}
