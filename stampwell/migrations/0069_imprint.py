"""Who is responsible for a shop, for its page about privacy."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: its new table is tied to it"
    dependencies = [("stampwell", "0068_by_receipt")]

    operations = [
        migrations.CreateModel(
            name="Imprint",
            fields=[
                (
                    "id",
                    models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("legal_name", models.CharField(max_length=200)),
                ("legal_form", models.CharField(max_length=60)),
                ("registration_number", models.CharField(max_length=60)),
                ("address", models.TextField()),
                ("phone", models.CharField(max_length=32)),
                ("email", models.CharField(max_length=254)),
                ("words", models.TextField()),
                ("link", models.CharField(max_length=500)),
                (
                    "merchant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="stampwell.merchant",
                    ),
                ),
            ],
            options={
                "db_table": "imprint",
                "constraints": [models.UniqueConstraint(fields=["merchant"], name="a_shop_has_one_imprint")],
            },
        ),
        TenantKeys("imprint"),
    ]
