"""What a reward of a program costs the shop and what a visit brings it, as the owner says: for its figures alone.

Customers never read it, and nothing that is promised depends on it, so it is no part of the terms.
"""

from uuid import UUID

import msgspec

from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.languages.texts import text_in
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program
from stampwell.programs.publishing import find_program
from stampwell.programs.terms import terms_of
from stampwell.transactions import merchant_transaction


class Prices(msgspec.Struct, frozen=True, kw_only=True):
    """In minor units of `currency`; None where nothing was said, as all of it where the currency is ""."""

    reward_cost: int | None = None
    visit_value: int | None = None
    currency: str = ""


def prices_of(program: Program) -> Prices:
    return Prices(reward_cost=program.reward_cost, visit_value=program.visit_value, currency=program.priced_in)


def price_program(merchant: Merchant, program_id: UUID, prices: Prices, *, actor: Actor) -> None:
    """Refuses: NotFound."""
    if prices.reward_cost is None and prices.visit_value is None:
        prices = Prices()
    with merchant_transaction(merchant.id) as tx:
        Program.objects.select_for_update(no_key=True).filter(merchant=merchant, id=program_id).first()
        program = find_program(merchant, program_id)
        before = prices_of(program)
        Program.objects.filter(merchant=merchant, id=program.id).update(
            reward_cost=prices.reward_cost, visit_value=prices.visit_value, priced_in=prices.currency
        )
        terms = terms_of(merchant.id, program.current_version_id)
        changed(
            tx,
            "program.priced",
            by=actor,
            name=text_in(terms.name, terms.locale, terms.locale),
            subject_id=program.id,
            before=_as_told(before),
            after=_as_told(prices),
        )


def _as_told(prices: Prices) -> dict[str, list[object] | None]:
    """Each with its currency: before and after may differ in it."""
    amounts = {"reward_cost": prices.reward_cost, "visit_value": prices.visit_value}
    return {name: None if minor is None else [minor, prices.currency] for name, minor in amounts.items()}
