"""A card's number can be typed, and so it can be guessed: a device at which many were tried has to wait.

A slip of the finger is no guess, for its check digit is wrong. A code or a link cannot be guessed and never waits.
"""

from contextlib import suppress
from datetime import timedelta

from stampwell.counter.scanning import Recognised, UnknownCode, recognise
from stampwell.languages.typed import plain_number
from stampwell.merchants.models import Merchant, Station
from stampwell.requests.limits import TooManyAttempts, count_attempt, refuse_after

MOST_UNKNOWN, WITHIN = 30, timedelta(minutes=10)


def recognise_at(station: Station, merchant: Merchant, code: str) -> Recognised:
    """As `recognise`; a number is not even looked up where too many of those before were nobody's."""
    if not plain_number(code):
        return recognise(merchant, code)
    attempts = f"number:{station.id}"
    try:
        refuse_after(attempts, most=MOST_UNKNOWN, within=WITHIN)
    except TooManyAttempts as refusal:
        return Recognised(refusal=refusal)
    found = recognise(merchant, code)
    if type(found.refusal) is UnknownCode:
        with suppress(TooManyAttempts):
            count_attempt(attempts, most=MOST_UNKNOWN, within=WITHIN)
    return found
