"""How many scans a device keeps that it has not handed in yet. It says so with each batch; without a network it says
nothing, so whoever reads it is told when that was.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from stampwell.merchants.seeing import Keeps
from stampwell.offline.believing import FIRST_MOMENT, LATEST_MOMENT, corrected
from stampwell.web.json_bodies import UNREADABLE

MOST_LEFT = 1_000_000  # further no device counts

Moment = Annotated[int, Meta(ge=0, lt=LATEST_MOMENT)]  # milliseconds since 1970


class Left(msgspec.Struct, frozen=True):
    """How many scans the device keeps besides those of a batch, and when it made the oldest of them."""

    count: Annotated[int, Meta(ge=0, le=MOST_LEFT)]
    since: Moment | None = None


def what_it_keeps(
    said: msgspec.Raw, again: Sequence[datetime], *, sent_at: datetime, received_at: datetime
) -> Keeps | None:
    """What it did not send by its own word, and what it sends `again` because nothing was done. None where it says
    nothing of it, or nothing that makes sense.
    """
    try:
        left = msgspec.json.decode(said, type=Left)
    except UNREADABLE:
        return None
    oldest = list(again)
    if left.count:
        since = sent_at if left.since is None else moment(left.since)
        oldest.append(corrected(since, sent_at=sent_at, received_at=received_at))
    count = left.count + len(again)
    return Keeps(count, min(max(min(oldest), FIRST_MOMENT), received_at) if oldest else None)


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
