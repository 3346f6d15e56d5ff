"""Before very many rows are written: what the database plans from here on, it plans once and not for each row.

PostgreSQL asks for each new row whether what its keys name is there, and plans that question as it plans ours. A job
has every question planned anew (`jobs/run.py`): of an import that was nearly half of PostgreSQL's time.
"""

from stampwell.transactions.merchant import Statements

# Plans that were kept from a small table would read the whole of a large one for each row, so none is kept; and one
# that is made while the table is still small must not do so later in the same step.
_PLAN_ONCE = (
    "DISCARD PLANS",
    "SET LOCAL plan_cache_mode = 'force_generic_plan'",
    "SET LOCAL enable_seqscan = off",
)


def plan_once(tx: Statements) -> None:
    """Until the end of the transaction, so whatever depends on how much a table holds is asked before."""
    for sql in _PLAN_ONCE:
        tx.write(sql)
