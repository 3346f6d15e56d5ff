"""A card as it was at a moment that has passed: for a purchase that is told later than others that came after it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from stampwell.cards.earning import counted_day
from stampwell.cards.rotating import STEP_SECONDS, STEPS_OF_PAST
from stampwell.cards.rows import CardRow
from stampwell.events.actors import OF_UNLIMITED
from stampwell.merchants.clocks import clock_at
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements

A_DAY_AROUND = timedelta(hours=26)  # a local day with the hour that comes twice, and a little
CODE_IS_TAKEN = timedelta(seconds=(2 * STEPS_OF_PAST + 1) * STEP_SECONDS)


class PastStamp(msgspec.Struct, frozen=True):
    occurred: datetime
    count: int
    location_id: UUID | None


# Stamps that somebody earned and that stand. A stamp is written when it happens or after it, hence the bound of `at`.
_AROUND = f"""
    SELECT s.occurred, s.count, s.location_id FROM stamp s
    WHERE s.merchant_id = %(merchant)s AND s.card_id = %(card)s AND s.at > %(since)s AND s.occurred < %(until)s
        AND s.reverses_id IS NULL AND s.merge_id IS NULL AND s.source NOT IN {OF_UNLIMITED}
        AND NOT EXISTS (SELECT 1 FROM stamp u WHERE (u.merchant_id, u.reverses_id) = (s.merchant_id, s.id))
"""


def stamps_around(tx: Statements, card_id: UUID, moment: datetime) -> list[PastStamp]:
    bounds = {"since": moment - A_DAY_AROUND, "until": moment + A_DAY_AROUND}
    return tx.rows(PastStamp, _AROUND, {"merchant": tx.merchant_id, "card": card_id} | bounds)


def card_at(
    merchant: Merchant,
    card: CardRow,
    around: Sequence[PastStamp],
    location_id: UUID | None,
    moment: datetime,
) -> CardRow:
    """With the stamps of that day, and the nearest stamp: one that came shortly after is as near as one before."""
    day = counted_day(merchant, None, location_id, moment)
    that_day = sum(s.count for s in around if local_day(clock_at(merchant, s.location_id), s.occurred) == day)
    distance = min((abs(s.occurred - moment) for s in around), default=None)
    return msgspec.structs.replace(
        card,
        stamped_day=day,
        stamps_that_day=that_day,
        last_stamp=moment - distance if distance is not None else None,
    )


def is_stamped_close_to(around: Sequence[PastStamp], moment: datetime) -> bool:
    """Whether there is a stamp within the time in which a device without a network may say that it read one code."""
    return any(abs(s.occurred - moment) <= CODE_IS_TAKEN for s in around)
