from django.db import models

from stampwell import clock
from stampwell.tenancy import OfMerchant, tenant_key


class WalletFeed(OfMerchant):
    """The last number that was given to a changed pass of a merchant, and how far a change of all has come.

    Its row lock makes one giver at a time, so numbers become visible in the order in which they were given:
    a phone that asks "what changed since 7" never misses a slower 6.

    `apple_after` and `google_after` say how far a change of the whole shop has come, `made_as` under which address and
    edition its passes were made; see `whole_shop`.
    """

    last_tag = models.BigIntegerField(default=0)
    apple_after = models.UUIDField(null=True)
    google_after = models.UUIDField(null=True)
    made_as = models.TextField(null=True)

    class Meta:
        db_table = "wallet_feed"
        constraints = [models.UniqueConstraint(fields=["merchant"], name="one_wallet_feed_for_each_merchant")]


class Pass(OfMerchant):
    """A card, or one of its vouchers, as it was handed out for Apple Wallet under a pass type.

    `shown` is the hash of what it said last; each time that changes it gets the feed's next `tag` and a `changed`
    in whole seconds at least one later than before. `first_tag` is that of the first time. `issue` is that of the
    card or voucher when it was handed out: after the card was replaced, this one is void.

    `touched` counts what happened on the card, `looked` how much of that the pass has been compared with.
    """

    card_id = models.UUIDField()
    voucher_id = models.UUIDField(null=True)
    issue = models.IntegerField(default=0)
    pass_type = models.CharField(max_length=200)
    serial = models.CharField(max_length=64)
    shown = models.BinaryField(default=b"")
    tag = models.BigIntegerField(default=0)
    first_tag = models.BigIntegerField(default=0)
    changed = models.DateTimeField(null=True)
    fetched_tag = models.BigIntegerField(default=0)
    fetched = models.DateTimeField(null=True)
    touched = models.BigIntegerField(default=0)
    looked = models.BigIntegerField(default=0)
    created = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "pass"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "pass_type", "serial"], name="a_serial_names_one_pass")
        ]
        indexes = [
            models.Index(fields=["merchant", "card_id"], name="pass_by_card"),
            models.Index(
                fields=["merchant"], name="pass_to_look_at", condition=models.Q(touched__gt=models.F("looked"))
            ),
        ]


class Device(OfMerchant):
    """A phone that asked to be told of changes. `library_id` is its own name for itself, and a secret."""

    library_id = models.CharField(max_length=100)
    push_token = models.CharField(max_length=200)

    class Meta:
        db_table = "device"
        constraints = [models.UniqueConstraint(fields=["merchant", "library_id"], name="a_library_id_names_one_device")]


class Registration(OfMerchant):
    """This device wants to hear when this pass changes.

    `wanted_tag` is the newest change to tell of, `pushed_tag` the one told of. `due` is when to push next: while
    a push is on its way it lies ahead, so that a worker that dies leaves it to be done again.
    """

    held = tenant_key(Pass, db_column="pass_id")
    device = tenant_key(Device)
    registered = models.DateTimeField()
    wanted_tag = models.BigIntegerField(default=0)
    pushed_tag = models.BigIntegerField(default=0)
    pushed = models.DateTimeField(null=True)
    due = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    last_answer = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        db_table = "registration"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "held", "device"], name="a_device_registers_a_pass_once")
        ]
        indexes = [
            models.Index(fields=["merchant", "device"], name="registration_by_device"),
            models.Index(fields=["due", "merchant"], name="registration_due", condition=models.Q(due__isnull=False)),
        ]
