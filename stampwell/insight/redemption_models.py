"""The table of how rewards were used; `models.py` has the others of this package."""

from django.db import models

from stampwell.tenancy import OfMerchant


class RedemptionTotal(OfMerchant):
    """How often a reward was used on one day in one way."""

    day = models.DateField()
    program_id = models.UUIDField(null=True)
    way = models.CharField(max_length=12)
    times = models.IntegerField()

    class Meta:
        db_table = "redemption_total"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "day", "program_id", "way"],
                nulls_distinct=False,
                name="one_total_for_each_day_and_way",
            )
        ]
