from django.contrib.postgres.fields import ArrayField
from django.db import models

from stampwell.tenancy import OfMerchant, tenant_key


class WebhookEndpoint(OfMerchant):
    """An address that a shop's events are sent to. Empty `types` and `location_ids` mean all of them.

    Its address and its secrets are sealed: with either somebody could play the shop, or the receiver. The secret of
    before counts beside the new one until `previous_until`.

    `failing_since` and `failures` are of failures in a row, whichever events they were for. `is_slow` sends it by the
    lane of those that would keep others waiting. `resumed` is when it was last switched on again: how it went before
    that is of another time.

    `made_up_to` is the last event for which it was looked whether it is to be sent. A replay has come to `replay_after`
    and ends with `replay_until`.
    """

    class State(models.TextChoices):
        ON = "on"
        OFF = "off"

    class Reason(models.TextChoices):
        GONE = "gone"  # it answered so
        FAILING = "failing"  # for days

    sealed_url = models.BinaryField()
    types = ArrayField(models.CharField(max_length=40))
    location_ids = ArrayField(models.UUIDField())
    app = models.CharField(max_length=60)
    api_key_id = models.UUIDField(null=True)
    sealed_secret = models.BinaryField()
    sealed_previous = models.BinaryField(null=True)
    previous_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices)
    off_since = models.DateTimeField(null=True)
    off_reason = models.CharField(max_length=10, choices=Reason.choices, null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.IntegerField()
    is_slow = models.BooleanField()
    resumed = models.DateTimeField(null=True)
    made_up_to = models.BigIntegerField()
    replay_after = models.BigIntegerField(null=True)
    replay_until = models.BigIntegerField(null=True)
    created = models.DateTimeField()
    removed = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhook_endpoint"
        indexes = [
            models.Index(fields=["merchant"], name="webhook_replays", condition=models.Q(replay_after__isnull=False)),
        ]


class WebhookDelivery(OfMerchant):
    """One event for one address. What is sent is made of the event when it is sent; here is what became of it.

    `sequence` is None for a test. `due` is empty when it has ended; `tries` counts since it was made, or asked for
    once more. `answer` is the beginning of what was answered to the latest try that failed.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    endpoint = tenant_key(WebhookEndpoint)
    event_id = models.UUIDField()
    type = models.CharField(max_length=40)
    sequence = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State.choices)
    tries = models.SmallIntegerField()
    due = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    created = models.DateTimeField()
    tried = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    status = models.SmallIntegerField(null=True)
    problem = models.CharField(max_length=200)
    answer = models.TextField()
    took_ms = models.IntegerField(null=True)

    class Meta:
        db_table = "webhook_delivery"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "endpoint", "event_id"], name="one_delivery_of_an_event_to_an_endpoint"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "endpoint", "id"], name="webhook_delivery_log"),
            models.Index(
                fields=["merchant", "endpoint", "due"],
                name="webhook_delivery_due",
                condition=models.Q(due__isnull=False),
            ),
            models.Index(
                fields=["merchant", "endpoint"],
                name="webhook_delivery_leased",
                condition=models.Q(leased_until__isnull=False),
            ),
        ]
