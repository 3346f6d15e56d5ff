"""What the comparisons of some weeks found, taken together: reports overlap, and what two of them tell counts once."""

from collections import Counter
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.reconciling.found import Found
from stampwell.reconciling.matching import BAD, Verdict
from stampwell.reconciling.reconcile import MOST_KEPT
from stampwell.transactions import Statements

MOST = 1_000  # comparisons; of more the latest
_ALSO_USED: tuple[Verdict, ...] = ("took_more", "wrong_branch", "given_back", "refunded")


class AddedUp(msgspec.Struct, frozen=True):
    """`compared` codes of ours, each use of one once; `wrong` are those of which till and shop do not say the same, by
    verdict. Of a verdict of which a report has more than it keeps it is what there is at least.
    """

    compared: int
    wrong: Counter[str]


class _FoundRow(msgspec.Struct, frozen=True):
    id: UUID
    found: str | None


class _AgainRow(msgspec.Struct, frozen=True):
    verdict: str
    again: int
    were_confirmed: int


_FOUND = """
    SELECT id, found FROM reconciliation
    WHERE merchant_id = %(merchant)s AND finished >= %(since)s AND found IS NOT NULL
    ORDER BY created DESC, id DESC LIMIT %(most)s
"""
# What a voucher was told to be last is what counts, and not even that where the till has confirmed it since. Where
# another report has confirmed it and found nothing wrong, it is among the confirmed ones of that one.
_OF_VOUCHERS = """
    SELECT verdict, count(*) FILTER (WHERE place > 1 OR is_settled)::int AS again,
        count(*) FILTER (WHERE place = 1 AND was_confirmed)::int AS were_confirmed
    FROM (
        SELECT r.verdict,
            row_number() OVER (PARTITION BY r.redemption_id ORDER BY n.created DESC, n.id DESC, r.id DESC) AS place,
            r.verdict = 'not_used' AND c.id IS NOT NULL AS is_settled,
            r.verdict = ANY(%(also)s) AND c.reconciliation_id = ANY(%(ids)s)
                AND NOT bool_or(r.reconciliation_id = c.reconciliation_id) OVER (PARTITION BY r.redemption_id)
                AS was_confirmed
        FROM reconciled_row r
        JOIN reconciliation n ON (n.merchant_id, n.id) = (r.merchant_id, r.reconciliation_id)
        LEFT JOIN voucher_confirmation c ON (c.merchant_id, c.redemption_id) = (r.merchant_id, r.redemption_id)
        WHERE r.merchant_id = %(merchant)s AND r.reconciliation_id = ANY(%(ids)s) AND r.redemption_id IS NOT NULL
            AND r.verdict = ANY(%(bad)s)
    ) told GROUP BY verdict
"""
# Of a use that was not shown only the code and the moment are known.
_OF_CODES = """
    SELECT verdict, sum(times - most)::int AS again, 0 AS were_confirmed FROM (
        SELECT verdict, sum(times) AS times, max(times) AS most FROM (
            SELECT verdict, reconciliation_id, upper(code) AS code, date_trunc('minute', at) AS at, day,
                count(*) AS times
            FROM reconciled_row
            WHERE merchant_id = %(merchant)s AND reconciliation_id = ANY(%(ids)s) AND redemption_id IS NULL
                AND verdict = ANY(%(bad)s)
            GROUP BY verdict, reconciliation_id, upper(code), date_trunc('minute', at), day
        ) each_report GROUP BY verdict, code, at, day
    ) each_use GROUP BY verdict
"""


def add_up(tx: Statements, *, since: datetime) -> AddedUp:
    """Of all comparisons that were finished then or later."""
    rows = tx.rows(_FoundRow, _FOUND, {"merchant": tx.merchant_id, "since": since, "most": MOST})
    reports = [msgspec.json.decode(row.found, type=Found) for row in rows if row.found]
    facts = {"merchant": tx.merchant_id, "ids": [row.id for row in rows], "bad": list(BAD), "also": list(_ALSO_USED)}
    of_codes = tx.later(_AgainRow, _OF_CODES, facts)
    again = [*tx.rows(_AgainRow, _OF_VOUCHERS, facts), *of_codes.rows()]
    wrong = Counter({str(verdict): sum(min(one.count(verdict), MOST_KEPT) for one in reports) for verdict in BAD})
    confirmed = sum(one.count("confirmed") - one.known_before for one in reports)
    for row in again:
        wrong[row.verdict] -= row.again
        confirmed -= row.were_confirmed
    for verdict in BAD:
        most = max((one.count(verdict) for one in reports), default=0)
        if most > MOST_KEPT:  # of the rows beyond that nobody knows which are told twice
            wrong[verdict] = max(wrong[verdict], most)
    wrong = +wrong
    return AddedUp(max(confirmed, 0) + wrong.total(), wrong)
