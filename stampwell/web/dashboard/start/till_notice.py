"""What the first page says of codes at the till: that some leaked, or that nobody has compared them for long."""

from datetime import timedelta

import msgspec

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.insight.redemption_figures import count_redemptions
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.reconciling.rows import last_compared
from stampwell.transactions import merchant_reads

NEWS_FOR, COMPARED_EACH, LOOKED_BACK = timedelta(days=14), timedelta(days=28), timedelta(days=90)
LEAST = 10  # codes: fewer are not worth a notice


class TillNotice(msgspec.Struct, frozen=True):
    """`leaked` codes of the last `report`, while that is news; else so many that were used since and `not_compared`."""

    report: str = ""
    leaked: int = 0
    not_compared: int = 0


def till_notice(merchant: Merchant) -> TillNotice | None:
    at = now()
    with merchant_reads(merchant.id) as tx:
        last = last_compared(tx, since=at - LOOKED_BACK)
        finished = last.finished if last else None
        if (
            last
            and finished
            and last.has_found
            and finished > at - NEWS_FOR
            and (leaked := last.has_found.count("leaked"))
        ):
            return TillNotice(report=public_id("rcn", last.id), leaked=leaked)
        if finished and finished > at - COMPARED_EACH:
            return None
        # Without a report it is told as late as after one: nobody is asked for it on the shop's first days.
        first, last_day = (finished, at) if finished else (at - LOOKED_BACK, at - COMPARED_EACH)
        days = local_day(merchant, first), local_day(merchant, last_day)
        used = count_redemptions(tx, *days).ways["redeem_code"]
    return TillNotice(not_compared=used) if used >= LEAST else None
