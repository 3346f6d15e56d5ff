from django.db import models

from stampwell import clock
from stampwell.cards.models import Card
from stampwell.tenancy import OfMerchant, tenant_key


class ReceiptBatch(OfMerchant):
    """Codes that were made together and are worth the same: `size` of them, with the serials from 0 on.

    `kind` is "batch" (a sheet of labels, a file for a printer), "receipt" (one code, for the receipt `receipt_id` of a
    till; of a series only those that were used or revoked) or "staff" (one code, shown on a screen for a moment).
    `number` stands in each code but those of a series, and the `secret`, which is sealed under the installation's key,
    signs them. `count` and `amount` are what a code is worth; neither means one visit. Location, station, staff member
    and key are those of the purchase, as far as they are known when it is made.
    """

    program = tenant_key("stampwell.Program")
    number = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=60, blank=True)
    size = models.IntegerField()
    count = models.SmallIntegerField(null=True)
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, null=True)
    daily_limit = models.SmallIntegerField()
    expires = models.DateTimeField()
    revoked = models.DateTimeField(null=True)
    receipt_id = models.CharField(max_length=100, null=True)
    given_by = models.UUIDField(null=True)
    location_id = models.UUIDField(null=True)
    station_id = models.UUIDField(null=True)
    staff_member_id = models.UUIDField(null=True)
    api_key_id = models.UUIDField(null=True)
    secret = models.BinaryField()
    created = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "receipt_batch"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="a_number_names_one_receipt_batch"),
            models.UniqueConstraint(
                fields=["merchant", "program", "given_by", "receipt_id"],
                condition=models.Q(receipt_id__isnull=False),
                name="a_receipt_has_one_code",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="receipt_batch_by_age", condition=models.Q(kind="batch")),
            models.Index(
                fields=["merchant", "expires"],
                name="single_receipt_code_by_end",
                condition=~models.Q(kind="batch"),
            ),
        ]


class ReceiptSeries(OfMerchant):
    """Receipts that count up and whose codes are alike but for the receipt: a code among them has no row until it is
    used or revoked.

    Their numbers begin with `begins` and end in so many `digits`; `made` has a bit for each that got its code. `number`
    stands in each code, and the `secret`, which is sealed under the installation's key, signs them. Where there is a
    `currency` the amount stands in the code, else `count` says what it is worth, or it is one visit. Codes end with the
    series where they `end_alike`, else so many minutes before it as they say themselves.
    """

    program = tenant_key("stampwell.Program")
    number = models.IntegerField()
    given_by = models.UUIDField()
    begins = models.CharField(max_length=99, blank=True)
    digits = models.SmallIntegerField()
    count = models.SmallIntegerField(null=True)
    currency = models.CharField(max_length=3, null=True)
    daily_limit = models.SmallIntegerField()
    expires = models.DateTimeField()
    end_alike = models.BooleanField()
    location_id = models.UUIDField(null=True)
    station_id = models.UUIDField(null=True)
    api_key_id = models.UUIDField(null=True)
    secret = models.BinaryField()
    made = models.BinaryField()
    created = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "receipt_series"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="a_number_names_one_receipt_series"),
            models.UniqueConstraint(
                fields=[
                    *("merchant", "program", "given_by", "begins", "digits"),
                    *("expires", "end_alike", "count", "currency", "daily_limit"),
                    *("location_id", "station_id", "api_key_id"),
                ],
                nulls_distinct=False,
                name="receipts_that_are_alike_have_one_series",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "expires"], name="receipt_series_by_end")]


class ReceiptClaim(OfMerchant):
    """A receipt code that was used: the `serial` of its batch, and the card that it went to."""

    batch = tenant_key(ReceiptBatch)
    serial = models.IntegerField()
    card = tenant_key(Card)
    at = models.DateTimeField()

    class Meta:
        db_table = "receipt_claim"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "batch", "serial"], name="a_receipt_code_is_claimed_once")
        ]
        indexes = [models.Index(fields=["merchant", "card", "at"], name="receipt_claim_by_card")]
