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


class ServerErrors(models.Model):
    """How many answers of a minute said that we failed (500)."""

    minute = models.DateTimeField(primary_key=True)
    count = models.IntegerField()

    class Meta:
        db_table = "server_errors"


class KeptErrorRow(models.Model):
    """An error of the log (`kept_errors`), with how often it came; what is said is that of the last time."""

    alike = models.CharField(max_length=32, primary_key=True)
    logger = models.CharField(max_length=200)
    said = models.TextField()
    trace = models.TextField()
    count = models.BigIntegerField()
    first = models.DateTimeField()
    last = models.DateTimeField()

    class Meta:
        db_table = "kept_error"


class Alarm(models.Model):
    """Something that is wrong (`alarms` has its states). `figure` is what was measured."""

    name = models.CharField(max_length=200, primary_key=True)
    title = models.TextField()
    figure = models.CharField(max_length=40, default="", db_default="")
    said = models.TextField()
    stage = models.IntegerField()
    since = models.DateTimeField()
    told = models.DateTimeField(null=True)
    told_stage = models.IntegerField()
    well_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "alarm"
