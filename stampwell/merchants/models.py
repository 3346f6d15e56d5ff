from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from stampwell import clock
from stampwell.tenancy import OfMerchant, tenant_key


class Merchant(models.Model):
    """The business. `slug` stands in every public link and never changes.

    `most_stamps_at_once` and `most_stamps_with_override` bound what one tap of staff or one call of a program gives.
    `most_stamps_on_card_a_day` and the four below it are `protection.py`'s; NULL is no limit; the two after those are
    `offline_rewards.py`'s. Where it `writes_to_customers`, they are asked whether it may. `closed` (`closing.py`) and
    `deleting` are since when it is so. `stopped_programs` belongs to `programs.pausing`, `closed_locations` to
    `closing_locations.py`, `location_zones` to `zones.py`, `takes_old_paper` to `cards.paper_rules`: each
    stamp asks them, and has this row in hand. `code_turns` is `programs.code_successors`': whoever shows a code asks.
    `own_codes_closed_until` is `counter.own_code_guesses`'.
    """

    id = models.UUIDField(primary_key=True, default=clock.new_id, editable=False)
    slug = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    locale = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=64)
    most_stamps_at_once = models.SmallIntegerField(default=10, db_default=10)
    most_stamps_with_override = models.SmallIntegerField(default=5, db_default=5)
    most_stamps_on_card_a_day = models.SmallIntegerField(null=True)
    most_stamps_by_person_a_day = models.SmallIntegerField(null=True)
    most_overrides_by_person_a_day = models.SmallIntegerField(null=True)
    most_stamps_by_device_a_day = models.SmallIntegerField(null=True)
    restoring_needs_manager = models.BooleanField(default=False, db_default=False)
    offline_rewards_up_to = models.BigIntegerField(null=True)
    offline_rewards_in = models.CharField(max_length=3, default="", db_default="")
    writes_to_customers = models.BooleanField(default=False, db_default=False)
    created = models.DateTimeField(default=clock.now)
    closed = models.DateTimeField(null=True)
    deleting = models.DateTimeField(null=True)
    stopped_programs = models.JSONField(default=dict, db_default={})
    closed_locations = ArrayField(models.UUIDField(), default=list, db_default=[])
    location_zones = models.JSONField(default=dict, db_default={})
    code_turns = models.JSONField(default=list, db_default=[])
    takes_old_paper = models.BooleanField(default=False, db_default=False)
    own_codes_closed_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "merchant"
        indexes = [
            models.Index(fields=["id"], name="merchant_being_deleted", condition=models.Q(deleting__isnull=False))
        ]


class MerchantSlug(models.Model):
    """Which merchant a slug names: unique over all merchants, so it lives in a directory of its own."""

    slug = models.CharField(max_length=40, primary_key=True)
    merchant_id = models.UUIDField()

    class Meta:
        db_table = "merchant_slug"


class DeletedShop(models.Model):
    """A shop that is gone: `id` was its own. Nobody else gets its slug, or its links would lead to them."""

    id = models.UUIDField(primary_key=True)
    slug_hash = models.BinaryField(unique=True)
    deleted = models.DateTimeField()
    rows = models.BigIntegerField()

    class Meta:
        db_table = "deleted_shop"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str) -> "User":
        user = self.model(email=email.lower())
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in. What they may do is said by their staff rows, one for each merchant.

    Who `operates` runs the server: the pages below `/operator/` are theirs, whether or not they work for a shop.
    """

    email = models.EmailField(_("Email address"), unique=True)  # kept in lower case
    is_active = models.BooleanField(default=True)
    operates = models.BooleanField(default=False, db_default=False)
    joined = models.DateTimeField(default=clock.now)

    USERNAME_FIELD = "email"
    objects = UserManager()

    class Meta:
        db_table = "user_account"


class ShopInvitation(models.Model):
    """Somebody may open a shop: the link holds a secret, of which only the hash is here. It works once."""

    id = models.UUIDField(primary_key=True, default=clock.new_id, editable=False)
    email = models.EmailField()
    secret_hash = models.BinaryField(unique=True)
    created = models.DateTimeField(default=clock.now)
    ends = models.DateTimeField()
    used = models.DateTimeField(null=True)

    class Meta:
        db_table = "shop_invitation"


class Membership(models.Model):
    """Directory: at which merchants a user works, and as whom."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    merchant_id = models.UUIDField()
    staff_member_id = models.UUIDField()

    class Meta:
        db_table = "membership"
        constraints = [models.UniqueConstraint(fields=["user", "merchant_id"], name="one_membership_for_each_merchant")]


class Location(OfMerchant):
    """A branch. `opening_hours` maps ISO weekdays "1" to "7" to lists of ["HH:MM", "HH:MM"]; empty means always.

    `holidays` are days with other hours or none (`holidays.py`), `closed` is since when it is (`closing_locations.py`).
    """

    name = models.CharField(max_length=100)
    address = models.CharField(max_length=300, blank=True)
    time_zone = models.CharField(max_length=64)
    opening_hours = models.JSONField(default=dict)
    holidays = models.JSONField(default=list, db_default=[])
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    created = models.DateTimeField(default=clock.now)
    closed = models.DateTimeField(null=True)

    class Meta:
        db_table = "location"


