from typing import Any

from django.db import models

from stampwell import clock
from stampwell.events.packing import read_packed
from stampwell.tenancy import OfMerchant


class Event(OfMerchant):
    """`data` holds the objects as the API shows them, without the links and codes, which are secrets and are put back
    when it is read. It lies packed (`packing`).

    `sequence` is given when the event is drained: order without gaps per merchant.

    `source` and the three ids beside it say who did it (`actors`); NULL where nobody wrote it down then.

    Partitioned by month of `at`; the database's key is (merchant_id, at, id).
    """

    at = models.DateTimeField()
    type = models.CharField(max_length=40)
    source = models.CharField(max_length=12, null=True)
    location_id = models.UUIDField(null=True)
    station_id = models.UUIDField(null=True)
    staff_member_id = models.UUIDField(null=True)
    api_key_id = models.UUIDField(null=True)
    card_id = models.UUIDField(null=True)
    voucher_id = models.UUIDField(null=True)
    packed = models.BinaryField(db_column="data")
    sequence = models.BigIntegerField(null=True)

    class Meta:
        db_table = "event"
        indexes = [
            models.Index(fields=["merchant", "sequence"], name="event_in_order"),
            models.Index(fields=["merchant", "card_id", "at"], name="event_by_card"),
            models.Index(
                fields=["merchant", "at"],
                name="event_waiting",
                condition=models.Q(sequence__isnull=True),
            ),
        ]

    @property
    def data(self) -> dict[str, Any]:
        return read_packed(bytes(self.packed))


class EventCursor(OfMerchant):
    """How far a follower (`reader`) has read a merchant's events; its row lock makes one reader at a time."""

    name = models.CharField(max_length=40)
    last_sequence = models.BigIntegerField(default=0)
    moved = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "event_cursor"
        constraints = [models.UniqueConstraint(fields=["merchant", "name"], name="one_cursor_for_each_follower")]


class EventFeed(OfMerchant):
    """How far a merchant's events have been put in order; its row lock makes one drainer at a time."""

    last_sequence = models.BigIntegerField(default=0)

    class Meta:
        db_table = "event_feed"
        constraints = [models.UniqueConstraint(fields=["merchant"], name="one_feed_for_each_merchant")]


class DeskChange(OfMerchant):
    """Who changed what at the desk (`desk_changes`). `name` is what it was called then.

    `before` and `after` hold the fields that differ; where something was made there is no before.
    """

    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=40)
    staff_member_id = models.UUIDField()
    subject_id = models.UUIDField(null=True)
    name = models.CharField(max_length=200)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        db_table = "desk_change"
