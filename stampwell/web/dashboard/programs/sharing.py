"""What brings customers to a published program: the link and its code as a picture."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from stampwell.cards.new_terms import count_mailed, read_giving
from stampwell.clock import now
from stampwell.draws.models import DrawChain
from stampwell.ids import public_id, wanted_id
from stampwell.languages.offered import offered_locales
from stampwell.print_fonts import find_unprintable
from stampwell.programs.course import state_of
from stampwell.programs.describing import join_url
from stampwell.programs.draw_words import say_prize
from stampwell.programs.models import Program
from stampwell.programs.notice import describe_notice, say_notice
from stampwell.programs.offering import offer_of, program_name, reward_name
from stampwell.programs.publishing import find_program
from stampwell.programs.terms import RewardTerms, Terms, terms_of
from stampwell.redeem_codes.formats import draw_qr
from stampwell.refusal import NotFound
from stampwell.web.dashboard.card_sample import draw_sample
from stampwell.web.dashboard.desk import Desk, for_everyone
from stampwell.web.dashboard.programs.course_page import say_course
from stampwell.web.dashboard.programs.draft_pages import say_drafts
from stampwell.web.dashboard.programs.files import as_file
from stampwell.web.dashboard.programs.poster_page import SIZES, name_changes, poster_buttons
from stampwell.web.dashboard.programs.reward_forms import PATHS
from stampwell.web.dashboard.programs.staff_card_page import STAFF_CARD_SIZES
from stampwell.web.dashboard.programs.terms_words import say_reward
from stampwell.web.dashboard.start.next_steps import next_steps
from stampwell.web.posters import draw_join_png


@require_safe
@for_everyone
def program_page(request: HttpRequest, desk: Desk, program: str) -> HttpResponse:
    found = find_program(desk.merchant, wanted_id("prg", program))
    terms = terms_of(desk.merchant.id, found.current_version_id)
    url = join_url(desk.merchant.slug, found.slug)
    names = dict(PATHS)
    buttons = poster_buttons(desk.merchant, found)
    size = request.GET.get("size") if request.GET.get("size") in SIZES else "a4"
    context = {
        "desk": desk,
        "here": "programs",
        "program_id": public_id("prg", found.id),
        "name": program_name(terms),
        "offer": offer_of(terms),
        "state": state_of(found, now()),
        "course": say_course(desk.merchant, found),
        "terms": terms,
        "drafts": say_drafts(desk, found) if desk.manages else [],
        "mailed": count_mailed(desk.merchant, found),
        "announced": _say_announced(desk, found),
        "giving": read_giving(desk.merchant, found),
        "milestones": [
            (
                step.stamps,
                reward_name(terms, step.reward),
                _way(step.reward, names),
                say_reward(desk.merchant, step.reward, terms.currency),
                [
                    (
                        say_prize(terms, prize),
                        _way(prize.reward, names) if prize.kind == "voucher" else "",
                        say_reward(desk.merchant, prize.reward, terms.currency) if prize.kind == "voucher" else [],
                    )
                    for prize in step.reward.prizes
                ],
            )
            for step in terms.milestones
        ],
        "has_draws": DrawChain.objects.filter(merchant=desk.merchant, program_id=found.id).exists(),
        "has_codes": any(one.path == "redeem_code" for one in terms.rewards),
        "has_shared_codes": any(one.redeem_code_kind == "static" for one in terms.rewards),
        "strip": draw_sample(terms),
        "join_url": url,
        "qr": mark_safe(draw_qr(url, level="H")),  # noqa: S308 - drawn by us from our own link
        "posters": buttons,
        "untranslated": any(not button.is_translated for button in buttons),
        "outdated": [button for button in buttons if button.changed],
        "changed": name_changes(buttons),
        "sizes": SIZES,
        "size": size,
        "staff_card_sizes": STAFF_CARD_SIZES,
        "rewards": [(public_id("rwd", one.id), reward_name(terms, one)) for one in terms.rewards],
        "unprintable": " ".join(_unprintable(desk, terms)),
        "steps": next_steps(desk.merchant, Program.objects.filter(merchant=desk.merchant).order_by("created")),
    }
    return render(request, "dashboard/program.html", context)


def _way(reward: RewardTerms, names: Mapping[str, Any]) -> str:
    return _("Drawn by lot") if reward.prizes else str(names[reward.path])


def _say_announced(desk: Desk, program: Program) -> str:
    return say_notice(desk.merchant, describe_notice(desk.merchant, program)) if program.next_starts else ""


@require_safe
@for_everyone
def join_code(request: HttpRequest, desk: Desk, program: str, kind: str) -> HttpResponse:
    """The join code as a file: SVG for a print shop, PNG for everything else."""
    found = find_program(desk.merchant, wanted_id("prg", program))
    url = join_url(desk.merchant.slug, found.slug)
    if kind not in ("svg", "png"):
        raise NotFound
    if kind == "svg":
        return as_file(draw_qr(url, level="H").encode(), "image/svg+xml", f"{found.slug}.svg")
    return as_file(draw_join_png(url), "image/png", f"{found.slug}.png")


def _unprintable(desk: Desk, terms: Terms) -> list[str]:
    """The letters that a poster in some language leaves out."""
    texts = [desk.merchant.name]
    for locale in offered_locales():
        with override(locale):
            texts.append(offer_of(terms).text)
    return find_unprintable("".join(texts))