class StaffMember(OfMerchant):
    """A person who works there; signs in on shared devices with a PIN of their own.

    `practised` is when they first did at the scanner, `practice_declined` since when it is not offered (`training.py`).
    """

    class Role(models.TextChoices):
        OWNER = "owner"
        MANAGER = "manager"
        CASHIER = "cashier"

    name = models.CharField(max_length=100)
    role = models.CharField(max_length=10, choices=Role)
    pin_hash = models.CharField(max_length=128, blank=True)
    pin_length = models.SmallIntegerField(default=0, db_default=0)  # 0: not known, the PIN is older than this column
    user = tenant_key(User, null=True)
    left = models.DateTimeField(null=True)
    practised = models.DateTimeField(null=True)
    practice_declined = models.DateTimeField(null=True)
    created = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "staff_member"


class TeamInvitation(OfMerchant):
    """Somebody who was asked by mail to join the team (`hiring.py`). Open until it is accepted.

    `staff_member` is who it is for, where they work here already, and who it made, once it is accepted.
    """

    email = models.EmailField()  # kept in lower case
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=10, choices=StaffMember.Role)
    locale = models.CharField(max_length=10)
    secret_hash = models.BinaryField()
    expires = models.DateTimeField()
    invited_by = tenant_key(StaffMember)
    staff_member = tenant_key(StaffMember, null=True)
    accepted = models.DateTimeField(null=True)
    accepted_by = tenant_key(User, null=True)
    created = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "team_invitation"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "secret_hash"], name="a_link_names_one_team_invitation"),
            models.UniqueConstraint(
                fields=["merchant", "email"],
                condition=models.Q(accepted__isnull=True),
                name="one_open_team_invitation_for_each_address",
            ),
        ]


# Seconds. Nobody watches who holds up a card there.
KIOSK_PAUSE = 300


class Station(OfMerchant):
    """A device enrolled at a location. Until its link is opened it has an enrolment, after that a credential.

    One that `invites_many` is no device itself: each that opens its link becomes a station of its own. `shift_number`
    grows with each shift that begins or ends there, at `shift_changed`, so an older one is over. Until
    `no_guesses_until` no typed number counts there (`counter/guessing.py`). `shift_member_id` is who works there;
    `last_seen` and `last_scan` are a minute old at most; `release` is of the page that it opened last. By its own word
    it keeps `kept_scans` that it has not handed in, the oldest `kept_since`; it said so at `kept_told`.
    A kiosk stamps a card again after `pause_seconds`, and at most `most_a_day` times where that is set; where it
    `shows_code`, customers scan that with their phone. An autopilot that `hands_over` takes a voucher that it scans as
    used. `revoked_hash` is of the credential of a device that was switched off, to hand in what the device had kept;
    so many scans were `turned_away` then and left nothing else, the last at `turned_away_at`.
    """

    class Kind(models.TextChoices):
        SCANNER = "scanner"
        KIOSK = "kiosk"
        AUTOPILOT = "autopilot"

    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=100)
    location = tenant_key(Location)
    enrolment_hash = models.BinaryField(null=True)
    enrolment_expires = models.DateTimeField(null=True)
    invites_many = models.BooleanField(default=False)
    secret_hash = models.BinaryField(null=True)
    revoked_hash = models.BinaryField(null=True)
    enrolled = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)
    turned_away = models.IntegerField(default=0, db_default=0)
    turned_away_at = models.DateTimeField(null=True)
    last_seen = models.DateTimeField(null=True)
    last_scan = models.DateTimeField(null=True)
    release = models.CharField(max_length=40, default="", db_default="")
    kept_scans = models.IntegerField(default=0, db_default=0)
    kept_since = models.DateTimeField(null=True)
    kept_told = models.DateTimeField(null=True)
    shift_number = models.IntegerField(default=0, db_default=0)
    shift_member_id = models.UUIDField(null=True)
    shift_began = models.DateTimeField(null=True)
    shift_changed = models.DateTimeField(null=True)
    no_guesses_until = models.DateTimeField(null=True)
    pause_seconds = models.IntegerField(default=KIOSK_PAUSE, db_default=KIOSK_PAUSE)
    most_a_day = models.SmallIntegerField(null=True)
    hands_over = models.BooleanField(default=False, db_default=False)
    shows_code = models.BooleanField(default=False, db_default=False)
    created = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "station"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "enrolment_hash"], name="an_enrolment_link_names_one_station"),
            models.UniqueConstraint(fields=["merchant", "secret_hash"], name="a_credential_names_one_station"),
        ]


class ApiKey(OfMerchant):
    """What a program signs in with, at its location alone if it has one. `no_guesses_until` is that of a station."""

    name = models.CharField(max_length=100)
    secret_hash = models.BinaryField()
    scopes = ArrayField(models.CharField(max_length=40))
    location = tenant_key(Location, null=True)
    created = models.DateTimeField(default=clock.now)
    revoked = models.DateTimeField(null=True)
    no_guesses_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_key"
        constraints = [models.UniqueConstraint(fields=["merchant", "secret_hash"], name="a_secret_names_one_api_key")]


class Picture(OfMerchant):
    """A logo as it was drawn anew after upload: PNG, never the bytes that somebody sent."""

    content = models.BinaryField()
    created = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "picture"
