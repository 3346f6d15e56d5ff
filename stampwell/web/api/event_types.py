"""The types of events that callers name: in a filter of events, and where a webhook says what it wants to hear of."""

from collections.abc import Iterable
from typing import get_args

from stampwell.events.recording import EventType
from stampwell.web.api.refusals import InvalidRequest

TYPES: tuple[str, ...] = get_args(EventType)


def refuse_unknown_type(types: Iterable[str], place: str) -> None:
    """As a misspelt one would be silent for ever. Refuses: InvalidRequest, at that place and naming those that there
    are.
    """
    if not set(types) <= set(TYPES):
        raise InvalidRequest(place, "unknown_event_type", types=", ".join(TYPES))
