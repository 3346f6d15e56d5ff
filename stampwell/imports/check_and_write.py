"""The job that checks a file, and what follows where a program has asked for more than that: its rows are written.

The writing is asked for in one step of this job. A run that finds it asked for has nothing left to do.
"""

from stampwell.imports.asking import begin_writing
from stampwell.imports.checking import check_import
from stampwell.imports.rows import Checked, import_of_job
from stampwell.jobs.run import Run
from stampwell.merchants.closing import hold_merchant, refuse_if_closed

_HAS_GONE_ON = "SELECT 1 FROM card_import WHERE merchant_id = %s AND check_job_id = %s AND write_job_id IS NOT NULL"


def check_and_write(run: Run) -> None:
    """Refuses what the check and `begin_writing` refuse."""
    with run.step() as tx:
        if tx.exists(_HAS_GONE_ON, (tx.merchant_id, run.job_id)):
            return
    check_import(run)
    with run.step() as tx:
        merchant = hold_merchant(tx)
        one, checked = import_of_job(tx, run.job_id), run.report_so_far(Checked)
        if one.writes_when_checked and checked.can_be_written:
            refuse_if_closed(merchant)
            begin_writing(tx, merchant, one, checked, actor=one.actor)
