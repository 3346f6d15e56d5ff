"""What the till's reports have confirmed: apart from the reports, for `redemption` is busy."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


def _id():
    return (
        "id",
        models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
    )


def _key(to):
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=to,
    )


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` and `redemption` for a moment: the new table is tied to them"
    dependencies = [("stampwell", "0100_reconciliations")]

    operations = [
        migrations.CreateModel(
            name="VoucherConfirmation",
            fields=[
                _id(),
                ("voucher_id", models.UUIDField()),
                ("reconciliation_id", models.UUIDField(null=True)),
                ("confirmed", models.DateTimeField()),
                ("at", models.DateTimeField(null=True)),
                ("location_id", models.UUIDField(null=True)),
                ("receipt_id", models.CharField(max_length=100, null=True)),
                ("amount", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("merchant", _key("stampwell.merchant")),
                ("redemption", _key("stampwell.redemption")),
            ],
            options={
                "db_table": "voucher_confirmation",
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "redemption"), name="a_redemption_is_confirmed_once")
                ],
            },
        ),
        TenantKeys(
            "voucher_confirmation",
            {
                "a_confirmation_is_of_a_redemption": ("redemption_id", "redemption"),
            },
        ),
    ]
