"""A mail and its states.

    from      to        by
    (none)    waiting   keep_mail: to be sent at once
    waiting   waiting   the worker takes it in hand (`claims` grows) or has to try it again: due later
    waiting   sent      the mail server took it; its content is thrown away
    waiting   failed    the mail server refuses it for good, or too many tries went wrong; or it was restored
    waiting   expired   what it leads to has ended, so it is not sent any more; its content is thrown away
    failed    waiting   retry_mail: to be sent at once, and with all its tries
    failed    expired   what it leads to has ended

Only who took it in hand last may write what became of it. Where that was never written, because the worker was killed
after the server had taken the mail, it is sent a second time, under the same Message-ID.
"""

from django.db import models

from stampwell import clock


class Rank(models.IntegerChoices):
    """What goes first; the lower one does."""

    AWAITED = 0  # somebody sits in front of a page and cannot go on without it, or the server is in trouble
    USUAL = 1
    TO_MANY = 2  # the same news for all customers of a shop: nothing else waits behind them


class Mail(models.Model):
    """`recipient` and `content` are sealed: a link signs in whoever has it, and who wants a new password is a secret.

    `about` is the row that it was written for, where that can end before the mail was sent; `job_id` the job that has
    written it to many, whose news can be taken back as well.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=clock.new_id, editable=False)
    kind = models.CharField(max_length=40)
    recipient = models.BinaryField()
    content = models.BinaryField(null=True)
    about = models.UUIDField(null=True)
    job_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=State)
    created = models.DateTimeField()
    due = models.DateTimeField()
    expires = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    claims = models.IntegerField()
    failures = models.IntegerField()
    problem = models.TextField()
    rank = models.SmallIntegerField(choices=Rank, default=Rank.USUAL, db_default=1)

    class Meta:
        db_table = "mail"
        indexes = [
            models.Index(fields=["due"], name="mail_due", condition=models.Q(state="waiting")),
            models.Index(fields=["rank", "due", "id"], name="mail_by_rank", condition=models.Q(state="waiting")),
            models.Index(fields=["about"], name="mail_about", condition=models.Q(about__isnull=False)),
            models.Index(fields=["job_id"], name="mail_by_job", condition=models.Q(job_id__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="waiting", ended__isnull=True, content__isnull=False)
                | models.Q(state="failed", ended__isnull=False, content__isnull=False)
                | models.Q(state__in=["sent", "expired"], ended__isnull=False, content__isnull=True),
                name="a_mail_keeps_its_content_as_long_as_it_may_be_sent",
            ),
        ]
