"""How long rewards take at the till: until it took a code, by its reports, and from a scan of staff to the hand-out."""

from datetime import datetime

import msgspec

from stampwell.clock import id_at
from stampwell.transactions import Statements

MOST = 10_000  # confirmations that are looked at, the latest


MOST_USES = 50_000  # uses that are looked at, the latest, for those that came of a scan


class TillSeconds(msgspec.Struct, frozen=True):
    """Seconds that `times` rewards took: half of them no longer than `half`,
    nine of ten no longer than `most`. Both are None of nothing.
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


_READ_SCANS = """
    SELECT count(*)::int AS times, percentile_disc(0.5) WITHIN GROUP (ORDER BY scan_seconds) AS half,
        percentile_disc(0.9) WITHIN GROUP (ORDER BY scan_seconds) AS most
    FROM (
        SELECT scan_seconds FROM redemption
        WHERE merchant_id = %(merchant)s AND id >= %(first)s ORDER BY id DESC LIMIT %(limit)s
    ) latest
    WHERE scan_seconds IS NOT NULL
"""


def seconds_at_till(tx: Statements, *, since: datetime) -> TillSeconds:
    """From showing the code to the till's own time, of the codes that were used then or later and whose time a report
    has told.
    """
    facts = {"merchant": tx.merchant_id, "first": id_at(since), "since": since, "limit": MOST}
    return tx.rows(TillSeconds, _READ, facts)[0]


def seconds_of_scans(tx: Statements, *, since: datetime) -> TillSeconds:
    """From the scan of the voucher or its card until staff handed out the reward, by the clock of the server. What was
    handed out without a network has none, nor has what was handed out without a code.
    """
    return tx.rows(TillSeconds, _READ_SCANS, {"merchant": tx.merchant_id, "first": id_at(since), "limit": MOST_USES})[0]
