from django.db import models

from stampwell.cards.models import Card
from stampwell.tenancy import OfMerchant, tenant_key


class OwnCard(OfMerchant):
    """A card that belongs to somebody who works in the shop, as `named_by` has said (`own_cards.py`)."""

    staff_member = tenant_key("stampwell.StaffMember")
    card = tenant_key(Card)
    named_by = models.UUIDField()
    since = models.DateTimeField()

    class Meta:
        db_table = "own_card"
        constraints = [models.UniqueConstraint(fields=["merchant", "card"], name="a_card_is_one_persons_own")]
        indexes = [models.Index(fields=["merchant", "staff_member"], name="own_card_by_person")]
