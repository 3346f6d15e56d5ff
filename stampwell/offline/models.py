from django.db import models

from stampwell import clock
from stampwell.cards.models import Card
from stampwell.merchants.models import Station
from stampwell.offline.believing import FIRST_MOMENT, LAST_MOMENT
from stampwell.tenancy import OfMerchant, tenant_key


class DeviceKey(OfMerchant):
    """The public half of a key that a station's device made and cannot give away: it signs what it wrote down.

    A device that lost its memory makes a new one. The one before is `replaced`, and good for what was scanned before.
    """

    station = tenant_key(Station)
    public_key = models.BinaryField()
    staff_member_id = models.UUIDField(null=True)
    began = models.DateTimeField(default=clock.now)
    replaced = models.DateTimeField(null=True)

    class Meta:
        db_table = "device_key"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "station", "public_key"], name="a_device_has_each_key_once"),
            models.UniqueConstraint(
                fields=["merchant", "station"],
                name="a_device_signs_with_one_key",
                condition=models.Q(replaced__isnull=True),
            ),
        ]


class KeptScan(OfMerchant):
    """A scan that came after it was made. `sender_id` is the station or the API key that kept it.

    `scanned_at` is what the device's clock said, `happened_at` what is believed. A scan that waits has a `reason`, and
    the owner decides it; `given` is how many stamps it gave. Where a reward was handed out for
    `voucher_id`, `reward_id` is which one, by the word of whoever did it; one that counts without a `redemption_id` was
    handed out without a voucher. Of the code nothing is kept but a hash of the whole scan, by which it is known again.
    """

    class State(models.TextChoices):
        COUNTED = "counted"
        WAITING = "waiting"
        REFUSED = "refused"

    source = models.CharField(max_length=12)
    sender_id = models.UUIDField()
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField()
    sequence = models.BigIntegerField(null=True)
    device_key_id = models.UUIDField(null=True)
    location_id = models.UUIDField(null=True)
    staff_member_id = models.UUIDField(null=True)
    card = tenant_key(Card, null=True)
    count = models.IntegerField(null=True)
    amount = models.BigIntegerField(null=True)
    scanned_at = models.DateTimeField()
    received_at = models.DateTimeField()
    happened_at = models.DateTimeField()
    clock_believed = models.BooleanField()
    state = models.CharField(max_length=8, choices=State)
    reason = models.CharField(max_length=60, blank=True)
    stamp_id = models.UUIDField(null=True)
    given = models.IntegerField(null=True)
    voucher_id = models.UUIDField(null=True)
    reward_id = models.UUIDField(null=True)
    redemption_id = models.UUIDField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "kept_scan"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "sender_id", "key"], name="a_kept_scan_counts_once"),
            models.CheckConstraint(
                condition=models.Q(scanned_at__gte=FIRST_MOMENT, scanned_at__lt=LAST_MOMENT),
                name="a_kept_scan_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "id"], name="kept_scans_to_decide", condition=models.Q(state="waiting")),
            models.Index(fields=["merchant", "sender_id", "sequence"], name="kept_scan_by_sequence"),
        ]
