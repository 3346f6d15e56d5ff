"""What brings customers to a published program: the link, its code as a picture, the poster."""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import override
from django.views.decorators.http import require_safe

from stampwell.ids import public_id, wanted_id
from stampwell.languages.offered import is_offered, list_languages, offered_locales
from stampwell.programs.codes import draw_qr
from stampwell.programs.describing import join_url
from stampwell.programs.offering import offer_text, program_name, reward_name
from stampwell.programs.publishing import find_program
from stampwell.programs.terms import Terms, terms_of
from stampwell.refusal import NotFound
from stampwell.wallet.content import design_of
from stampwell.wallet.offered import offered_wallets
from stampwell.web.dashboard.card_sample import draw_sample
from stampwell.web.dashboard.desk import Desk, for_everyone
from stampwell.web.dashboard.programs.forms import PATHS
from stampwell.web.dashboard.start.next_steps import next_steps
from stampwell.web.posters import PosterFacts, draw_join_png, draw_poster
from stampwell.web.print_fonts import find_unprintable


@require_safe
@for_everyone
def program_page(request: HttpRequest, desk: Desk, program: str) -> HttpResponse:
    found = find_program(desk.merchant, wanted_id("prg", program))
    terms = terms_of(desk.merchant.id, found.current_version_id)
    url = join_url(desk.merchant.slug, found.slug)
    names = dict(PATHS)
    context = {
        "desk": desk,
        "here": "programs",
        "program_id": public_id("prg", found.id),
        "name": program_name(terms),
        "offer": offer_text(terms),
        "terms": terms,
        "milestones": [
            (step.stamps, reward_name(terms, step.reward), names[step.reward.path]) for step in terms.milestones
        ],
        "strip": draw_sample(desk.merchant, terms),
        "join_url": url,
        "qr": mark_safe(draw_qr(url, level="H")),  # noqa: S308 - drawn by us from our own link
        "languages": list_languages(),
        "unprintable": " ".join(_unprintable(desk, terms)),
        "steps": next_steps(desk.merchant),
    }
    return render(request, "dashboard/program.html", context)


@require_safe
@for_everyone
def join_code(request: HttpRequest, desk: Desk, program: str, kind: str) -> HttpResponse:
    """The join code as a file: SVG for a print shop, PNG for everything else."""
    found = find_program(desk.merchant, wanted_id("prg", program))
    url = join_url(desk.merchant.slug, found.slug)
    if kind not in ("svg", "png"):
        raise NotFound
    if kind == "svg":
        return _file(draw_qr(url, level="H").encode(), "image/svg+xml", f"{found.slug}.svg")
    return _file(draw_join_png(url), "image/png", f"{found.slug}.png")


@require_safe
@for_everyone
def poster(request: HttpRequest, desk: Desk, program: str, locale: str) -> HttpResponse:
    """The A4 poster in one of the languages."""
    found = find_program(desk.merchant, wanted_id("prg", program))
    if not is_offered(locale):
        raise NotFound
    terms = terms_of(desk.merchant.id, found.current_version_id)
    design = design_of(desk.merchant.id, terms.version_id)
    with override(locale):
        facts = PosterFacts(
            merchant_name=desk.merchant.name,
            offer=offer_text(terms),
            join_url=join_url(desk.merchant.slug, found.slug),
            colour=design.background,
            design=design,
            goal=terms.goal,
            wallets=tuple(offered_wallets()),
        )
    return _file(draw_poster(facts, locale), "application/pdf", f"{found.slug}-{locale}.pdf")


def _unprintable(desk: Desk, terms: Terms) -> list[str]:
    """The letters that a poster in some language leaves out."""
    texts = [desk.merchant.name]
    for locale in offered_locales():
        with override(locale):
            texts.append(offer_text(terms))
    return find_unprintable("".join(texts))


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return HttpResponse(content, content_type=content_type, headers=headers)
