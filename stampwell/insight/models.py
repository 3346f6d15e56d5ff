from django.contrib.postgres.fields import ArrayField
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


class CardLife(OfMerchant):
    """What a card has come to, in the days of the shop: what it adds to the rows of CardFigure. `id` is the card's.

    `joined` is NULL where the card came from a file. `visits` are the days on which it was stamped, each once.
    `handed_out` are the days on which its rewards were, and `waited` how many days each of them had been ready by then.
    `stamps`, `ready` and `pending` are of an active card.
    """

    program_id = models.UUIDField()
    joined = models.DateField(null=True)
    is_active = models.BooleanField()
    is_saved = models.BooleanField()
    is_filled = models.BooleanField()
    visits = ArrayField(models.DateField())
    handed_out = ArrayField(models.DateField())
    waited = ArrayField(models.IntegerField())
    stamps = models.IntegerField()
    goal = models.IntegerField()
    ready = models.IntegerField()
    pending = models.IntegerField()

    class Meta:
        db_table = "card_life"
        indexes = [
            models.Index(fields=["merchant", "id"], condition=models.Q(pending__gt=0), name="life_with_later_reward")
        ]


class CardFigure(OfMerchant):
    """What the lives of all cards of a program add up to; `card_figures.py` says what is counted under which name.

    It is bounded by days and numbers of stamps, however many cards there are. `day` is NULL in what stands now.
    """

    figure = models.CharField(max_length=16)
    program_id = models.UUIDField()
    day = models.DateField(null=True)
    number = models.IntegerField()
    times = models.BigIntegerField()

    class Meta:
        db_table = "card_figure"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "figure", "day", "program_id", "number"],
                nulls_distinct=False,
                name="one_figure_for_each_day_and_number",
            )
        ]


class RefusalTotal(OfMerchant):
    """How often a scan was refused on one day for one reason; `program_id` is that of the card, where one was shown."""

    day = models.DateField()
    reason = models.CharField(max_length=60)
    program_id = models.UUIDField(null=True)
    times = models.IntegerField()

    class Meta:
        db_table = "refusal_total"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "day", "reason", "program_id"],
                nulls_distinct=False,
                name="one_total_for_each_day_and_refusal",
            )
        ]


class PurchaseTotal(OfMerchant):
    """How often somebody was stamped on one day, and what they spent where the amount was entered.

    `currency` is "" where it was not. What was undone is taken off on the day of the undoing.
    """

    day = models.DateField()
    program_id = models.UUIDField()
    currency = models.CharField(max_length=3)
    times = models.IntegerField()
    amount = models.BigIntegerField()

    class Meta:
        db_table = "purchase_total"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "day", "program_id", "currency"], name="one_total_for_each_day_and_currency"
            )
        ]


class HandTotal(OfMerchant):
    """What one person did at one place on one day by the shop's clock; `hand_totals` says what is counted as what.

    `times` counts taps that gave stamps, `rewards` those that were handed out, `undone` what the person undid.
    """

    day = models.DateField()
    location_id = models.UUIDField(null=True)
    staff_member_id = models.UUIDField()
    times = models.IntegerField()
    stamps = models.IntegerField()
    overrides = models.IntegerField()
    outside_hours = models.IntegerField()
    by_hand = models.IntegerField()
    several = models.IntegerField()
    without_receipt = models.IntegerField()
    rewards = models.IntegerField()
    quick_rewards = models.IntegerField()
    found_rewards = models.IntegerField(default=0, db_default=0)
    undone = models.IntegerField()

    class Meta:
        db_table = "hand_total"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "day", "location_id", "staff_member_id"],
                nulls_distinct=False,
                name="one_total_for_each_hand_and_day",
            )
        ]


class HandOnCard(OfMerchant):
    """How often one person stamped one card in a month; bit 0 of `days` is set where that was on the first of it."""

    month = models.DateField()
    staff_member_id = models.UUIDField()
    card_id = models.UUIDField()
    times = models.IntegerField()
    days = models.IntegerField()

    class Meta:
        db_table = "hand_on_card"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "month", "card_id", "staff_member_id"], name="one_row_for_each_hand_and_card"
            )
        ]
        indexes = [
            models.Index(fields=["merchant", "month"], condition=models.Q(times__gte=6), name="hand_often_on_card")
        ]


class SeenOddity(OfMerchant):
    """That somebody looked at what was odd about a person, when it was `found` of `out_of`, and found it fine."""

    staff_member = tenant_key("stampwell.StaffMember")
    reason = models.CharField(max_length=20)
    card_id = models.UUIDField(null=True)
    found = models.IntegerField()
    out_of = models.IntegerField()
    seen_by = models.UUIDField()
    seen = models.DateTimeField()

    class Meta:
        db_table = "seen_oddity"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "staff_member", "reason", "card_id"],
                nulls_distinct=False,
                name="an_oddity_is_seen_once",
            )
        ]
