"""What customers read of a draw: every prize with its odds and limits, and what is given instead."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from stampwell.draws.seeds import PARTS
from stampwell.languages.formatting import format_exact_percent, format_number
from stampwell.programs.offering import reward_name
from stampwell.programs.terms import PrizeTerms, RewardTerms, Terms


def say_draw(terms: Terms, draw: RewardTerms) -> Iterator[str]:
    """Nothing for a reward that is none."""
    if not draw.prizes:
        return
    yield _("You get one of these prizes, by lot:")
    for prize in draw.prizes:
        yield say_prize(terms, prize)
    last = reward_name(terms, draw.prizes[-1].reward)
    if any(prize.stock or prize.most_a_day for prize in draw.prizes):
        yield _("If the drawn prize has run out, you get: %(prize)s") % {"prize": last}
    if draw.minimum_age:
        yield _(
            "Drawn for customers aged %(age)s or over whose birthday is known here. Everyone else gets: %(prize)s"
        ) % {"age": format_number(draw.minimum_age), "prize": last}


def say_prize(terms: Terms, prize: PrizeTerms) -> str:
    facts = {
        "prize": reward_name(terms, prize.reward),
        "odds": format_exact_percent(Decimal(prize.odds) / PARTS),
        "day": format_number(prize.most_a_day or 0),
        "stock": format_number(prize.stock or 0),
    }
    if prize.most_a_day and prize.stock:
        return _("%(prize)s: %(odds)s (at most %(day)s a day, %(stock)s in total)") % facts
    if prize.most_a_day:
        return _("%(prize)s: %(odds)s (at most %(day)s a day)") % facts
    if prize.stock:
        return _("%(prize)s: %(odds)s (at most %(stock)s in total)") % facts
    return _("%(prize)s: %(odds)s") % facts
