"""How long a code stood on the phone before the till took it, by the till's reports."""

from datetime import datetime

import msgspec

from stampwell.clock import id_at
from stampwell.transactions import Statements

MOST = 10_000  # confirmations that are looked at, the latest


class TillSeconds(msgspec.Struct, frozen=True):
    """Seconds from showing the code to the till's own time, of `times` codes: half of them took no longer than `half`,
    nine of ten no longer than `most`. Both are None of nothing.

    Of a scan nothing is said: the moment at which it showed the voucher is not kept.
    """

    times: int
    half: int | None
    most: int | None


# A voucher that was given back has forgotten when it was shown, and what is shown anew is another use.
# A till whose clock is behind, or which tells minutes alone, says a moment before it was shown: that is at once.
_READ = """
    SELECT count(*)::int AS times, percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds) AS half,
        percentile_disc(0.9) WITHIN GROUP (ORDER BY seconds) AS most
    FROM (
        SELECT greatest(extract(epoch FROM c.at - v.revealed), 0)::int AS seconds
        FROM (
            SELECT redemption_id, at FROM voucher_confirmation
            WHERE merchant_id = %(merchant)s AND id >= %(first)s AND at IS NOT NULL ORDER BY id DESC LIMIT %(limit)s
        ) c
        JOIN redemption r ON r.merchant_id = %(merchant)s AND r.id = c.redemption_id
        JOIN voucher v ON (v.merchant_id, v.id, v.reversals) = (r.merchant_id, r.voucher_id, r.reversal_no)
        WHERE r.at >= %(since)s AND r.path = 'redeem_code' AND r.source = 'card' AND v.revealed IS NOT NULL
    ) told
"""


def seconds_at_till(tx: Statements, *, since: datetime) -> TillSeconds:
    """Of the codes that were used then or later and whose time a report has told."""
    facts = {"merchant": tx.merchant_id, "first": id_at(since), "since": since, "limit": MOST}
    return tx.rows(TillSeconds, _READ, facts)[0]
