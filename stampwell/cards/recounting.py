"""Recomputing every counter from the rows that it counts: the two must never differ.

Cards are looked at a thousand at a time, each with its vouchers, so no statement takes long in a shop of any size.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.events.actors import CLOCK
from stampwell.ids import public_id
from stampwell.jobs.asking import ask_for
from stampwell.jobs.run import Run
from stampwell.transactions import Statements, for_each_merchant, merchant_transaction, merchants_where

RECOUNT = "recount"  # the kind of the job
EVERY = timedelta(days=1)
AT_ONCE = 1000  # cards
TOLD = 20  # differences in a report; the log has them all
_NONE = UUID(int=0)
_OF = {"stamps": "crd", "round": "crd", "remainder": "crd", "uses": "vch", "reversals": "vch"}

log = logging.getLogger(__name__)


class Difference(msgspec.Struct, frozen=True):
    """A counter that says something else than the rows."""

    what: str
    id: UUID
    kept: int
    counted: int


class ReportedDifference(msgspec.Struct, frozen=True):
    """`of` is a card or a voucher."""

    counter: str
    of: str
    kept: int
    counted: int


class RecountReport(msgspec.Struct, frozen=True):
    """How many counters differ, and the first of them."""

    differences: int = 0
    first: list[ReportedDifference] = []


_NOT_RECOUNTED = f"""
    SELECT id FROM merchant WHERE EXISTS (SELECT FROM card WHERE card.merchant_id = merchant.id) AND NOT EXISTS (
        SELECT FROM job WHERE job.merchant_id = merchant.id AND job.kind = '{RECOUNT}'
            AND job.created > %s AND job.created <= %s
    )
"""
_PART = "c.id > %(after)s AND c.id <= %(last)s"
_VOUCHERS = "v.card_id > %(after)s AND v.card_id <= %(last)s"
_COUNT = "SELECT count(*) FROM card WHERE merchant_id = %s"
_NEXT = "SELECT id FROM card WHERE merchant_id = %s AND id > %s ORDER BY id LIMIT %s"
_STAMPS = f"""
    SELECT 'stamps' AS what, c.id, c.stamps + c.done AS kept, coalesce(sum(s.count), 0)::bigint AS counted
    FROM (
        SELECT c.merchant_id, c.id, c.stamps, coalesce(sum(r.goal), 0)::bigint AS done FROM card c
        LEFT JOIN completed_round r
            ON r.merchant_id = c.merchant_id AND r.card_id = c.id AND r.reopened IS NULL
        WHERE c.merchant_id = %(merchant)s AND {_PART} GROUP BY c.merchant_id, c.id, c.stamps
    ) c
    LEFT JOIN stamp s ON s.merchant_id = c.merchant_id AND s.card_id = c.id
    WHERE c.merchant_id = %(merchant)s
    GROUP BY c.id, c.stamps, c.done HAVING c.stamps + c.done <> coalesce(sum(s.count), 0)
"""

_ROUNDS = f"""
    SELECT 'round' AS what, c.id, c.round AS kept, count(r.id) + 1 AS counted FROM card c
    LEFT JOIN completed_round r ON r.merchant_id = c.merchant_id AND r.card_id = c.id AND r.reopened IS NULL
    WHERE c.merchant_id = %(merchant)s AND {_PART} GROUP BY c.id, c.round HAVING c.round <> count(r.id) + 1
"""

_REMAINDERS = f"""
    SELECT 'remainder' AS what, c.id, c.remainder AS kept, coalesce(sum(s.remainder_change), 0)::bigint AS counted
    FROM card c LEFT JOIN stamp s ON s.merchant_id = c.merchant_id AND s.card_id = c.id
    WHERE c.merchant_id = %(merchant)s AND {_PART}
    GROUP BY c.id, c.remainder HAVING c.remainder <> coalesce(sum(s.remainder_change), 0)
"""

_USES = f"""
    SELECT 'uses' AS what, v.id, v.reversals + (v.state = 'redeemed')::int AS kept, count(r.id) AS counted
    FROM voucher v LEFT JOIN redemption r ON r.merchant_id = v.merchant_id AND r.voucher_id = v.id
    WHERE v.merchant_id = %(merchant)s AND {_VOUCHERS}
    GROUP BY v.id, v.reversals, v.state HAVING v.reversals + (v.state = 'redeemed')::int <> count(r.id)
"""

_REVERSALS = f"""
    SELECT 'reversals' AS what, v.id, v.reversals AS kept, count(b.id) AS counted FROM voucher v
    LEFT JOIN redemption r ON r.merchant_id = v.merchant_id AND r.voucher_id = v.id
    LEFT JOIN reversal b ON b.merchant_id = r.merchant_id AND b.redemption_id = r.id
    WHERE v.merchant_id = %(merchant)s AND {_VOUCHERS}
    GROUP BY v.id, v.reversals HAVING v.reversals <> count(b.id)
"""


def recount(merchant_id: UUID) -> list[Difference]:
    """What differs, over all cards and vouchers of the merchant; an empty list is the only good answer."""
    return list(each_difference(merchant_id))


def each_difference(merchant_id: UUID) -> Iterator[Difference]:
    """The same, as they are found: whoever has heard enough stops."""
    last = _NONE
    while True:
        with merchant_transaction(merchant_id) as tx:
            cards = _cards_after(tx, last)
            if not cards:
                return
            found = _recount(tx, after=last, last=cards[-1])
        yield from found
        last = cards[-1]


def report_difference(difference: Difference) -> ReportedDifference:
    of = public_id(_OF[difference.what], difference.id)
    return ReportedDifference(difference.what, of, difference.kept, difference.counted)


def ask_for_recounts() -> None:
    """Once a day for each shop that has cards."""
    at = now()  # a job of the future was asked for while a clock was ahead, and says nothing of today

    def ask(merchant_id: UUID) -> None:
        with merchant_transaction(merchant_id) as tx:
            ask_for(tx, RECOUNT, asker=CLOCK)

    for_each_merchant(merchants_where(_NOT_RECOUNTED, (at - EVERY, at)), ask)


def recount_shop(run: Run) -> None:
    """The same as a job."""
    with run.step() as tx:
        run.note(tx, total=tx.value(int, _COUNT, (tx.merchant_id,)))
    while _recount_further(run):
        pass


def _recount_further(run: Run) -> bool:
    """Whether there may be more."""
    with run.step() as tx:
        after = UUID(run.cursor) if run.cursor else _NONE
        cards = _cards_after(tx, after)
        if not cards:
            return False
        found = _recount(tx, after=after, last=cards[-1])
        report = _add(run.report_so_far(RecountReport), found)
        run.note(tx, done=run.done + len(cards), cursor=str(cards[-1]), report=report)
    for difference in found:
        log.error("A counter at %s differs from what it counts: %s", run.merchant_id, difference)
    return True


def _add(report: RecountReport, found: list[Difference]) -> RecountReport:
    told = [report_difference(each) for each in found]
    return RecountReport(report.differences + len(found), [*report.first, *told][:TOLD])


def _cards_after(tx: Statements, last: UUID) -> list[UUID]:
    return tx.values(UUID, _NEXT, (tx.merchant_id, last, AT_ONCE))


def _recount(tx: Statements, *, after: UUID, last: UUID) -> list[Difference]:
    """Of the cards after `after`, up to `last`."""
    part = {"merchant": tx.merchant_id, "after": after, "last": last}
    counts = [tx.later(Difference, sql, part) for sql in (_STAMPS, _ROUNDS, _REMAINDERS, _USES, _REVERSALS)]
    return [difference for count in counts for difference in count.rows()]
