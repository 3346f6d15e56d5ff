"""Codes of vouchers that a connected till asks about, tried in vain: not by one, who waits alone (`guessing`), but by
many at one shop, or from one address with many keys.

Where many devices and keys of a shop try, such codes are read by nobody there for an hour. Cards, and vouchers as a
phone shows them, are scanned all the while, so the counter goes on. No one key and no one device brings that about, for
what each tries counts only so far; nor do customers, who type at a kiosk, or into an online shop that has one key.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.events.recording import record
from stampwell.merchants.models import Merchant
from stampwell.merchants.owner_mail import write_to_owners
from stampwell.refusal import Kind, Refusal
from stampwell.requests.limits import (
    CLOCKS_DIFFER,
    TooManyAttempts,
    closed_until,
    count_one,
    forget_attempts,
    forget_attempts_below,
    seconds_until,
)
from stampwell.tokens import secret_hash
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.api_codes import has_api_codes

WITHIN = timedelta(hours=1)
CLOSED_FOR = timedelta(hours=1)
MOST_BY_ONE = 100  # codes: of one key or device no more count towards those of the shop
MOST_OF_SHOP = 300
MOST_FROM_ADDRESS = 300
WORTH_SENDING = timedelta(hours=12)


class OwnCodesClosed(Refusal):
    """Facts: seconds."""

    code = "own_codes_closed"
    kind = Kind.TOO_MANY
    retryable = True
    title = gettext_lazy("Codes can’t be read now")
    staff_text = gettext_lazy("Too many codes that belong to no voucher were tried at this shop.")
    customer_text = gettext_lazy("The code of your voucher can’t be read at the moment.")
    what_to_do = gettext_lazy(
        "Scan the customer’s card with the scanner and hand out the reward there. A manager can let codes be read again"
        " on the Home page of the desk."
    )
    what_customer_can_do = gettext_lazy("Wait a moment, and show your card to the staff instead.")


class GuessedCodesEvent(msgspec.Struct, frozen=True):
    """`tried` is how many there were within an hour: by whoever it was, or by all, where codes are closed by it."""

    tried: int
    closed_until: datetime | None


def codes_closed_until(merchant: Merchant) -> datetime | None:
    """A moment that lies further ahead than codes are closed for was written while a clock was wrong."""
    until, at = merchant.own_codes_closed_until, now()
    return until if until and at < until < at + CLOSED_FOR + CLOCKS_DIFFER else None


def why_not_read(merchant: Merchant, address: str) -> Refusal | None:
    """Of any such code, whether or not there is a voucher; `address` is "" for a device, which waits alone."""
    if until := codes_closed_until(merchant):
        return OwnCodesClosed(seconds=seconds_until(until))
    until = closed_until(_from(merchant, address), most=MOST_FROM_ADDRESS, within=WITHIN) if address else None
    return TooManyAttempts(seconds=seconds_until(until)) if until else None


def count_guessed_code(merchant: Merchant, code: str, *, by: UUID, actor: Actor, address: str) -> None:
    """The code fits together and is nobody's. The same one counts once: a till that asks again guesses nothing."""
    with merchant_transaction(merchant.id) as tx:
        if not has_api_codes(tx):
            return
    if count_one(f"own-code:{merchant.id}:{secret_hash(code).hex()[:40]}", within=WITHIN).count > 1:
        return
    own = count_one(f"own-codes-by:{by}", within=WITHIN).count
    if own > MOST_BY_ONE:
        return
    if address:  # an online shop has one, which whoever types there must not close
        count_one(_from(merchant, address), within=WITHIN)
    of_shop = count_one(_of_shop(merchant.id), within=WITHIN).count
    with merchant_transaction(merchant.id) as tx:
        if of_shop >= MOST_OF_SHOP:
            _close(tx, merchant, of_shop, actor=actor)
        elif own == MOST_BY_ONE:
            _tell(tx, merchant, GuessedCodesEvent(own, None), actor=actor)


def open_own_codes(merchant: Merchant, *, actor: Actor) -> None:
    """Codes are read again. What was tried until now counts no longer for the shop."""
    forget_attempts(_of_shop(merchant.id))
    forget_attempts_below(_from(merchant, ""))
    with merchant_transaction(merchant.id) as tx:
        closed = Merchant.objects.filter(id=merchant.id, own_codes_closed_until__gt=now())
        if closed.update(own_codes_closed_until=None):
            changed(tx, "codes.opened", by=actor, name=merchant.name)


def _close(tx: Statements, merchant: Merchant, tried: int, *, actor: Actor) -> None:
    """Of any number at once one closes them and tells it."""
    at = now()
    until = at + CLOSED_FOR
    is_open = (
        Q(own_codes_closed_until=None)
        | Q(own_codes_closed_until__lte=at)
        | Q(own_codes_closed_until__gte=until + CLOCKS_DIFFER)
    )
    if Merchant.objects.filter(is_open, id=merchant.id).update(own_codes_closed_until=until):
        _tell(tx, merchant, GuessedCodesEvent(tried, until), actor=actor)


def _tell(tx: Statements, merchant: Merchant, told: GuessedCodesEvent, *, actor: Actor) -> None:
    at = now()
    record(tx, "codes.guessed", told, at=at, actor=actor)
    facts = {
        "shop": merchant.name,
        "tried": told.tried,
        "until": told.closed_until,
        "url": settings.BASE_URL + reverse("journal"),
    }
    write_to_owners(
        tx, merchant, "mail/guessed_codes", facts, lambda: _("Journal"), expires=at + WORTH_SENDING, about=merchant.id
    )


def _of_shop(merchant_id: UUID) -> str:
    return f"own-codes-at:{merchant_id}"


def _from(merchant: Merchant, address: str) -> str:
    return f"own-codes-from:{merchant.id}:{address}"
