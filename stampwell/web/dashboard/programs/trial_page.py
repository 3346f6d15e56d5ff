"""The code that shows an owner, on their own phone, how customers see a reward and use it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from stampwell.ids import public_id, wanted_id
from stampwell.programs.offering import program_name, reward_name
from stampwell.programs.publishing import find_program
from stampwell.programs.terms import terms_of
from stampwell.redeem_codes.formats import draw_qr
from stampwell.refusal import NotFound
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.trials import trial_url


@require_safe
@for_managers
def trial_page(request: HttpRequest, desk: Desk, program: str) -> HttpResponse:
    """Of the reward in the address, else of the last one. Refuses: NotFound."""
    found = find_program(desk.merchant, wanted_id("prg", program))
    terms = terms_of(desk.merchant.id, found.current_version_id)
    rewards = {public_id("rwd", one.id): one for one in terms.rewards}
    chosen = request.GET.get("reward") or list(rewards)[-1]
    if chosen not in rewards:
        raise NotFound
    url = trial_url(desk.merchant, terms, rewards[chosen])
    context = {
        "desk": desk,
        "here": "programs",
        "program_id": program,
        "name": program_name(terms),
        "reward": reward_name(terms, rewards[chosen]),
        "rewards": [(key, reward_name(terms, one), key == chosen) for key, one in rewards.items()],
        "url": url,
        "qr": mark_safe(draw_qr(url, level="M")),  # noqa: S308 - drawn by us from our own link
    }
    return render(request, "dashboard/program_trial.html", context)
