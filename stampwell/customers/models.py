from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import ExtractDay, ExtractMonth

from stampwell import clock
from stampwell.tenancy import OfMerchant, tenant_key


class Customer(OfMerchant):
    """`search` holds what the customer is found by (`search_text`); every step that writes the others writes it too.
    `folding` is the edition in which it was made; what a release wrote that knew of none has none. `erased` is since
    when nothing is known of them, `merged_into` the customer who they turned out to be. `corrected` is when they last
    said themselves what is known of them.
    """

    name = models.CharField(max_length=100, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    birthday = models.DateField(null=True)
    locale = models.CharField(max_length=10)
    created = models.DateTimeField(default=clock.now)
    search = models.TextField(default="")
    folding = models.SmallIntegerField(null=True)
    erased = models.DateTimeField(null=True)
    merged_into = models.UUIDField(null=True)
    corrected = models.DateTimeField(null=True)

    class Meta:
        db_table = "customer"
        # One more, `customer_by_words`, needs extensions that a database may lack: search_index.py makes it.
        indexes = [
            models.Index(fields=["merchant", "folding"], name="customer_by_folding"),
            models.Index(
                fields=["merchant", "email"], opclasses=["uuid_ops", "varchar_pattern_ops"], name="customer_by_email"
            ),
            models.Index(
                fields=["merchant", "erased"], name="customer_erased", condition=models.Q(erased__isnull=False)
            ),
            models.Index(
                "merchant",
                ExtractMonth("birthday"),
                ExtractDay("birthday"),
                "id",
                name="customer_by_birthday",
                condition=models.Q(birthday__isnull=False),
            ),
        ]


class Consent(OfMerchant):
    """Append-only: what was agreed to or withdrawn, in which words, where and when. The newest row counts.

    `staff_member_id` is who wrote it down, where it was not the customer alone, and `reason` what they noted.
    """

    customer = tenant_key(Customer)
    purpose = models.CharField(max_length=20)
    granted = models.BooleanField()
    wording = models.TextField()
    locale = models.CharField(max_length=10, default="", db_default="")  # "" of before it was written down
    source = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)
    staff_member_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=300, default="", db_default="")

    class Meta:
        db_table = "consent"
        indexes = [
            models.Index(fields=["merchant", "customer", "at"], name="consent_by_customer"),
            models.Index(fields=["merchant", "customer"], condition=models.Q(granted=True), name="consent_given"),
        ]


class Tag(OfMerchant):
    """A word of the shop's own for some of its customers; two ways of writing it (`folded`) are one tag."""

    name = models.CharField(max_length=40)
    folded = models.CharField(max_length=80)

    class Meta:
        db_table = "tag"
        constraints = [models.UniqueConstraint(fields=["merchant", "folded"], name="a_tag_is_one_however_written")]


class Tagging(OfMerchant):
    """A customer has a tag."""

    tag = tenant_key(Tag)
    customer = tenant_key(Customer)

    class Meta:
        db_table = "tagging"
        constraints = [models.UniqueConstraint(fields=["merchant", "tag", "customer"], name="a_tag_is_given_once")]
        indexes = [models.Index(fields=["merchant", "customer"], name="tagging_by_customer")]


class CustomerNote(OfMerchant):
    """What somebody of the shop wrote about a customer: for owners and managers, and in no event."""

    customer = tenant_key(Customer)
    staff_member_id = models.UUIDField()
    text = models.CharField(max_length=500)
    written = models.DateTimeField()

    class Meta:
        db_table = "customer_note"
        indexes = [models.Index(fields=["merchant", "customer", "-written"], name="note_by_customer")]


class SentMessage(OfMerchant):
    """That something was written to a customer, of which kind and what became of it: neither the words nor the address.

    Its id is that of the mail, which says more of it for a week: `messages.py`.
    """

    customer = tenant_key(Customer)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=10)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10)

    class Meta:
        db_table = "sent_message"
        indexes = [
            models.Index(fields=["merchant", "customer", "-id"], name="message_by_customer"),
            models.Index(fields=["merchant", "id"], name="message_on_its_way", condition=models.Q(outcome="waiting")),
        ]


class CustomerMerge(OfMerchant):
    """Two customers who turned out to be one: `other` went into `customer`, and comes back until it is forgotten.

    The lists name what was taken over: fields that were empty, tags, notes and cards. `consent` is the row that was
    written because the other one wanted no messages. Nothing personal stands here.

        merged     the other one’s contact data are kept, and nobody finds them
        undone     they are two again
        forgotten  the data are gone, and it cannot be undone any more
    """

    customer = tenant_key(Customer)
    other = tenant_key(Customer)
    merged = models.DateTimeField()
    undone = models.DateTimeField(null=True)
    forgotten = models.DateTimeField(null=True)
    filled = ArrayField(models.CharField(max_length=10))
    tags = ArrayField(models.UUIDField())
    notes = ArrayField(models.UUIDField())
    cards = ArrayField(models.UUIDField())
    consent_id = models.UUIDField(null=True)

    class Meta:
        db_table = "customer_merge"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "other"],
                condition=models.Q(undone__isnull=True),
                name="a_customer_is_merged_into_one",
            )
        ]
        indexes = [
            models.Index(fields=["merchant", "customer"], name="merge_by_customer"),
            models.Index(
                fields=["merged", "merchant"],
                name="merge_by_age",
                condition=models.Q(undone__isnull=True, forgotten__isnull=True),
            ),
        ]


class Retention(OfMerchant):
    """A shop that deletes customers who do not come any more, after so many months (`retention.py`).

    `day` is the last day on which it was looked after, `day_number` how many such days there were: a clock that is
    ahead for a moment adds one. `budget` is how many may be told, and how many deleted, on that day; `told` and
    `erased` count them. The next look begins after the card that `seen_after` and `card_after` name, NULL is the first.
    """

    months = models.SmallIntegerField()
    day = models.DateField(null=True)
    day_number = models.IntegerField(default=0)
    budget = models.IntegerField(default=0)
    told = models.IntegerField(default=0)
    erased = models.IntegerField(default=0)
    seen_after = models.DateTimeField(null=True)
    card_after = models.UUIDField(null=True)

    class Meta:
        db_table = "retention"
        constraints = [models.UniqueConstraint(fields=["merchant"], name="a_shop_has_one_retention")]


class ErasureWarning(OfMerchant):
    """The customer was told that they will be deleted, at `told`, which was the day `day_number` of the shop.

    `kept` is when they said that they want to stay. Whatever they did after `told` ends the warning as well.
    """

    customer = tenant_key(Customer)
    told = models.DateTimeField()
    day_number = models.IntegerField()
    kept = models.DateTimeField(null=True)

    class Meta:
        db_table = "erasure_warning"
        constraints = [models.UniqueConstraint(fields=["merchant", "customer"], name="a_customer_has_one_warning")]
