from django.contrib.postgres.fields import ArrayField
from django.db import models

from stampwell import clock
from stampwell.programs.limits import COUNTDOWN
from stampwell.tenancy import OfMerchant, tenant_key


class Program(OfMerchant):
    """`slug` stands in the join link; `current_version` is what new cards get. `printed` belongs to `printed.py`.

    `joining_paused`, `stamping_paused` and `archived` are since when that is so, `closed` from when it is over,
    which may be a day to come; `pausing.py` writes them, and what stops stamps into the row of the merchant as well.
    `next_version_id` is announced and becomes the present version at `next_starts`.
    `reward_cost` and `visit_value` are what the owner told for the figures, in `priced_in` (`pricing.py`).
    """

    slug = models.CharField(max_length=60)
    current_version_id = models.UUIDField()
    created = models.DateTimeField(default=clock.now)
    joining_paused = models.DateTimeField(null=True)
    stamping_paused = models.DateTimeField(null=True)
    closed = models.DateTimeField(null=True)
    archived = models.DateTimeField(null=True)
    next_version_id = models.UUIDField(null=True)
    next_starts = models.DateTimeField(null=True)
    printed = models.JSONField(default=dict, db_default={})
    reward_cost = models.BigIntegerField(null=True)
    visit_value = models.BigIntegerField(null=True)
    priced_in = models.CharField(max_length=3, default="", db_default="")

    class Meta:
        db_table = "program"
        constraints = [models.UniqueConstraint(fields=["merchant", "slug"], name="a_join_link_names_one_program")]
        indexes = [
            models.Index(
                fields=["next_starts"],
                name="program_with_announced_terms",
                condition=models.Q(next_starts__isnull=False),
            )
        ]


class ProgramVersion(OfMerchant):
    """The promise as published; never updated. Texts are objects by locale, money is in minor units.

    `locale` was the merchant's language then: a text in it alone is shown as a plain string. `job_id` is the job that
    gives it to the cards of before, where it is for everybody; `mail_job_id` the one that tells customers by mail.
    """

    program = tenant_key(Program)
    number = models.IntegerField()
    locale = models.CharField(max_length=10)
    name = models.JSONField()
    offer = models.JSONField(default=dict)
    goal = models.IntegerField()
    earning_by = models.CharField(max_length=10)
    amount_per_stamp = models.BigIntegerField(null=True)
    minimum_spend = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    cooldown_seconds = models.IntegerField()
    daily_cap = models.IntegerField(null=True)
    only_when_open = models.BooleanField(default=False)
    welcome_stamps = models.SmallIntegerField(default=0, db_default=0)
    asks_for = ArrayField(models.CharField(max_length=10), default=list)
    design = models.JSONField(default=dict)
    published = models.DateTimeField(default=clock.now)
    job_id = models.UUIDField(null=True)
    mail_job_id = models.UUIDField(null=True)

    class Meta:
        db_table = "program_version"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "program", "number"], name="one_version_for_each_number"),
            models.CheckConstraint(condition=models.Q(goal__gte=1, goal__lte=100), name="a_goal_is_1_to_100"),
        ]


class Reward(OfMerchant):
    """What the customer gets, how it is redeemed, when it becomes usable and how long it lasts.

    One that has prizes is a draw: no voucher is of it, and nothing counts of it but its name and `minimum_age`, the age
    from which it is drawn for a customer.
    """

    version = tenant_key(ProgramVersion)
    name = models.JSONField()
    path = models.CharField(max_length=12)
    needs_manager = models.BooleanField(default=False, db_default=False)  # to be handed out by staff
    place_check = models.BooleanField(default=False, db_default=False)  # of a phone that uses it alone
    active_after_seconds = models.IntegerField(default=0)
    active_from = models.DateTimeField(null=True)
    from_next_visit = models.BooleanField(default=False, db_default=False)
    grace_days = models.SmallIntegerField(default=0, db_default=0)
    remind_days_before = models.SmallIntegerField(null=True)
    valid_days = models.IntegerField(null=True)
    valid_until = models.DateTimeField(null=True)
    weekdays = ArrayField(models.SmallIntegerField(), default=list)
    hours = models.JSONField(default=list)
    location_ids = ArrayField(models.UUIDField(), default=list)
    redeem_code_kind = models.CharField(max_length=6, blank=True)
    redeem_code = models.CharField(max_length=200, blank=True)
    code_by_location = models.JSONField(default=dict, db_default={})  # where it is another one than `redeem_code`
    redeem_code_format = models.CharField(max_length=10, blank=True)
    barcode_template = models.CharField(max_length=300, blank=True, default="", db_default="")
    discount = models.JSONField(null=True)  # what it takes off a basket (`discount_rules`); without it the till decides
    pool_id = models.UUIDField(null=True)  # of the codes, where the kind is "pool"; they are shown as the pool says
    countdown_minutes = models.SmallIntegerField(default=COUNTDOWN, db_default=COUNTDOWN)
    minimum_age = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "reward"
        indexes = [models.Index(fields=["merchant", "version"], name="reward_by_version")]


class Prize(OfMerchant):
    """What a draw can give: a reward of the same version, which is at no milestone. `odds` are hundredths of a percent.

    One of the kind `words` gives no voucher: of its reward nothing counts but the name, which the customer is told.
    `most_a_day` and `stock` are how many are given on a day and ever; the last prize of a draw has neither.
    """

    draw = tenant_key(Reward)
    place = models.SmallIntegerField()
    kind = models.CharField(max_length=7, default="voucher", db_default="voucher")
    reward = tenant_key(Reward)
    odds = models.SmallIntegerField()
    most_a_day = models.IntegerField(null=True)
    stock = models.IntegerField(null=True)

    class Meta:
        db_table = "prize"
        constraints = [models.UniqueConstraint(fields=["merchant", "draw", "place"], name="one_prize_in_each_place")]


class Milestone(OfMerchant):
    version = tenant_key(ProgramVersion)
    stamps = models.IntegerField()
    reward = tenant_key(Reward)

    class Meta:
        db_table = "milestone"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "version", "stamps"], name="one_milestone_for_each_count")
        ]


class CodeSuccessor(OfMerchant):
    """What is shown from a moment on in the place of a code that all customers of a reward see (`code_successors`).

    It is of the code itself, wherever that stands: in terms of any age, for all locations or for one. `planned` is when
    somebody said so, `old_until` until when the till takes the old one as well, and `removed` since when it does not,
    as somebody has said.
    """

    code = models.CharField(max_length=200)
    next_code = models.CharField(max_length=200)
    planned = models.DateTimeField()
    starts = models.DateTimeField()
    old_until = models.DateTimeField()
    removed = models.DateTimeField(null=True)

    class Meta:
        db_table = "code_successor"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="a_code_has_one_successor"),
            models.UniqueConstraint(fields=["merchant", "next_code"], name="a_code_follows_one_other"),
        ]


class SavedDraft(OfMerchant):
    """What somebody has typed in the form of a program and not yet published (`saved_drafts`).

    `fields` are the form's own, each a list of texts; `form` counts how their names have changed over the releases.
    `program_id` and `version_id` are of the program that is to be changed, and its terms when the draft was begun.
    Whoever saves names the `revision` that was on the page, so that nobody overwrites what another has saved meanwhile.
    """

    program = tenant_key(Program, null=True)
    version_id = models.UUIDField(null=True)
    name = models.CharField(max_length=200)
    fields = models.JSONField()
    form = models.SmallIntegerField()
    revision = models.IntegerField(default=1)
    staff_member_id = models.UUIDField()
    saved = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "program_draft"
