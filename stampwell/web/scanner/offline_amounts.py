"""Whether a phone asks for an amount when it saves a scan. Of which program the card is, it cannot know."""

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
    at = now()
    stamped = [one for one in Program.objects.filter(merchant=merchant) if not why_no_stamps(merchant, one.id, at)]
    terms = [terms_of(merchant.id, program.current_version_id) for program in stamped]
    wanting = [one for one in terms if _wants_amount(one)]
    if len({one.currency for one in wanting}) != 1:
        return None
    amounts = amounts_in(wanting[0].currency, asks_from=max(asks_from(one) for one in wanting))
    return OfflineAmounts(amounts, always=len(wanting) == len(terms))


def _wants_amount(terms: Terms) -> bool:
    return terms.earning_by == "amount" or terms.minimum_spend is not None
