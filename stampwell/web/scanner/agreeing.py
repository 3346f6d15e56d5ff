"""A manager agrees with their PIN on the phone of whoever works there, in the same request as the act itself."""

from uuid import UUID

import msgspec

from stampwell.ids import wanted_id
from stampwell.merchants.pins import agree_with_pin
from stampwell.refusal import Refusal
from stampwell.requests.once import kept_answers
from stampwell.web.scanner.presence import Shift


class Agreement(msgspec.Struct, frozen=True):
    """Who has agreed, or why the PIN was not taken; neither where none was asked for."""

    manager_id: UUID | None = None
    refusal: Refusal | None = None

    def who(self) -> UUID | None:
        """Refuses: NotFound, WrongPin, PinLocked."""
        if self.refusal:
            raise self.refusal
        return self.manager_id


def read_agreement(shift: Shift, key: str, person: str, pin: str) -> Agreement:
    """The PIN is tried before the act and outside of its transaction, which would take back that a wrong one counts.

    A request that was answered before gets that answer again, and its PIN is no further try.
    """
    if not pin or kept_answers(shift.merchant.id, [key]):
        return Agreement()
    try:
        member = agree_with_pin(shift.merchant, shift.counter.station, wanted_id("stf", person), pin)
    except Refusal as refusal:
        return Agreement(refusal=refusal)
    return Agreement(manager_id=member.id)
