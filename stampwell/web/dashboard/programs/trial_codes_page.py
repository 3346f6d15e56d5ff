"""A page to print and to scan at the till before a customer comes: the codes of a program in their real size."""

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from stampwell.ids import wanted_id
from stampwell.programs.offering import program_name, reward_name
from stampwell.programs.publishing import find_program
from stampwell.programs.terms import RewardTerms, Terms, terms_of
from stampwell.redeem_codes.formats import FORMATS, barcode_text, draw_printed, why_code_does_not_fit
from stampwell.web.dashboard.desk import Desk, for_managers

ALSO_TRIED = ("qr", "code128", "ean13", "code39", "datamatrix")  # what scanners at tills read most


class Drawn(msgspec.Struct, frozen=True):
    format: str | Promise
    picture: SafeString


class TrialCode(msgspec.Struct, frozen=True):
    """`shown` is None where customers read the code as text. `code` is empty where it comes from a list, or is one that
    the till asks us about.
    """

    reward: str
    code: str
    shown: Drawn | None
    others: list[Drawn]
    is_asked_about: bool = False


@require_safe
@for_managers
def trial_codes(request: HttpRequest, desk: Desk, program: str) -> HttpResponse:
    """Refuses: NotFound."""
    found = find_program(desk.merchant, wanted_id("prg", program))
    terms = terms_of(desk.merchant.id, found.current_version_id)
    context = {
        "desk": desk,
        "here": "programs",
        "program_id": program,
        "name": program_name(terms),
        "codes": [_trial_of(one, terms) for one in terms.rewards if one.path == "redeem_code"],
    }
    return render(request, "dashboard/trial_codes.html", context)


def _trial_of(reward: RewardTerms, terms: Terms) -> TrialCode:
    name = reward_name(terms, reward)
    if not reward.redeem_code:
        return TrialCode(name, "", None, [], is_asked_about=reward.redeem_code_kind == "api")
    held = barcode_text(reward.barcode_template, reward.redeem_code)
    others = [other for other in ALSO_TRIED if other != reward.redeem_code_format]
    return TrialCode(
        reward=name,
        code=reward.redeem_code,
        shown=None if reward.redeem_code_format == "text" else _drawn(held, reward.redeem_code_format),
        others=[_drawn(held, other) for other in others if why_code_does_not_fit(held, other) is None],
    )


def _drawn(code: str, code_format: str) -> Drawn:
    return Drawn(FORMATS[code_format].name, mark_safe(draw_printed(code, code_format)))  # noqa: S308
