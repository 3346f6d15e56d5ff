"""Pools of codes that a till takes once each.

A code and its states:

    given     revoked   the code
    --------  --------  ----------------------------------------------------------------------------------------
    NULL      NULL      is free: the next voucher gets the free one with the lowest id, its location's before others
    is set    NULL      was handed out to `voucher_id`; a code that nobody saw can come back (`returned` counts it)
    NULL      is set    was withdrawn before anybody got it, or has leaked: then it was `confirmed` before
    is set    is set    was withdrawn while `voucher_id` had it

One that was `withdrawn` alone, without its batch, while a voucher had it is `revoked` once that gets another one.

A batch is a file that was brought in, or codes that were made here (those are wanted from the beginning on):

    job_id   checked   wanted   written   revoked   the batch
    -------  --------  -------  --------  --------  -------------------------------------------------------------
    NULL     NULL      no       NULL      NULL      was received; nobody has said yet which column holds the codes
    is set   NULL      either   NULL      NULL      is being checked
    is set   is set    no       NULL      NULL      was checked, and writes nothing unless somebody asks for it
    is set   is set    yes      NULL      NULL      is being written, or was in part: its job has failed
    is set   is set    yes      is set    NULL      is there; if it was made here, none is handed out before `in_till`
    is set   is set    yes      either    is set    is being withdrawn, or was, as `cleared` says
    NULL     either    yes      NULL      NULL      was written in part at the server from which the shop has moved
"""

from uuid import UUID

from django.db import models
from django.db.models.functions import Coalesce

from stampwell import clock
from stampwell.tenancy import OfMerchant, tenant_key


class CodePool(OfMerchant):
    """`handed_out` says when a voucher gets its code: "reveal", as the customer shows it, or "issue", with the voucher.

    `low_at` is how many free codes are few. `fallback_code` is shown where none is left; "" where there is none.
    `low_since` and `none_since` are since when few are left, and none, as far as that was told.
    """

    name = models.CharField(max_length=60)
    format = models.CharField(max_length=10)
    barcode_template = models.CharField(max_length=300)
    handed_out = models.CharField(max_length=6)
    low_at = models.IntegerField()
    fallback_code = models.CharField(max_length=150, blank=True)
    created = models.DateTimeField(default=clock.now)
    archived = models.DateTimeField(null=True)
    low_since = models.DateTimeField(null=True)
    none_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "code_pool"


class CodeBatch(OfMerchant):
    """`kind` is "file" or "made". `place` is the column with the codes, from 0 on; `found` is what the check found, or
    how codes are made here.

    `rows` are those of the file, or that were drawn until now, `codes` what was written of them until now, `withdrawn`
    those of them that were withdrawn while they were free, and `cleared` when the last of those was. `leaked` were used
    at the till before anybody had seen them. A file lies in the data folder until it is written, and its `digest` says
    which.

    `in_till` is when somebody said that the till has the codes that were made here; those of a file come from it.
    """

    pool = tenant_key(CodePool)
    kind = models.CharField(max_length=4)
    name = models.CharField(max_length=100)
    location_id = models.UUIDField(null=True)
    digest = models.BinaryField()
    size = models.BigIntegerField()
    encoding = models.CharField(max_length=12)
    separator = models.CharField(max_length=1)
    place = models.SmallIntegerField(null=True)
    has_heading = models.BooleanField(default=True)
    check_job_id = models.UUIDField(null=True)
    job_id = models.UUIDField(null=True)
    checked = models.DateTimeField(null=True)
    found = models.JSONField(default=dict)
    wanted = models.BooleanField(default=False)
    rows = models.IntegerField(default=0)
    codes = models.IntegerField(default=0)
    withdrawn = models.IntegerField(default=0)
    leaked = models.IntegerField(default=0, db_default=0)
    created = models.DateTimeField(default=clock.now)
    written = models.DateTimeField(null=True)
    in_till = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)
    cleared = models.DateTimeField(null=True)
    source = models.CharField(max_length=12)
    staff_member_id = models.UUIDField(null=True)
    api_key_id = models.UUIDField(null=True)

    class Meta:
        db_table = "code_batch"
        indexes = [models.Index(fields=["merchant", "pool", "id"], name="code_batch_by_pool")]


class PoolCode(OfMerchant):
    """One code. Its id is made of its batch and its row, so ids are in the order in which codes are handed out.

    `location_id` is the only location whose till knows it; NULL where all do. `confirmed` is when the till said that it
    was used, `withdrawn` when somebody withdrew it alone, without its batch, or its batch while a voucher had it.
    """

    pool_id = models.UUIDField()
    batch = tenant_key(CodeBatch)
    location_id = models.UUIDField(null=True)
    code = models.CharField(max_length=150)
    voucher_id = models.UUIDField(null=True)
    given = models.DateTimeField(null=True)
    confirmed = models.DateTimeField(null=True)
    withdrawn = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)
    returned = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "pool_code"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="a_till_code_is_there_once"),
            models.UniqueConstraint(
                fields=["merchant", "voucher_id"],
                condition=models.Q(voucher_id__isnull=False, revoked__isnull=True),
                name="a_voucher_has_one_till_code",
            ),
        ]
        indexes = [
            # By their place: EVERYWHERE of `free_codes` stands for that of codes that every till knows.
            models.Index(
                "merchant",
                "pool_id",
                Coalesce("location_id", models.Value(UUID(int=0))),
                "batch",
                "id",
                name="free_code_of_place",
                condition=models.Q(given__isnull=True, revoked__isnull=True),
            ),
            models.Index(
                fields=["merchant", "pool_id", "given"],
                name="till_code_by_hand_out",
                condition=models.Q(given__isnull=False),
            ),
            models.Index(fields=["merchant", "pool_id", "id"], name="till_code_by_pool"),
        ]
