from django.contrib.postgres.fields import ArrayField
from django.db import models

from stampwell.tenancy import OfMerchant


class GoogleObject(OfMerchant):
    """Something of ours that stands at Google: a card, or what a card needs there.

    `subject_id` is the program version of a `program_class`, the reward of a `voucher_class`, the card of a `card`,
    the voucher of a `voucher`. Only cards are ever `due`: what a card needs goes with it, in the order that Google
    demands, so ten changes of a card and its vouchers are one visit.

    `wanted` is the digest of what was last offered, `sent` of what Google last took; without `sent` it is not there,
    with an empty one it is there in whatever form, with `?` an update may have been taken or not.
    `changes` counts what was noted, so that a change noted while the card is being sent is not forgotten.
    """

    kind = models.CharField(max_length=13)
    subject_id = models.UUIDField()
    card_id = models.UUIDField(null=True)
    object_id = models.CharField(max_length=120)
    wanted = models.BinaryField(null=True)
    sent = models.BinaryField(null=True)
    changes = models.IntegerField(default=0)
    due = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    answered = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    shown = models.JSONField(default=dict)  # what stands there, beyond the digest: `storing.Shown`
    notified = ArrayField(models.DateTimeField(), default=list)  # when updates asked the phone to notify
    saved = models.DateTimeField(null=True)
    removed = models.DateTimeField(null=True)
    heard = models.DateTimeField(null=True)  # how new the newest callback was

    class Meta:
        db_table = "google_object"
        constraints = [models.UniqueConstraint(fields=["merchant", "object_id"], name="a_google_id_names_one_object")]
        indexes = [
            models.Index(fields=["due", "merchant"], name="google_object_due", condition=models.Q(due__isnull=False)),
            models.Index(fields=["merchant", "card_id"], name="google_object_by_card"),
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
