import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys

LINK = {
    "db_constraint": False,
    "db_index": False,
    "on_delete": django.db.models.deletion.DO_NOTHING,
    "related_name": "+",
}


class Migration(migrations.Migration):
    """Cards that are recovered: what opened them before, and vouchers that go along."""

    while_serving = True
    locks = "`voucher`, `merchant` and `card` for a moment"
    dependencies = [("stampwell", "0041_months_and_hours")]

    operations = [
        migrations.AddField(
            model_name="voucher", name="issue", field=models.IntegerField(default=0, db_default=0)
        ),
        migrations.CreateModel(
            name="ReplacedLink",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("voucher_id", models.UUIDField(null=True)),
                ("issue", models.IntegerField()),
                ("short_number", models.CharField(blank=True, max_length=9)),
                ("code_hash", models.BinaryField()),
                ("token_hash", models.BinaryField()),
                ("replaced", models.DateTimeField()),
                ("card", models.ForeignKey(to="stampwell.card", **LINK)),
                ("merchant", models.ForeignKey(to="stampwell.merchant", **LINK)),
            ],
            options={
                "db_table": "replaced_link",
                "indexes": [models.Index(fields=["merchant", "short_number"], name="replaced_by_short_number")],
                "constraints": [
                    models.UniqueConstraint(fields=["merchant", "code_hash"], name="a_code_is_replaced_once"),
                    models.UniqueConstraint(fields=["merchant", "token_hash"], name="a_link_is_replaced_once"),
                ],
            },
        ),
        TenantKeys("replaced_link", {"a_replaced_link_is_a_cards": ("card_id", "card")}),
    ]
