from django.db import models

from stampwell.tenancy import OfMerchant, tenant_key


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


class MonthlyTotal(OfMerchant):
    """The sums of DailyTotal by month; `day` is the first of it."""

    day = models.DateField()
    type = models.CharField(max_length=40)
    location_id = models.UUIDField(null=True)
    staff_member_id = models.UUIDField(null=True)
    program_id = models.UUIDField(null=True)
    times = models.IntegerField()
    stamps = models.IntegerField()

    class Meta:
        db_table = "monthly_total"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "day", "type", "location_id", "staff_member_id", "program_id"],
                nulls_distinct=False,
                name="one_total_for_each_month_and_hand",
            )
        ]


class HourlyTotal(OfMerchant):
    """How often a kind of event happened in one hour by the shop's clock; `stamps` as in DailyTotal."""

    day = models.DateField()
    hour = models.SmallIntegerField()
    type = models.CharField(max_length=40)
    times = models.IntegerField()
    stamps = models.IntegerField()

    class Meta:
        db_table = "hourly_total"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "type", "day", "hour"], name="one_total_for_each_hour"),
        ]


class EventKind(OfMerchant):
    """What a filter of the journal may ask for, as it occurs at a shop; `event_stretches` keeps it.

    `device_id` is a station or an API key. NULL is one of its own: what happened without it.
    """

    type = models.CharField(max_length=40)
    location_id = models.UUIDField(null=True)
    staff_member_id = models.UUIDField(null=True)
    device_id = models.UUIDField(null=True)
    program_id = models.UUIDField(null=True)

    class Meta:
        db_table = "event_kind"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "type", "location_id", "staff_member_id", "device_id", "program_id"],
                nulls_distinct=False,
                name="one_row_for_each_kind_of_event",
            )
        ]


class EventStretch(OfMerchant):
    """That a kind occurs among the events `stretch * 512 + 1` to `stretch * 512 + 512` of the shop."""

    kind = tenant_key(EventKind)
    stretch = models.BigIntegerField()

    class Meta:
        db_table = "event_stretch"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kind", "stretch"], name="each_kind_once_in_a_stretch")
        ]


class CardStanding(OfMerchant):
    """Where an active card stands, in columns that the list of cards is narrowed and sorted by. `id` is the card's.

    They are kept here and not by indexes on `card`: an index on what each stamp changes would make each stamp write to
    all indexes of `card`. `seen` is the last stamp, else when the card was given.
    """

    joined = models.DateTimeField()
    seen = models.DateTimeField()
    stamps = models.IntegerField()
    to_go = models.IntegerField()
    ready = models.IntegerField()

    class Meta:
        db_table = "card_standing"
        indexes = [
            models.Index(fields=["merchant", "joined", "id"], name="standing_by_joining"),
            models.Index(fields=["merchant", "seen", "id"], name="standing_by_last_visit"),
            models.Index(fields=["merchant", "to_go", "id"], name="standing_by_stamps_to_go"),
            models.Index(
                fields=["merchant", "seen", "id"], condition=models.Q(ready__gt=0), name="standing_with_reward"
            ),
        ]
