from django.db import models

from stampwell import clock
from stampwell.tenancy import OfMerchant


class Export(OfMerchant):
    """A file that somebody asked for. Its job (`job_id`) says how far it is; `made` is NULL until the file is whole.

    `wanted` is what was chosen at the desk, as it stands in the address of the page. The row goes with the file.
    `passphrase` is that of the archive of a shop, sealed, until its file is whole.
    """

    job_id = models.UUIDField()
    subject = models.CharField(max_length=12)
    format = models.CharField(max_length=5)
    wanted = models.TextField()
    locale = models.CharField(max_length=10)
    rows = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    created = models.DateTimeField(default=clock.now)
    made = models.DateTimeField(null=True)
    staff_member_id = models.UUIDField(null=True)
    api_key_id = models.UUIDField(null=True)
    passphrase = models.BinaryField(null=True)

    class Meta:
        db_table = "export"
        indexes = [models.Index(fields=["merchant", "created"], name="export_by_age")]
