from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Cast, Right

from stampwell.programs.limits import LONGEST_CODE
from stampwell.tenancy import OfMerchant, tenant_key


class Voucher(OfMerchant):
    """One reward given to one card.

    `state` is what was last written; time alone moves a voucher on too (`rows.state_at`): pending becomes
    ready, ready becomes expired, and one that was revealed becomes redeemed when its countdown ends. One that a till
    holds (`reservation_id`) is reserved until then, and stays written as it was: nobody has to write that this ends.
    `issue` is that of its card: its link and code are made of both. `shown_code` is what its customer was shown last,
    of the codes that many are shown; one of its own has a row of its own.
    One that waits for the next visit (`awaits_visit`) stays pending until that: `ready` is the earliest moment for it.
    """

    card_id = models.UUIDField()
    program_id = models.UUIDField()
    reward = tenant_key("stampwell.Reward")
    version_id = models.UUIDField()
    state = models.CharField(max_length=10)
    issued = models.DateTimeField()
    ready = models.DateTimeField()
    expires = models.DateTimeField(null=True)
    code_hash = models.BinaryField()
    token_hash = models.BinaryField()
    revealed = models.DateTimeField(null=True)
    reserved_until = models.DateTimeField(null=True)
    redeemed = models.DateTimeField(null=True)
    # When time next changes the voucher. Redeeming leaves this column as it is, because an update that changes no
    # indexed column writes to no index. `ageing` clears it once it is past.
    due = models.DateTimeField(null=True)
    remind = models.DateTimeField(null=True)  # when its customer is told that it ends soon; left as `due` is
    reversals = models.IntegerField(default=0)
    source = models.CharField(max_length=20)
    waits_since = models.DateTimeField(null=True)  # for a code of its pool, of which none was left (`waiting`)
    issue = models.IntegerField(default=0, db_default=0)
    reservation_id = models.UUIDField(null=True)
    shown_code = models.CharField(max_length=LONGEST_CODE, null=True)
    awaits_visit = models.BooleanField(default=False, db_default=False)
    checked = models.DateTimeField(null=True)  # by staff, that its customer has used it alone (`checking`)
    api_code = models.CharField(max_length=11, null=True)  # by which a connected till asks for it (`api_codes`)
    # When it was handed out without a network, by the word of whoever did it, while the owner has not decided about it.
    handed_out = models.DateTimeField(null=True)

    class Meta:
        db_table = "voucher"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code_hash"], name="a_code_names_one_voucher"),
            models.UniqueConstraint(fields=["merchant", "token_hash"], name="a_link_names_one_voucher"),
            models.UniqueConstraint(
                fields=["merchant", "api_code"],
                name="a_code_for_tills_names_one_voucher",
                condition=models.Q(api_code__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "card_id", "issued"], name="voucher_by_card"),
            models.Index(fields=["due", "merchant"], name="voucher_by_due", condition=models.Q(due__isnull=False)),
            models.Index(
                fields=["remind", "merchant"], name="voucher_to_remind_of", condition=models.Q(remind__isnull=False)
            ),
            models.Index(
                fields=["merchant", "reward", "waits_since"],
                name="voucher_waiting_by_reward",
                condition=models.Q(waits_since__isnull=False),
            ),
            models.Index("merchant", Right(Cast("id", models.TextField()), 6), name="voucher_by_reference"),
        ]


class Redemption(OfMerchant):
    """Append-only: a voucher was used. `reversal_no` counts how often it had been given back before.

    `discount` is what it took off a basket, in minor units of `currency`, and `discount_lines` what of each line.
    `shown_code` is what its customer was shown for it, of the codes that many are shown.
    `scan_seconds` is how long before it the code of the voucher or its card was scanned.
    `returned_lines` alone is written later: what of that was taken back while the voucher stays used (`returning`).
    """

    voucher = tenant_key(Voucher)
    reversal_no = models.IntegerField()
    at = models.DateTimeField()
    path = models.CharField(max_length=12)
    source = models.CharField(max_length=12)
    location_id = models.UUIDField(null=True)
    station_id = models.UUIDField(null=True)
    staff_member_id = models.UUIDField(null=True)
    api_key_id = models.UUIDField(null=True)
    receipt_id = models.CharField(max_length=100, null=True)
    discount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, null=True)
    discount_lines = ArrayField(models.IntegerField(), null=True)
    shown_code = models.CharField(max_length=LONGEST_CODE, null=True)
    returned_lines = ArrayField(models.IntegerField(), null=True)
    scan_seconds = models.IntegerField(null=True)

    class Meta:
        db_table = "redemption"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "voucher", "reversal_no"], name="a_voucher_is_redeemed_once")
        ]
        indexes = [
            models.Index(
                fields=["merchant", "receipt_id", "at"],
                name="redemption_by_receipt",
                condition=models.Q(receipt_id__isnull=False),
            )
        ]


class Reversal(OfMerchant):
    """Append-only: a redemption was taken back, with the reason."""

    redemption = tenant_key(Redemption)
    at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    station_id = models.UUIDField(null=True)
    staff_member_id = models.UUIDField(null=True)
    api_key_id = models.UUIDField(null=True)

    class Meta:
        db_table = "reversal"
        constraints = [models.UniqueConstraint(fields=["merchant", "redemption"], name="a_redemption_is_reversed_once")]


class VoucherConfirmation(OfMerchant):
    """Append-only: a till's report has told that it saw this redemption. `at` is by the till's clock."""

    voucher_id = models.UUIDField()
    redemption = tenant_key(Redemption)
    reconciliation_id = models.UUIDField(null=True)
    confirmed = models.DateTimeField()
    at = models.DateTimeField(null=True)
    location_id = models.UUIDField(null=True)
    receipt_id = models.CharField(max_length=100, null=True)
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)

    class Meta:
        db_table = "voucher_confirmation"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "redemption"], name="a_redemption_is_confirmed_once")
        ]
