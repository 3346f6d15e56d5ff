from django.db import models

from stampwell.tenancy import OfMerchant


class Imprint(OfMerchant):
    """Who is responsible for the shop, as customers read it: one row for each shop that has said so (`imprint.py`)."""

    legal_name = models.CharField(max_length=200)
    legal_form = models.CharField(max_length=60)
    registration_number = models.CharField(max_length=60)
    address = models.TextField()
    phone = models.CharField(max_length=32)
    email = models.CharField(max_length=254)
    words = models.TextField()
    link = models.CharField(max_length=500)

    class Meta:
        db_table = "imprint"
        constraints = [models.UniqueConstraint(fields=["merchant"], name="a_shop_has_one_imprint")]
