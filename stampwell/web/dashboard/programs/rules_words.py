"""What the rules in a form say: in the preview as customers read them, and in one line of each part that is folded."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stampwell.languages.formatting import format_number
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.merchants.models import Merchant
from stampwell.programs.discount_words import say_discount
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
from stampwell.web.dashboard.programs.sheet import Sheet


def say_rewards(sheet: Sheet, terms: Terms, merchant: Merchant) -> list[tuple[str, str, list[str]]]:
    """Every reward after its count of stamps, what limits its use and who confirms it."""
    places = places_of(merchant.id, (step.reward for step in terms.milestones))
    steps = zip(sheet.rewards, terms.milestones, strict=True)
    return [
        (
            ngettext("%(count)s stamp", "%(count)s stamps", step.stamps) % {"count": format_number(step.stamps)},
            clean_text(str(form["name"].value() or "")[:LONGEST_GIVEN]) or _("Your reward"),
            # What holds for a draw is said at its prizes, which the form does not have.
            [*say_discount(step.reward, terms.currency), *say_policy(merchant, step.reward, places)]
            if not form.is_draw
            else [],
        )
        for form, step in sorted(steps, key=lambda pair: pair[1].stamps)
    ]


def say_folded(sheet: Sheet, terms: Terms, merchant: Merchant) -> dict[str, str]:
    """By the id of its line: what is set in a part of the form that is folded away; "" for nothing."""
    places = places_of(merchant.id, (step.reward for step in terms.milestones))
    said = {
        "welcome-said": _line(say_welcome(terms)),
        "counts-said": _line(say_what_counts(terms)),
        "often-said": _line(say_how_often(terms)),
    }
    for form, step in zip(sheet.rewards, terms.milestones, strict=True):
        said[form.line_of_discount] = _line(say_discount(step.reward, terms.currency))
        said[form.line_of_time] = _line(say_how_long(merchant, step.reward))
        said[form.line_of_limits] = _line([*say_times(step.reward), *say_places(step.reward, places)])
    return said


def _line(facts: Iterable[str]) -> str:
    return " · ".join(facts)
