"""The draws of a program: what was drawn against what the odds say, what is left, and the proof of each month."""

from decimal import Decimal

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from stampwell.clock import now
from stampwell.draws.chains import chains_of
from stampwell.draws.seeds import PARTS
from stampwell.draws.tallying import read_tally
from stampwell.ids import wanted_id
from stampwell.languages.formatting import format_exact_percent, format_number
from stampwell.merchants.local_time import local_day
from stampwell.programs.draw_counts import PrizeCount, count_months, count_prizes
from stampwell.programs.draw_proof import prove_month, read_month
from stampwell.programs.offering import program_name, reward_name
from stampwell.programs.publishing import find_program
from stampwell.programs.terms import PrizeTerms, Terms, terms_of
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_reads
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.figures.share_bar import draw_share
from stampwell.web.dashboard.programs.files import as_file


class PrizeRow(msgspec.Struct, frozen=True):
    name: str
    odds: str
    drawn: int
    expected: str
    bar: SafeString
    left: int | None
    left_today: int | None


@require_safe
@for_managers
def draws_page(request: HttpRequest, desk: Desk, program: str) -> HttpResponse:
    """Refuses: NotFound, also of a program that never had a draw."""
    found = find_program(desk.merchant, wanted_id("prg", program))
    terms, today = terms_of(desk.merchant.id, found.current_version_id), local_day(desk.merchant, now())
    with merchant_reads(desk.merchant.id) as tx:
        chains, tally = chains_of(tx, found.id), read_tally(tx, found.id)
        counts = [
            (step.reward, count_prizes(tx, terms, step.reward, tally, today=today))
            for step in terms.milestones
            if step.reward.prizes
        ]
    if not chains:
        raise NotFound
    context = {
        "desk": desk,
        "here": "programs",
        "program_id": program,
        "name": program_name(terms),
        "draws": [
            (reward_name(terms, draw), sum(one.drawn for one in prizes), _rows(terms, draw.prizes, prizes))
            for draw, prizes in counts
        ],
        "months": [(f"{month.first:%Y-%m}", month.draws) for month in count_months(tally)],
        "command": "stampwell draw verify FILE",
        "commitments": [chain.commitment.hex(" ", 2) for chain in chains],
    }
    return render(request, "dashboard/program_draws.html", context)


@require_safe
@for_managers
def proof(request: HttpRequest, desk: Desk, program: str) -> HttpResponse:
    """The file of a month, as the API gives it; of the present one where the address names none."""
    found = find_program(desk.merchant, wanted_id("prg", program))
    first = read_month(request.GET.get("month", "")) or local_day(desk.merchant, now()).replace(day=1)
    content = msgspec.json.encode(prove_month(desk.merchant, found.id, first))
    return as_file(content, "application/json", f"{found.slug}-draws-{first:%Y-%m}.json")


def _rows(terms: Terms, prizes: tuple[PrizeTerms, ...], counts: list[PrizeCount]) -> list[PrizeRow]:
    together = sum(one.drawn for one in counts)
    return [
        PrizeRow(
            name=reward_name(terms, prize.reward),
            odds=format_exact_percent(Decimal(prize.odds) / PARTS),
            drawn=count.drawn,
            expected=format_number(round(Decimal(together * prize.odds) / PARTS, 1)),
            bar=draw_share(count.drawn, together),
            left=count.left,
            left_today=count.left_today,
        )
        for prize, count in zip(prizes, counts, strict=True)
    ]
