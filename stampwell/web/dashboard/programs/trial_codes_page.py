"""A page to print and to scan at the till before a customer comes: the codes of a program in their real size."""

from datetime import date

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stampwell.ids import public_id, wanted_id
from stampwell.languages.explaining import Explanation
from stampwell.merchants.local_time import local_day
from stampwell.programs.code_successors import successors_of, terms_of_today, why_next_does_not_fit
from stampwell.programs.offering import program_name, reward_name
from stampwell.programs.publishing import find_program
from stampwell.programs.terms import RewardTerms, Terms, terms_of
from stampwell.redeem_codes.formats import barcode_text
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.programs.printed_trials import Drawn, draw_trial, in_other_formats


class NextTrial(msgspec.Struct, frozen=True):
    """What is planned to follow the code; `problem` says why it cannot be shown as that is."""

    code: str
    first_day: date
    shown: Drawn | None
    problem: Explanation | None


class TrialCode(msgspec.Struct, frozen=True):
    """`shown` is None where customers read the code as text. `code` is empty where it comes from a list, or is one that
    the till asks us about; `pool_id` is that list, where it is tried with a made-up code. `next` is planned to follow.
    """

    reward: str
    code: str
    shown: Drawn | None
    others: list[Drawn]
    is_asked_about: bool = False
    pool_id: str = ""
    next: NextTrial | None = None


@require_safe
@for_managers
def trial_codes(request: HttpRequest, desk: Desk, program: str) -> HttpResponse:
    """Refuses: NotFound."""
    found = find_program(desk.merchant, wanted_id("prg", program))
    terms = terms_of_today(terms_of(desk.merchant.id, found.current_version_id), desk.merchant)
    codes = [_trial_of(one, terms, desk) for one in terms.rewards if one.path == "redeem_code"]
    context = {
        "desk": desk,
        "here": "programs",
        "program_id": program,
        "name": program_name(terms),
        "codes": codes,
        "is_shared": any(one.code for one in codes),
    }
    return render(request, "dashboard/trial_codes.html", context)


def _trial_of(reward: RewardTerms, terms: Terms, desk: Desk) -> TrialCode:
    name = reward_name(terms, reward)
    if not reward.redeem_code:
        pool_id = public_id("cdp", reward.pool_id) if reward.pool_id else ""
        return TrialCode(name, "", None, [], is_asked_about=reward.redeem_code_kind == "api", pool_id=pool_id)
    held = barcode_text(reward.barcode_template, reward.redeem_code)
    return TrialCode(
        reward=name,
        code=reward.redeem_code,
        shown=None if reward.redeem_code_format == "text" else draw_trial(held, reward.redeem_code_format),
        others=in_other_formats(held, reward.redeem_code_format),
        next=_next_of(reward, desk),
    )


def _next_of(reward: RewardTerms, desk: Desk) -> NextTrial | None:
    turn = successors_of(desk.merchant).of(reward.redeem_code)
    if turn is None:
        return None
    code_format, template = reward.redeem_code_format, reward.barcode_template
    refusal = why_next_does_not_fit(turn, code_format, template)  # by terms of an older release
    is_drawn = refusal is None and code_format != "text"
    return NextTrial(
        code=turn.next_code,
        first_day=local_day(desk.merchant, turn.starts),
        shown=draw_trial(barcode_text(template, turn.next_code), code_format) if is_drawn else None,
        problem=desk.explain(refusal) if refusal else None,
    )
