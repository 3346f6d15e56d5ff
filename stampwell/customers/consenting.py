"""What a customer says about messages after joining. Nothing is changed or taken away: the newest word counts."""

from uuid import UUID

from django.utils.translation import gettext as _

from stampwell.clock import now
from stampwell.customers.describing import read_consent, read_customer
from stampwell.customers.erasing import lock_person
from stampwell.customers.joining import ConsentGiven, add_consent
from stampwell.customers.merged_people import who_it_is
from stampwell.events.actors import Actor
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, merchant_transaction


def consent_wording(shop: str) -> str:
    """The sentence that stands there wherever somebody agrees."""
    return _("%(shop)s may send me news and offers. I can stop this at any time.") % {"shop": shop}


def give_consent(merchant: Merchant, customer_id: UUID, said: ConsentGiven, *, locale: str, actor: Actor) -> bool:
    """Whether it is new. Nobody agrees to what never comes: neither where the shop writes to nobody, nor without an
    address.

    Refuses: NotFound.
    """
    with merchant_transaction(merchant.id) as tx:
        writes = lock_merchant(tx).writes_to_customers  # before the person, as whoever merges them locks it
        customer_id = lock_who_it_is(tx, customer_id)
        latest = read_consent(tx, customer_id)
        if not writes or not read_customer(tx, customer_id).email or (latest and latest.granted):
            return False
        add_consent(tx, customer_id, said, granted=True, locale=locale, at=now(), actor=actor)
        return True


def withdraw_consent(merchant: Merchant, customer_id: UUID, said: ConsentGiven, *, locale: str, actor: Actor) -> bool:
    """Whether there was anything to withdraw. A link of before counts for whom the customer was merged into.

    Refuses: NotFound.
    """
    with merchant_transaction(merchant.id) as tx:
        customer_id = lock_who_it_is(tx, customer_id)
        latest = read_consent(tx, customer_id)
        if latest is None or not latest.granted:
            return False
        add_consent(tx, customer_id, said, granted=False, locale=locale, at=now(), actor=actor)
        return True


def lock_who_it_is(tx: Statements, customer_id: UUID) -> UUID:
    """Held until the transaction ends. Refuses: NotFound."""
    customer_id = who_it_is(tx, customer_id)
    person = lock_person(tx, customer_id)
    if person.erased or person.merged_into:
        raise NotFound
    return customer_id
