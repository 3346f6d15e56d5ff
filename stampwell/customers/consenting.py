"""What a customer says about messages after joining. Nothing is changed or taken away: the newest word counts."""

from uuid import UUID

from stampwell.clock import now
from stampwell.customers.describing import read_consent
from stampwell.customers.erasing import lock_person
from stampwell.customers.joining import ConsentGiven, add_consent
from stampwell.customers.merged_people import who_it_is
from stampwell.events.actors import Actor
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_transaction


def withdraw_consent(merchant: Merchant, customer_id: UUID, said: ConsentGiven, *, locale: str, actor: Actor) -> bool:
    """Whether there was anything to withdraw. A link of before counts for whom the customer was merged into.

    Refuses: NotFound.
    """
    with merchant_transaction(merchant.id) as tx:
        customer_id = who_it_is(tx, customer_id)
        person = lock_person(tx, customer_id)
        if person.erased or person.merged_into:
            raise NotFound
        latest = read_consent(tx, customer_id)
        if latest is None or not latest.granted:
            return False
        add_consent(tx, customer_id, said, granted=False, locale=locale, at=now(), actor=actor)
        return True
