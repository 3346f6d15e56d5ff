from django.db import models


class BroughtSecret(models.Model):
    """The secrets of a card, a voucher or a customer that was read in from another installation; `id` is theirs.

    `sealed` holds them by issue and purpose, sealed under our key.
    """

    id = models.UUIDField(primary_key=True)
    merchant_id = models.UUIDField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "brought_secret"
        indexes = [models.Index(fields=["merchant_id"], name="brought_secret_by_shop")]
