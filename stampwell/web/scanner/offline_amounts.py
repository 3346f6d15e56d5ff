"""What a phone that saves a scan knows of the terms: whether it asks for an amount, and the pause between two stamps.
Of which program the card is, it cannot know.
"""

import msgspec

from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.programs.course import why_no_stamps
from stampwell.programs.models import Program
from stampwell.programs.terms import Terms, terms_of
from stampwell.web.scanner.amount_facts import AmountFacts, amounts_in, asks_from


class OfflineAmounts(msgspec.Struct, frozen=True):
    """`always` where every card collects by amount or wants a least one: then none is saved without."""

    amounts: AmountFacts
    always: bool


def offline_amounts(merchant: Merchant) -> OfflineAmounts | None:
    """None where no card wants an amount. Nor where cards count in several currencies: of an amount alone nobody could
    say in which it is, so those scans wait for the owner.
    """
    terms = _terms_that_stamp(merchant)
    wanting = [one for one in terms if _wants_amount(one)]
    if len({one.currency for one in wanting}) != 1:
        return None
    amounts = amounts_in(wanting[0].currency, asks_from=max(asks_from(one) for one in wanting))
    return OfflineAmounts(amounts, always=len(wanting) == len(terms))


def shortest_pause(merchant: Merchant) -> int:
    """Within so many seconds no card of the shop gets a second stamp by itself; 0 where one may."""
    return min((terms.cooldown_seconds for terms in _terms_that_stamp(merchant)), default=0)


def _terms_that_stamp(merchant: Merchant) -> list[Terms]:
    at = now()
    stamped = [one for one in Program.objects.filter(merchant=merchant) if not why_no_stamps(merchant, one.id, at)]
    return [terms_of(merchant.id, program.current_version_id) for program in stamped]


def _wants_amount(terms: Terms) -> bool:
    return terms.earning_by == "amount" or terms.minimum_spend is not None
