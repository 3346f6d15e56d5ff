"""What the rules in a form say: in the preview as customers read them, and in one line of each part that is folded."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stampwell.languages.formatting import format_number
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.merchants.models import Merchant
from stampwell.programs.discount_words import say_discount
from stampwell.programs.draw_words import say_draw
from stampwell.programs.rules import (
    places_of,
    say_how_long,
    say_how_often,
    say_places,
    say_policy,
    say_times,
    say_welcome,
    say_what_counts,
)
from stampwell.programs.terms import Terms
from stampwell.web.dashboard.programs.draw_sums import say_odds, say_sum
from stampwell.web.dashboard.programs.read_early import read_early, reward_in
from stampwell.web.dashboard.programs.reward_forms import PATHS
from stampwell.web.dashboard.programs.sheet import Sheet


def say_rewards(sheet: Sheet, terms: Terms, merchant: Merchant) -> list[tuple[str, str, list[str]]]:
    """Every reward after its count of stamps, what limits its use and who confirms it."""
    places = places_of(merchant.id, (step.reward for step in terms.milestones))
    steps = zip(sheet.rewards, terms.milestones, strict=True)
    return [
        (
            ngettext("%(count)s stamp", "%(count)s stamps", step.stamps) % {"count": format_number(step.stamps)},
            clean_text(str(form["name"].value() or "")[:LONGEST_GIVEN]) or _("Your reward"),
            [*say_draw(terms, step.reward)]
            or [*say_discount(step.reward, terms.currency), *say_policy(merchant, step.reward, places)],
        )
        for form, step in sorted(steps, key=lambda pair: pair[1].stamps)
    ]


def say_folded(sheet: Sheet, terms: Terms, merchant: Merchant) -> dict[str, str]:
    """By the id of its line: what is set in a part of the form that is folded away; "" for nothing."""
    places = places_of(merchant.id, terms.rewards)
    said = {
        "welcome-said": _line(say_welcome(terms)),
        "counts-said": _line(say_what_counts(terms)),
        "often-said": _line(say_how_often(terms)),
    }
    for form in sheet.given:
        reward = reward_in(form)
        said[form.line_of_discount] = _line(say_discount(reward, terms.currency))
        said[form.line_of_time] = _line(say_how_long(merchant, reward))
        said[form.line_of_limits] = _line([*say_times(reward), *say_places(reward, places)])
    for draw in sheet.rewards:
        odds = [read_early(prize, "odds") for prize in draw.prizes]
        for prize, one in zip(draw.prizes, odds, strict=True):
            said[prize.line_of_odds] = "" if one is None else say_odds(one)
            said[prize.line_of_path] = str(dict(PATHS)[read_early(prize, "path") or "staff_scan"])
        if draw.is_draw:
            said[draw.line_of_sum] = say_sum([one or 0 for one in odds])
    return said


def _line(facts: Iterable[str]) -> str:
    return " · ".join(facts)
