from django.db import models

from stampwell import clock


class KnownKey(models.Model):
    """The fingerprint of a key that rows of this database derive from, written when it was first used."""

    name = models.CharField(max_length=40, primary_key=True)
    fingerprint = models.BinaryField()
    since = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "known_key"


class Banner(models.Model):
    """What whoever runs the server tells the people of all shops (`banner`): one row, or none."""

    name = models.CharField(max_length=20, primary_key=True)
    texts = models.JSONField()  # by language
    begins = models.DateTimeField()
    ends = models.DateTimeField()

    class Meta:
        db_table = "banner"
