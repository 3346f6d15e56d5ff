"""How a card came to the counter, kept in each form that stamps it further: for an amount, one more, or with a manager.

So the event says what we saw and not what the phone says, and a rotating code is used up by the stamp that it led to.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag

from stampwell.cards.refusals import CodeAlreadyUsed
from stampwell.clock import now
from stampwell.counter.handing_over import CameBy
from stampwell.counter.scanning import Recognised
from stampwell.events.actors import Entered
from stampwell.requests.limits import CLOCKS_DIFFER
from stampwell.tokens import from_base64url, seal, to_base64url, unseal

LASTS = timedelta(minutes=15)  # what was scanned by then is no longer before whoever works there


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """`entered` and `step` are those of `Recognised`, which was `at` this moment."""

    entered: Entered | None
    step: int | None = None
    at: datetime


class _NamedText(msgspec.Struct, frozen=True, array_like=True, tag="named"):
    card_id: UUID
    named: Named


def named_by(found: Recognised) -> Named:
    return Named(entered=found.entered, step=found.step, at=now())


def named_text(card_id: UUID, named: Named) -> str:
    """Nobody else can make or read it."""
    return to_base64url(seal(msgspec.msgpack.encode(_NamedText(card_id, named))))


def read_named(text: str, card_id: UUID) -> Named:
    """Where nothing is said, or too late, nobody has shown its code.

    Refuses: CodeAlreadyUsed, for a text of another card or of nobody's.
    """
    at = now()
    if not text:
        return Named(entered="found", at=at)
    try:
        read = msgspec.msgpack.decode(unseal(from_base64url(text)), type=_NamedText)
    except (InvalidTag, ValueError, msgspec.MsgspecError):
        raise CodeAlreadyUsed from None
    if read.card_id != card_id:
        raise CodeAlreadyUsed
    return read.named if at - LASTS <= read.named.at <= at + CLOCKS_DIFFER else Named(entered="found", at=at)


def came_by(text: str, card_id: UUID) -> CameBy:
    """As the event of a reward that is handed out says it. Refuses as `read_named` does."""
    named = read_named(text, card_id)
    if named.entered is not None:
        return CameBy(entered=named.entered)
    return CameBy(seconds=max(0, int((now() - named.at).total_seconds())))
