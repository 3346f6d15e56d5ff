"""How the prizes of a program are drawn: the odds for everybody, and the commitment to the seeds."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from stampwell.draws.chains import chains_of, seed_of_day, told_at, utc_day
from stampwell.draws.rows import ChainRow
from stampwell.draws.seeds import is_within
from stampwell.languages.formatting import format_number
from stampwell.merchants.models import Merchant
from stampwell.programs.draw_words import say_draw
from stampwell.programs.offering import NoSuchOffer, find_offer, reward_name
from stampwell.programs.terms import Terms, terms_of
from stampwell.transactions import merchant_reads
from stampwell.web.shop_pages import shop_context, shop_page


@require_safe
@shop_page
def show_draws(request: HttpRequest, merchant: Merchant, program_slug: str) -> HttpResponse:
    """Refuses: NoSuchOffer, also where nothing is drawn."""
    program = find_offer(merchant, program_slug)
    terms = terms_of(merchant.id, program.current_version_id)
    with merchant_reads(merchant.id) as tx:
        at, chains = told_at(tx), chains_of(tx, program.id)
    if not chains:
        raise NoSuchOffer
    context = shop_context(merchant, terms) | {
        "rewards": say_draws(terms),
        "commitments": [_in_groups(chain.commitment) for chain in chains],
        "told": _latest_seed(chains[0], at),
    }
    return render(request, "joining/draws.html", context)


def _latest_seed(chain: ChainRow, at: datetime) -> str:
    """Of yesterday, in UTC: whoever knows it can make those of the days before of it."""
    yesterday = utc_day(at) - timedelta(days=1)
    return _in_groups(seed_of_day(chain, yesterday)) if is_within(chain.begins, yesterday, days=chain.days) else ""


def _in_groups(sign: bytes) -> str:
    """Hexadecimal digits that a narrow screen can break into lines."""
    return sign.hex(" ", 2)


def say_draws(terms: Terms) -> list[tuple[str, str, list[str]]]:
    return [
        (
            ngettext("%(count)s stamp", "%(count)s stamps", step.stamps) % {"count": format_number(step.stamps)},
            reward_name(terms, step.reward),
            [*say_draw(terms, step.reward)],
        )
        for step in terms.milestones
        if step.reward.prizes
    ]
