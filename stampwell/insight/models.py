from django.db import models

from stampwell.tenancy import OfMerchant


class DailyTotal(OfMerchant):
    """How often a kind of event happened on one day by the shop's clock, at one place, by one person, for one program.

    `stamps` is how many stamps that added; fewer than none where they were taken back, on the day of the undoing.
    A location, person or program that is NULL is one of its own: what happened without it.
    """

    day = models.DateField()
    type = models.CharField(max_length=40)
    location_id = models.UUIDField(null=True)
    staff_member_id = models.UUIDField(null=True)
    program_id = models.UUIDField(null=True)
    times = models.IntegerField()
    stamps = models.IntegerField()

    class Meta:
        db_table = "daily_total"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "day", "type", "location_id", "staff_member_id", "program_id"],
                nulls_distinct=False,
                name="one_total_for_each_day_and_hand",
            )
        ]
