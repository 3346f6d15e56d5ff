from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from stampwell import clock
from stampwell.tenancy import OfMerchant


class StoredAnswer(OfMerchant):
    """The answer to a request that came with an idempotency key; kept 30 days. `body` is sealed: links are secrets."""

    idempotency_key = models.CharField(max_length=255)
    fingerprint = models.BinaryField()
    status = models.SmallIntegerField()
    body = models.BinaryField()
    created = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "stored_answer"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "idempotency_key"], name="one_answer_for_each_idempotency_key")
        ]


class Attempt(models.Model):
    """How often something was tried in a window of time: the rate limit that all processes share."""

    name = models.CharField(max_length=120, primary_key=True)
    window_start = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        db_table = "attempt"


class KnownBrowser(models.Model):
    """A browser with which an account has signed in (`known_browsers.py`); `seen` is when it last did."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    secret_hash = models.BinaryField()
    seen = models.DateTimeField()

    class Meta:
        db_table = "known_browser"
        constraints = [models.UniqueConstraint(fields=["secret_hash", "user"], name="an_account_knows_a_browser_once")]


class Session(AbstractBaseSession):
    """A browser's session (`sessions.py`), in the table of Django's own engine.

    `user_id` is NULL where nobody signed in. No key leads to the account: who signs in
    does not wait for whoever changes it.
    """

    user_id = models.BigIntegerField(null=True)
    seen = models.DateTimeField(null=True)

    class Meta:
        db_table = "django_session"
        indexes = [
            models.Index(fields=["user_id"], name="session_of_an_account", condition=models.Q(user_id__isnull=False))
        ]
