"""The poster of a program: fetched in a language and a size, and whether a print is out of date."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from stampwell.ids import wanted_id
from stampwell.languages.offered import is_offered, list_languages
from stampwell.languages.texts import text_in
from stampwell.merchants.models import Merchant
from stampwell.programs.describing import join_url
from stampwell.programs.models import Program
from stampwell.programs.offering import is_offered_in, offer_of
from stampwell.programs.printed import changed_since_printed, note_printed
from stampwell.programs.publishing import find_program
from stampwell.programs.terms import Terms, terms_of
from stampwell.refusal import NotFound
from stampwell.wallet.content import design_of
from stampwell.wallet.offered import offered_wallets
from stampwell.web.dashboard.desk import Desk, for_everyone
from stampwell.web.dashboard.programs.files import as_file
from stampwell.web.posters import PAPERS, PosterFacts, draw_poster

# What a poster shows, as the owner calls it.
PARTS: dict[str, str | Promise] = {
    "shop": _("Name of the shop"),
    "offer": _("The sentence on the join page"),
    "goal": _("Number of stamps"),
    "reward": _("Name of the reward"),
    "look": _("Colours or icon"),
    "address": _("Address in the code"),
    "wallets": _("Wallets that the card works with"),
}


SIZES: dict[str, str | Promise] = {
    "a4": "A4",
    "a5": "A5",
    "tent": _("A4 to fold"),
}


@dataclass(frozen=True)
class PosterButton:
    """One language in which the poster can be fetched. `changed` names what a print of it says otherwise."""

    locale: str
    language: str
    direction: str
    is_translated: bool
    changed: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
@for_everyone
def poster(request: HttpRequest, desk: Desk, program: str, locale: str) -> HttpResponse:
    """The poster in one of the languages, for A4 unless `size` says otherwise.

    A browser may fetch ahead what a link leads to, so only a button that somebody pressed counts as a print.
    """
    found = find_program(desk.merchant, wanted_id("prg", program))
    size = request.GET.get("size", "a4")
    if not is_offered(locale) or size not in PAPERS:
        raise NotFound
    facts = _facts(desk.merchant, found, locale)
    pdf = draw_poster(facts, locale, size=size)
    if request.method == "POST":
        note_printed(desk.merchant, found.id, locale, _said(desk.merchant, found, locale))
    suffix = "" if size == "a4" else f"-{size}"
    return as_file(pdf, "application/pdf", f"{found.slug}-{locale}{suffix}.pdf")


def poster_buttons(merchant: Merchant, program: Program) -> list[PosterButton]:
    terms = _terms(merchant, program)
    return [
        PosterButton(
            locale=locale,
            language=language,
            direction=direction,
            is_translated=is_offered_in(terms, locale),
            changed=_changed(merchant, program, locale) if locale in program.printed else [],
        )
        for locale, language, direction in list_languages()
    ]


def name_changes(buttons: list[PosterButton]) -> list[str]:
    """What changed since prints of any language, each once."""
    changed = {name for button in buttons for name in button.changed}
    return [str(words) for name, words in PARTS.items() if name in changed]


def _changed(merchant: Merchant, program: Program, locale: str) -> list[str]:
    return changed_since_printed(program, locale, _said(merchant, program, locale))


def _facts(merchant: Merchant, program: Program, locale: str) -> PosterFacts:
    terms = _terms(merchant, program)
    design = design_of(merchant.id, terms.version_id)
    with override(locale):
        offer = offer_of(terms)
    return PosterFacts(
        merchant_name=merchant.name,
        offer=offer.sentence,
        reward=offer.reward,
        reward_locale=offer.reward_locale,
        join_url=join_url(merchant.slug, program.slug),
        colour=design.background,
        design=design,
        goal=terms.goal,
        wallets=tuple(offered_wallets()),
    )


def _said(merchant: Merchant, program: Program, locale: str) -> dict[str, str]:
    """What a print would say, by what the owner can change. Our own words may change with a release: not they."""
    terms = _terms(merchant, program)
    design = design_of(merchant.id, terms.version_id)
    written = terms.offer.get(locale, "")
    return {
        "shop": merchant.name,
        "offer": written,
        "goal": str(terms.goal),
        "reward": "" if written else text_in(terms.milestones[-1].reward.name, locale, terms.locale),
        "look": f"{design.background} {design.foreground} {design.accent} {design.icon}",
        "address": join_url(merchant.slug, program.slug),
        "wallets": " ".join(offered_wallets()),
    }


def _terms(merchant: Merchant, program: Program) -> Terms:
    return terms_of(merchant.id, program.current_version_id)
