from django.contrib.postgres.fields import ArrayField
from django.db import models

from stampwell import clock
from stampwell.tenancy import OfMerchant, tenant_key


class Card(OfMerchant):
    """Its counters are kept on the row under its lock; `stampwell recount` recomputes them from the stamps.

    `version_id` and `goal` are the terms of the present round. `remainder` is money spent towards the next
    stamp, in minor units. `revision` grows with every change that somebody can see.
    """

    program = tenant_key("stampwell.Program")
    version_id = models.UUIDField()
    customer = tenant_key("stampwell.Customer")
    external_id = models.CharField(max_length=200, null=True)
    locale = models.CharField(max_length=10)
    short_number = models.CharField(max_length=9)
    issue = models.IntegerField(default=0)
    code_hash = models.BinaryField()
    token_hash = models.BinaryField()
    state = models.CharField(max_length=10, default="active")
    round = models.IntegerField(default=1)
    stamps = models.IntegerField(default=0)
    goal = models.IntegerField()
    remainder = models.BigIntegerField(default=0)
    stamped_day = models.DateField(null=True)
    stamps_that_day = models.IntegerField(default=0)
    last_stamp = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    revision = models.IntegerField(default=1)
    created = models.DateTimeField(default=clock.now)
    changed = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "card"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code_hash"], name="a_code_names_one_card"),
            models.UniqueConstraint(fields=["merchant", "token_hash"], name="a_link_names_one_card"),
            models.UniqueConstraint(fields=["merchant", "short_number"], name="a_short_number_names_one_card"),
            models.UniqueConstraint(
                fields=["merchant", "program", "external_id"], name="one_card_for_each_external_id"
            ),
            models.CheckConstraint(
                condition=models.Q(stamps__gte=0) & models.Q(stamps__lt=models.F("goal")),
                name="a_round_is_never_overfull",
            ),
            models.CheckConstraint(condition=models.Q(remainder__gte=0), name="a_remainder_is_never_negative"),
        ]
        indexes = [
            models.Index(fields=["merchant", "-created", "-id"], name="card_by_age"),
            models.Index(fields=["merchant", "customer"], name="card_by_customer"),
        ]


class ReplacedLink(OfMerchant):
    """A link and a code that opened a card, or one of its vouchers, until the card was recovered.

    They open nothing any more. Whoever comes with one is told so, instead of that it was never there.
    """

    card = tenant_key(Card)
    voucher_id = models.UUIDField(null=True)
    issue = models.IntegerField()
    short_number = models.CharField(max_length=9, blank=True)
    code_hash = models.BinaryField()
    token_hash = models.BinaryField()
    replaced = models.DateTimeField()

    class Meta:
        db_table = "replaced_link"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code_hash"], name="a_code_is_replaced_once"),
            models.UniqueConstraint(fields=["merchant", "token_hash"], name="a_link_is_replaced_once"),
        ]
        indexes = [models.Index(fields=["merchant", "short_number"], name="replaced_by_short_number")]


class RecoveryLink(OfMerchant):
    """Somebody lost a card and typed this address (`recovering_by_mail.py`).

    from      to       by
    (none)    asked    whoever typed it: nobody has looked yet whether it is known; no secret
    asked     mailed   the job: the mail holds the secret, and here is its hash
    asked     (none)   the job: nobody has this address
    mailed    (none)   a link for this address was used, its hour is over, or the customer was erased
    """

    email = models.CharField(max_length=254)
    secret_hash = models.BinaryField(null=True)
    expires = models.DateTimeField()

    class Meta:
        db_table = "recovery_link"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "secret_hash"], name="a_secret_names_one_recovery_link")
        ]
        indexes = [
            models.Index(fields=["merchant", "email"], name="recovery_link_by_email"),
            models.Index(fields=["merchant", "expires"], name="recovery_link_by_end"),
        ]


class DayCount(OfMerchant):
    """What a person or a device gave on one day, by the clock of the place (`protecting.py`).

    `subject_id` is a staff member or a station; both kinds of ids are unique. There are rows only where the shop has a
    limit for them, and only of the last days.
    """

    subject_id = models.UUIDField()
    day = models.DateField()
    stamps = models.IntegerField()
    overrides = models.IntegerField()

    class Meta:
        db_table = "day_count"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "subject_id", "day"], name="one_count_for_each_giver_and_day")
        ]


class Stamp(OfMerchant):
    """Append-only: `count` stamps earned, or taken away by the row that `reverses` another.

    `remainder_change` is what the row did to the card's remainder; `round` is the one the card was in before. Rows with
    a `merge_id` carry stamps from one card to another: nothing was earned or lost by them. `counted` is the moment
    that pause and daily limit went by where it was told later than it happened; earlier rows say it by their source.
    """

    card = tenant_key(Card)
    count = models.IntegerField()
    round = models.IntegerField()
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, null=True)
    remainder_change = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    occurred = models.DateTimeField()
    counted = models.DateTimeField(null=True)
    source = models.CharField(max_length=12)
    overrode = models.BooleanField(default=False)
    receipt_id = models.CharField(max_length=100, null=True)
    location_id = models.UUIDField(null=True)
    station_id = models.UUIDField(null=True)
    staff_member_id = models.UUIDField(null=True)
    api_key_id = models.UUIDField(null=True)
    reverses = tenant_key("self", null=True)
    reason = models.CharField(max_length=300, blank=True)
    merge_id = models.UUIDField(null=True)

    class Meta:
        db_table = "stamp"
        constraints = [models.UniqueConstraint(fields=["merchant", "reverses"], name="a_stamp_is_reversed_once")]
        indexes = [
            models.Index(fields=["merchant", "card", "at"], name="stamp_by_card"),
            models.Index(
                fields=["merchant", "receipt_id", "at"],
                name="stamp_by_receipt",
                condition=models.Q(receipt_id__isnull=False),
            ),
        ]


