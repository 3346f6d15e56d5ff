"""A job and its states.

    from      to        by
    (none)    waiting   ask_for: with a place in the queue
    waiting   running   a worker takes it up (`runs` grows)
    running   running   another worker takes it up, for the one that had it has died (a failure) or is taken for dead
    running   waiting   it failed and has tries left, or its worker was told to stop: with a new place in the queue
    running   done      its function has returned
    running   failed    it failed for good
    failed    waiting   retry_job: with a place in the queue, and all its tries again

Only the run with the latest number may write: a worker that was taken for dead and wakes up changes nothing.
"""

from django.db import models

from stampwell.tenancy import OfMerchant


class Job(OfMerchant):
    """`cursor` is where the next run goes on, in the words of its kind. `report` is what came of it, without personal
    data. `place` is that in the queue; a place that is not the job's leads nowhere.

    `total` is NULL until it was counted, `begun` until the first run, `ended` until it is done or has failed.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State)
    done = models.BigIntegerField()
    total = models.BigIntegerField(null=True)
    cursor = models.TextField()
    report = models.JSONField()
    place = models.BigIntegerField(null=True)
    problem = models.CharField(max_length=60)
    runs = models.IntegerField()
    failures = models.IntegerField()
    created = models.DateTimeField()
    begun = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    # Who asked for it; "operator" is whoever runs the installation.
    source = models.CharField(max_length=12)
    staff_member_id = models.UUIDField(null=True)
    station_id = models.UUIDField(null=True)
    api_key_id = models.UUIDField(null=True)

    class Meta:
        db_table = "job"
        indexes = [
            models.Index(fields=["merchant", "kind", "created"], name="job_by_kind"),
            models.Index(fields=["merchant"], name="job_open", condition=models.Q(ended__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running"], ended__isnull=True)
                | models.Q(state__in=["done", "failed"], ended__isnull=False),
                name="a_job_has_ended_if_it_is_done_or_has_failed",
            ),
        ]
