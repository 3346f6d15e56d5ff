"""The step of a rotating code, kept in a form while a manager is asked: what they agree to uses that code up."""

from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag

from stampwell.cards.refusals import CodeAlreadyUsed
from stampwell.counter.scanning import Recognised
from stampwell.offline.shifts import decode, encode
from stampwell.tokens import seal, unseal


class _StepText(msgspec.Struct, frozen=True, array_like=True, tag="step"):
    card_id: UUID
    step: int


def step_text(found: Recognised) -> str:
    """ "" where no rotating code was scanned; nobody else can make or read it."""
    if found.card is None or found.step is None:
        return ""
    return encode(seal(msgspec.msgpack.encode(_StepText(found.card.id, found.step))))


def step_told(text: str, card_id: UUID) -> int | None:
    """Refuses: CodeAlreadyUsed, for a text of another card or of nobody's."""
    if not text:
        return None
    try:
        read = msgspec.msgpack.decode(unseal(decode(text)), type=_StepText)
    except (InvalidTag, ValueError, msgspec.MsgspecError):
        raise CodeAlreadyUsed from None
    if read.card_id != card_id:
        raise CodeAlreadyUsed
    return read.step
