"""Where a row of a comparison leads that no voucher belongs to: to what happened there then, and to the next code."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlencode

import msgspec

from stampwell.ids import public_id
from stampwell.languages.offered import active_locale
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.programs.shared_codes import SharedCode, shared_codes
from stampwell.reconciling.choice import TOLERANCE
from stampwell.reconciling.found import Found
from stampwell.reconciling.rows import ReconciledRowRow
from stampwell.reconciling.till_lines import key_of

AROUND = timedelta(minutes=TOLERANCE)  # by which a till's clock may be wrong


class NextCode(msgspec.Struct, frozen=True):
    """`place` is "" where the code counts at all locations."""

    code: str
    reward_id: str
    place: str


def journal_of(merchant: Merchant, row: ReconciledRowRow) -> str:
    """What stands in the address of the journal, by the days of the shop's clock; "" where the till tells no day."""
    if row.at:
        first, last = local_day(merchant, row.at - AROUND), local_day(merchant, row.at + AROUND)
    elif row.day:
        first = last = row.day
    else:
        return ""
    place = {"location": public_id("loc", row.location_id)} if row.location_id else {}
    return urlencode(place | {"from": first.isoformat(), "to": last.isoformat()})


def next_codes(merchant: Merchant, found: Found, leaked: Iterable[str], *, asked: datetime) -> list[NextCode]:
    """Of the codes that many are shown those that leaked, as the till wrote them or as the button is called. Not of one
    that somebody has planned another one for, nor of one that is new since the comparison was asked for.
    """
    told = {key_of(code) for code in leaked} | {key_of(one.code) for one in found.codes if one.used > one.shown}
    if not told or not found.count("leaked"):
        return []
    return [
        NextCode(
            one.code, public_id("rwd", one.reward_id), public_id("loc", one.location_id) if one.location_id else ""
        )
        for one in shared_codes(merchant, active_locale()).codes
        if one.next is None and one.since <= asked and _is_told(one, told)
    ]


def _is_told(one: SharedCode, told: set[str]) -> bool:
    return key_of(one.code) in told or any(key_of(name) in told for name in one.names)
