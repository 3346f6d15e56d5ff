from django.db import models

from stampwell import clock


class ArrivingShop(models.Model):
    """A shop that is being read in, and hidden until that has ended; `id` is its own.

    `archive` names the archive, `done` counts the members of it that are in the tables.
    """

    id = models.UUIDField(primary_key=True)
    archive = models.CharField(max_length=64)
    done = models.IntegerField(default=0)
    begun = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "arriving_shop"
