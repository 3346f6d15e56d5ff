from django.db import models

from stampwell.tenancy import OfMerchant, tenant_key


class DrawChain(OfMerchant):
    """The seeds of a program's draws for `days` days from `begins` on, fixed by the `commitment` (`seeds`).

    `secret`, the seed of the last day, is sealed under the installation's key. `drawn` is the number of the latest draw
    of the program, and `last_day` its day by the shop's clock: whoever draws moves them on, one after the other.
    """

    program = tenant_key("stampwell.Program")
    begins = models.DateField()
    days = models.SmallIntegerField()
    commitment = models.BinaryField()
    secret = models.BinaryField()
    drawn = models.IntegerField(default=0)
    last_day = models.DateField()

    class Meta:
        db_table = "draw_chain"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "program", "begins"], name="one_chain_begins_on_a_day")
        ]


class Draw(OfMerchant):
    """Append-only: what was drawn for a milestone of a card, and what it gave; as `proof.ProvenDraw` tells it.

    `reward` is the draw, and `known_as` the given prize, by what it is counted. `taken_back_after` alone is written
    later: the number of the latest draw when what it gave was withdrawn.
    """

    program = tenant_key("stampwell.Program")
    number = models.IntegerField()
    at = models.DateTimeField()
    day = models.DateField()
    reward = tenant_key("stampwell.Reward")
    card_id = models.UUIDField()
    round = models.IntegerField()
    stamps = models.IntegerField()
    seed_day = models.DateField()
    value = models.SmallIntegerField()
    drawn = models.SmallIntegerField()
    given = models.SmallIntegerField()
    known_as = models.TextField()
    why = models.CharField(max_length=5, blank=True)
    repeats = models.IntegerField(null=True)
    voucher_id = models.UUIDField(null=True)  # none where the prize is words alone
    taken_back_after = models.IntegerField(null=True)

    class Meta:
        db_table = "draw"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "program", "number"], name="a_number_names_one_draw")
        ]
        indexes = [
            models.Index(
                fields=["merchant", "program", "known_as", "day"],
                name="standing_draw_by_prize",
                condition=models.Q(taken_back_after__isnull=True),
            ),
            models.Index(
                fields=["merchant", "program", "taken_back_after"],
                name="draw_taken_back",
                condition=models.Q(taken_back_after__isnull=False),
            ),
            models.Index(fields=["merchant", "program", "day"], name="draw_by_day"),
            models.Index(fields=["merchant", "card_id"], name="draw_by_card"),
            models.Index(fields=["merchant", "voucher_id"], name="draw_by_voucher"),
        ]


class DrawTally(OfMerchant):
    """What was drawn in a program up to the draw with the number `counted`, as `tallying.Tally` tells it in JSON."""

    program = tenant_key("stampwell.Program")
    counted = models.IntegerField()
    tally = models.JSONField()

    class Meta:
        db_table = "draw_tally"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "program"], name="one_tally_of_draws_for_each_program")
        ]
