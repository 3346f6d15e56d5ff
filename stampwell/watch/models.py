from django.db import models


class Heartbeat(models.Model):
    """When something that runs in the background was last alive: one row for all processes of that name."""

    name = models.CharField(max_length=20, primary_key=True)
    seen = models.DateTimeField()

    class Meta:
        db_table = "heartbeat"


class LatestFigures(models.Model):
    """What the worker measured last (`figures`), as JSON; one row."""

    name = models.CharField(max_length=20, primary_key=True)
    taken = models.DateTimeField()
    figures = models.JSONField()

    class Meta:
        db_table = "figures"
