"""What the odds in a form mean, in words: of one prize, and of all of them together."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from stampwell.draws.seeds import PARTS
from stampwell.languages.formatting import format_exact_percent, format_number

FINE = 20  # a chance is told in at most so many parts, and one that is smaller as 1 in so many


def say_odds(odds: int) -> str:
    """As people say it: 1 in 20."""
    if odds == 0:
        return _("Never drawn; only given when another prize has run out.")
    exact = Fraction(odds, PARTS)
    told = exact.limit_denominator(FINE) if exact * FINE >= 1 else Fraction(1, round(1 / exact))
    facts = {
        "times": format_number(told.numerator),
        "draws": format_number(told.denominator),
        "percent": _percent(odds),
    }
    if told == exact:
        return _("%(times)s in %(draws)s (%(percent)s)") % facts
    return _("About %(times)s in %(draws)s (%(percent)s)") % facts


def say_sum(odds: Sequence[int]) -> str:
    """Whether they are 100 % together, and what is missing or too much."""
    together = sum(odds)
    if together == PARTS:
        return _("All chances together: %(whole)s.") % {"whole": _percent(PARTS)}
    if together < PARTS:
        return _("%(so_far)s so far: %(missing)s are missing.") % {
            "so_far": _percent(together),
            "missing": _percent(PARTS - together),
        }
    return _("%(so_far)s so far: %(more)s too much.") % {
        "so_far": _percent(together),
        "more": _percent(together - PARTS),
    }


def _percent(odds: int) -> str:
    return format_exact_percent(Decimal(odds) / PARTS)
