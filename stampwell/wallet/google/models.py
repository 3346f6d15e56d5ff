from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from stampwell.tenancy import OfMerchant


class GoogleObject(OfMerchant):
    """Something of ours at Google: a card, or what a card needs there.

    `subject_id` is the program version of a `program_class`, the reward of a `voucher_class`, the card of a `card`,
    the voucher of a `voucher`. Only cards are ever `due`: what a card needs is sent together with it, in the order
    that Google demands, so ten changes of a card and its vouchers are one visit.
    """

    kind = models.CharField(max_length=13)
    subject_id = models.UUIDField()
    card_id = models.UUIDField(null=True)
    object_id = models.CharField(max_length=120)  # its name at Google

    # What stands at Google. `states.py` draws the states and who may change them.
    state = models.CharField(max_length=7, default="absent")
    digest = models.BinaryField(null=True)  # of the document that Google took last; only `whole` and `ended` have one
    fields = ArrayField(models.CharField(max_length=40), default=list)  # at most these stand there

    # What Google said last, if it was no success; whether it refused the document that was offered last.
    answered = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    answer_status = models.SmallIntegerField(default=0)  # 0 where no answer came
    refused = models.BooleanField(default=False)

    # When a card is sent. `queue.py` draws how a card waits its turn.
    due = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    refusals = models.IntegerField(default=0)
    changes = models.IntegerField(default=0)

    # What the phone of a card has been told. `notices.py` says when it notifies.
    balance = models.CharField(max_length=20, blank=True)
    announced = ArrayField(models.UUIDField(), default=list)  # vouchers, and their ends that come soon
    announcing = ArrayField(models.UUIDField(), default=list)  # such ids: counted as a notice, not yet taken by Google
    notified = ArrayField(models.DateTimeField(), default=list)

    # What callbacks said about a card.
    saved = models.DateTimeField(null=True)
    removed = models.DateTimeField(null=True)
    heard = models.DateTimeField(null=True)  # how new the newest callback was

    class Meta:
        db_table = "google_object"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "object_id"], name="a_google_id_names_one_object"),
            models.CheckConstraint(
                name="a_google_object_is_in_one_of_five_states",
                condition=Q(state__in=("absent", "whole", "unsure", "unknown", "ended")),
            ),
            models.CheckConstraint(
                name="only_what_is_whole_or_ended_has_a_digest",
                condition=Q(state__in=("whole", "ended"), digest__isnull=False)
                | Q(state__in=("absent", "unsure", "unknown"), digest__isnull=True),
            ),
            models.CheckConstraint(name="only_a_card_is_due_at_google", condition=Q(kind="card") | Q(due__isnull=True)),
            models.CheckConstraint(
                name="a_card_that_is_not_due_is_neither_leased_nor_tried",
                condition=Q(due__isnull=False) | Q(leased_until__isnull=True, tries=0, refusals=0),
            ),
        ]
        indexes = [
            models.Index(fields=["due", "merchant"], name="google_object_due", condition=models.Q(due__isnull=False)),
            models.Index(fields=["merchant", "card_id"], name="google_object_by_card"),
        ]


class GoogleOfferLink(OfMerchant):
    """An offer that stands beside its card at Google. Both are rows of `google_object`."""

    card_object_id = models.UUIDField()
    offer_object_id = models.UUIDField()

    class Meta:
        db_table = "google_offer_link"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "card_object_id", "offer_object_id"], name="an_offer_is_linked_to_its_card_once"
            )
        ]


class GoogleNonce(OfMerchant):
    """A callback that was taken: the same one again changes nothing. Kept until it would be refused as expired."""

    nonce = models.CharField(max_length=200)
    expires = models.DateTimeField()

    class Meta:
        db_table = "google_nonce"
        constraints = [models.UniqueConstraint(fields=["merchant", "nonce"], name="a_callback_is_taken_once")]
        indexes = [models.Index(fields=["expires"], name="google_nonce_by_age")]


class GooglePace(models.Model):
    """One row: from when on Google may be asked again. All processes of the installation share the issuer's rate."""

    id = models.SmallIntegerField(primary_key=True)
    next = models.DateTimeField()

    class Meta:
        db_table = "google_pace"