class StampedReceipt(OfMerchant):
    """A receipt that has earned its stamps. The row goes when staff undo them, so that the right card can get them;
    what a till takes back stays taken back, whatever comes late.

    Tills count for themselves, so a number means something only where it was given: `given_by` is the id of the
    location, else of the station, else of the API key, else of the merchant.
    """

    program_id = models.UUIDField()
    given_by = models.UUIDField()
    receipt_id = models.CharField(max_length=100)
    stamp = tenant_key(Stamp)

    class Meta:
        db_table = "stamped_receipt"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "program_id", "given_by", "receipt_id"], name="a_receipt_earns_once"
            ),
            models.UniqueConstraint(fields=["merchant", "stamp"], name="a_stamp_has_one_receipt"),
        ]


class PaperRules(OfMerchant):
    """A shop that takes over stamps from old paper cards (`paper_rules.py`): at most so many from one, and at most so
    many cards by one staff member a day.
    """

    most_stamps = models.SmallIntegerField()
    most_a_day = models.SmallIntegerField()

    class Meta:
        db_table = "paper_rules"
        constraints = [models.UniqueConstraint(fields=["merchant"], name="a_shop_has_one_set_of_paper_rules")]


class HonouredPaper(OfMerchant):
    """An old paper card, whose stamps are on this card since (`honouring.py`).

    It is the `number`th that this staff member took over on that day, by the clock of the place. `undone` is when the
    stamp was undone; from then on the card may get the stamps of an old one again.
    """

    card = tenant_key(Card)
    stamp_id = models.UUIDField()
    staff_member_id = models.UUIDField()
    day = models.DateField()
    number = models.SmallIntegerField()
    at = models.DateTimeField()
    undone = models.DateTimeField(null=True)

    class Meta:
        db_table = "honoured_paper"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "card"],
                condition=models.Q(undone__isnull=True),
                name="a_card_honours_one_paper",
            ),
            models.UniqueConstraint(fields=["merchant", "stamp_id"], name="a_stamp_has_one_paper"),
            models.UniqueConstraint(
                fields=["merchant", "staff_member_id", "day", "number"], name="papers_of_a_day_are_numbered"
            ),
        ]


class ReachedMilestone(OfMerchant):
    """Ties a milestone, reached by a card in a round, to the voucher that it gave, and to the draw that it was for.

    Where words alone were given there is no voucher, and `reward_id` names them. `told` is when they came to this card
    without a draw, by the age.
    """

    card = tenant_key(Card)
    round = models.IntegerField()
    stamps = models.IntegerField()
    voucher = tenant_key("stampwell.Voucher", null=True)
    reward_id = models.UUIDField(null=True)
    draw_id = models.UUIDField(null=True)
    told = models.DateTimeField(null=True)
    recalled = models.DateTimeField(null=True)

    class Meta:
        db_table = "reached_milestone"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "card", "round", "stamps"],
                condition=models.Q(recalled__isnull=True),
                name="one_voucher_for_each_reached_milestone",
            )
        ]


class CompletedRound(OfMerchant):
    """The terms under which a card completed a round: where an undo goes back to."""

    card = tenant_key(Card)
    round = models.IntegerField()
    version_id = models.UUIDField()
    goal = models.IntegerField()
    completed = models.DateTimeField()
    reopened = models.DateTimeField(null=True)

    class Meta:
        db_table = "completed_round"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "card", "round"],
                condition=models.Q(reopened__isnull=True),
                name="a_round_is_completed_once",
            )
        ]


class MergedCard(OfMerchant):
    """The stamps and vouchers of a card went to another one of the same program: the two customers are one.

    `departure_id` and `arrival_id` are the rows of `stamp` that carried them, None where there was nothing to carry.
    `vouchers` were the card's. The newest row of a card counts, and only while the card is void.
    """

    merge = tenant_key("stampwell.CustomerMerge")
    card = tenant_key(Card)
    into = tenant_key(Card)
    departure_id = models.UUIDField(null=True)
    arrival_id = models.UUIDField(null=True)
    vouchers = ArrayField(models.UUIDField())
    external_id_moved = models.BooleanField()

    class Meta:
        db_table = "merged_card"
        indexes = [
            models.Index(fields=["merchant", "card", "-id"], name="merged_card_by_card"),
            models.Index(fields=["merchant", "merge"], name="merged_card_by_merge"),
        ]
