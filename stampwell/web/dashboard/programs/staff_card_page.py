"""The card for staff of a program: fetched in a language, alone or four on a sheet."""

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stampwell.ids import wanted_id
from stampwell.languages.offered import is_offered
from stampwell.programs.publishing import find_program
from stampwell.programs.terms import RewardTerms, Terms, terms_of
from stampwell.refusal import NotFound
from stampwell.wallet.content import design_of
from stampwell.web.dashboard.desk import Desk, for_everyone
from stampwell.web.dashboard.programs.files import as_file
from stampwell.web.staff_cards import PAPERS, draw_staff_card

# As whoever stands at the printer calls them.
STAFF_CARD_SIZES: dict[str, str | Promise] = {"a6": _("A6, one card"), "a4": _("A4, four cards to cut")}


@require_safe
@for_everyone
def staff_card(request: HttpRequest, desk: Desk, program: str, locale: str) -> HttpResponse:
    """In one of the languages, on A6 unless `size` says otherwise; `reward` asks for the card of one reward.

    Refuses: NotFound.
    """
    found = find_program(desk.merchant, wanted_id("prg", program))
    paper = request.GET.get("size", "a6")
    if not is_offered(locale) or paper not in PAPERS:
        raise NotFound
    terms = terms_of(desk.merchant.id, found.current_version_id)
    reward = _reward_of(terms, request.GET["reward"]) if "reward" in request.GET else None
    colour = design_of(desk.merchant.id, terms.version_id).background
    pdf = draw_staff_card(desk.merchant.name, terms, locale, colour=colour, paper=paper, reward=reward)
    return as_file(pdf, "application/pdf", f"{found.slug}-staff-{locale}-{paper}.pdf")


def _reward_of(terms: Terms, reward: str) -> RewardTerms:
    """One of those that can be earned now: a reward of earlier terms has no card any more."""
    wanted = wanted_id("rwd", reward)
    found = next((one for one in terms.rewards if one.id == wanted), None)
    if found is None:
        raise NotFound
    return found
