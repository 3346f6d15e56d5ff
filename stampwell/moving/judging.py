"""Whether what an archive says of a shop can be true: judged when all of it is here, before anybody sees it.

The tables take whatever has the right form. A row may still count what did not happen, be in a state that there is not,
or lead round in a circle; then a page fails, or a step never ends, weeks after somebody has read it in.
"""

from collections.abc import Callable, Iterator
from itertools import chain, islice
from uuid import UUID

from stampwell.cards.recounting import each_difference, report_difference
from stampwell.moving.judged_discounts import false_discounts
from stampwell.moving.judged_secrets import false_secrets
from stampwell.moving.judged_settings import unfit_settings
from stampwell.moving.judged_shop import unfit_shop
from stampwell.moving.judged_successors import unfit_successors
from stampwell.moving.judged_terms import unfit_terms
from stampwell.moving.judged_ties import false_ties
from stampwell.moving.judged_values import unknown_values
from stampwell.moving.trouble import MoveTrouble

MOST_TOLD = 10
# The quick ones first; each says what is wrong in a sentence, and stops when nobody wants to hear more.
_JUDGES: tuple[Callable[[UUID], Iterator[str]], ...] = (
    unfit_shop,
    unfit_settings,
    unknown_values,
    unfit_terms,
    unfit_successors,
    false_discounts,
    false_ties,
    lambda merchant_id: wrong_counts(merchant_id),
    false_secrets,
)


def require_sound(merchant_id: UUID) -> None:
    """Raises MoveTrouble, which tells the first faults."""
    told = list(islice(chain.from_iterable(judge(merchant_id) for judge in _JUDGES), MOST_TOLD))
    if told:
        lines = "\n".join(f"- {fault}" for fault in told)
        raise MoveTrouble(
            f"The archive says what cannot be true:\n{lines}\n"
            "The shop stays hidden; `stampwell shop discard SHOP` takes away what is there."
        )


def wrong_counts(merchant_id: UUID) -> Iterator[str]:
    for difference in each_difference(merchant_id):
        told = report_difference(difference)
        yield f"{told.of} says {told.counter}: {told.kept}; counted from the rows they are {told.counted}."
