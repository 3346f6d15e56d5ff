"""A card's number can be typed, and the code of a reward is often short: so both can be guessed. A device or a key that
tried many that are nobody's has to wait.

Until when it has to stands in its own row, which each request reads anyway: who guesses nothing pays nothing. What a
phone shows goes on all the while, because nobody guesses it: a link, a long code, a rotating code that fits. A slip of
the finger is no guess, for its check digit is wrong.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.counter.own_code_guesses import count_guessed_code, why_not_read
from stampwell.counter.own_codes import NumberMistyped, TillCodeScanned, UnknownCode, is_till_number
from stampwell.counter.scanning import Recognised, can_be_guessed, recognise
from stampwell.events.actors import Actor
from stampwell.merchants.access import ApiCaller
from stampwell.merchants.enrolling import itself
from stampwell.merchants.models import ApiKey, Merchant, Station
from stampwell.requests.limits import CLOCKS_DIFFER, TooManyAttempts, count_one, seconds_until
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.api_codes import is_api_code, read_api_code
from stampwell.vouchers.refusals import VoucherCodeMistyped


class TooManyGuesses(TooManyAttempts):
    staff_text = _("Too many numbers or codes were tried that belong to no card.")
    customer_text = staff_text


class Guesser(msgspec.Struct):
    """Who may be guessing, and how many it may try in vain.

    `until` is what its row said at the start of the call; whoever reaches the limit within the call waits from then on.
    `address` is where a program asks from; the devices of a shop have one in common, so theirs is "". What
    customers hold up to a device themselves (`is_of_customers`) is no reason that all the shop waits.
    """

    rows: type[ApiKey] | type[Station]
    id: UUID
    until: datetime | None
    most: int
    within: timedelta
    actor: Actor
    address: str = ""
    is_of_customers: bool = False

    @property
    def has_to_wait(self) -> bool:
        """A moment that lies further ahead than anybody waits was written while a clock was wrong."""
        return self.until is not None and now() < self.until < now() + self.within + CLOCKS_DIFFER

    def too_many(self) -> TooManyAttempts:
        assert self.until is not None, "nobody waits without an end"
        return TooManyGuesses(seconds=seconds_until(self.until))


def a_key(caller: ApiCaller, address: str = "") -> Guesser:
    """A key may serve all the tills of a chain."""
    assert caller.actor.api_key_id is not None, "a caller has a key"
    return Guesser(
        ApiKey,
        caller.actor.api_key_id,
        caller.no_guesses_until,
        most=60,
        within=timedelta(minutes=1),
        actor=caller.actor,
        address=address,
    )


def a_device(station: Station) -> Guesser:
    return Guesser(
        Station,
        station.id,
        station.no_guesses_until,
        most=30,
        within=timedelta(minutes=10),
        actor=itself(station),
        is_of_customers=station.kind != Station.Kind.SCANNER,
    )


def recognise_for(merchant: Merchant, guesser: Guesser, code: str, *, scanned: datetime | None = None) -> Recognised:
    """As `recognise`, for somebody who may be guessing: then nothing is told, neither of what is there nor of what is
    not.
    """
    own = own_code_in(code)
    if own and (refusal := why_not_read(merchant, guesser.address)):
        return Recognised(refusal=refusal)
    found = recognise(merchant, code, scanned=scanned)
    if not can_be_guessed(code):
        return found
    if guesser.has_to_wait:
        return Recognised(refusal=guesser.too_many()) if is_guess(found) else found
    if (
        isinstance(found.refusal, NumberMistyped | VoucherCodeMistyped)
        and guesser.rows is Station
        and is_till_number(merchant, code)
    ):
        return Recognised(refusal=TillCodeScanned())  # staff know these codes; a key need not
    if type(found.refusal) is not UnknownCode:
        return found
    refusal = count_missed_code(merchant, guesser, own)
    return Recognised(refusal=refusal) if refusal else found


def is_guess(found: Recognised) -> bool:
    """Whether it could have been found, or refused, without a phone that shows it."""
    return found.entered == "typed" or found.is_short or found.refusal is not None


def own_code_in(code: str) -> str:
    """The code of a voucher for connected tills that this could be; "" for anything else."""
    signs = read_api_code(code)
    return signs if signs and is_api_code(signs) else ""


def count_missed_code(merchant: Merchant, guesser: Guesser, own_code: str) -> TooManyAttempts | None:
    """As `count_miss`; what `own_code_in` found in it counts for the shop as well."""
    if own_code and not guesser.is_of_customers:
        count_guessed_code(merchant, own_code, by=guesser.id, actor=guesser.actor, address=guesser.address)
    return count_miss(merchant, guesser)


def count_miss(merchant: Merchant, guesser: Guesser) -> TooManyAttempts | None:
    """What was tried is nobody's. Of any number at once only the first few are told so; the others get this refusal."""
    counted = count_one(f"guess:{guesser.id}", within=guesser.within)
    if counted.count < guesser.most:
        return None
    with merchant_transaction(merchant.id):
        guesser.rows.objects.filter(merchant_id=merchant.id, id=guesser.id).update(no_guesses_until=counted.until)
    guesser.until = counted.until
    return guesser.too_many() if counted.count > guesser.most else None
