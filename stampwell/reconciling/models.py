"""A till's report and what came of it.

job_id  finished  means
------  --------  -------------------------------------------------------------------
NULL    NULL      it was received; nobody has said yet what its columns are
is set  NULL      it is being compared, or that has failed
is set  is set    it was compared: `found` tells what came of it, and the file is gone
"""

from django.db import models

from stampwell import clock
from stampwell.redeem_codes.formats import LONGEST_CODE
from stampwell.tenancy import OfMerchant, tenant_key


class Reconciliation(OfMerchant):
    """`headings` holds the field by the digest of its heading, to be remembered; `choice` and `found` are JSON."""

    name = models.CharField(max_length=100)
    digest = models.BinaryField()
    size = models.BigIntegerField()
    shape = models.CharField(max_length=30)
    headings = models.JSONField(default=dict)
    choice = models.JSONField(default=dict)
    found = models.JSONField(null=True)
    job_id = models.UUIDField(null=True)
    asked = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)
    created = models.DateTimeField(default=clock.now)
    source = models.CharField(max_length=12)
    staff_member_id = models.UUIDField(null=True)
    api_key_id = models.UUIDField(null=True)

    class Meta:
        db_table = "reconciliation"
        indexes = [models.Index(fields=["merchant", "created"], name="reconciliation_by_age")]


class ReconciledRow(OfMerchant):
    """A use that is not fine, or something that the till has not seen; so many of each verdict at most.

    `row` is 0 where no row of the file says it. `at` is when the till saw it, or when it was shown here. `code` is what
    the till wrote; of what it has not seen there is none, for that code may still be used.
    """

    reconciliation = tenant_key(Reconciliation)
    verdict = models.CharField(max_length=12)
    row = models.IntegerField()
    at = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    code = models.CharField(max_length=LONGEST_CODE)
    place = models.CharField(max_length=100)
    location_id = models.UUIDField(null=True)
    receipt = models.CharField(max_length=100)
    amount = models.BigIntegerField()
    voucher_id = models.UUIDField(null=True)
    redemption_id = models.UUIDField(null=True)

    class Meta:
        db_table = "reconciled_row"
        indexes = [models.Index(fields=["merchant", "reconciliation", "verdict"], name="reconciled_row_by_verdict")]
