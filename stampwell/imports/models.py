"""A file that is brought in, and its jobs.

check_job_id  write_job_id  undo_job_id  means
------------  ------------  -----------  ---------------------------------------------------------------
NULL          NULL          NULL         it was received; nobody has said yet what its columns are
is set        NULL          NULL         it is being checked, or was; another choice of columns begins anew
is set        is set        NULL         its rows are being written, or were (then `written` is set)
is set        is set        is set       it is being taken back, or was (then `undone` is set)

How far a job is stands in the job. Beside them `mail_job_id` is set once the links are sent by mail, and `mail_stopped`
where that was stopped.
"""

from django.db import models

from stampwell import clock
from stampwell.tenancy import OfMerchant


class CardImport(OfMerchant):
    """`columns` names the field that each column holds, "" for one that is left out. `headings` holds the same by the
    digest of the heading, to be remembered: the first row of a file may be a person.

    `digest` is that of the file as it lies in the data folder; an Excel file lies there as CSV.
    `writes_when_checked` is for programs: no person looks at what the check has found before the rows are written.
    """

    name = models.CharField(max_length=100)
    digest = models.BinaryField()
    size = models.BigIntegerField()
    encoding = models.CharField(max_length=12)
    separator = models.CharField(max_length=1)
    columns = models.JSONField(default=list)
    headings = models.JSONField(default=dict)
    program_id = models.UUIDField(null=True)
    version_id = models.UUIDField(null=True)
    check_job_id = models.UUIDField(null=True)
    write_job_id = models.UUIDField(null=True)
    undo_job_id = models.UUIDField(null=True)
    mail_job_id = models.UUIDField(null=True)
    mail_stopped = models.DateTimeField(null=True)
    writes_when_checked = models.BooleanField(default=False, db_default=False)
    rows = models.BigIntegerField(default=0)
    created = models.DateTimeField(default=clock.now)
    written = models.DateTimeField(null=True)
    undone = models.DateTimeField(null=True)
    source = models.CharField(max_length=12)
    staff_member_id = models.UUIDField(null=True)
    api_key_id = models.UUIDField(null=True)

    class Meta:
        db_table = "card_import"
        indexes = [models.Index(fields=["merchant", "created"], name="import_by_age")]
