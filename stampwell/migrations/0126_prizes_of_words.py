"""A prize may be words alone: then there is no voucher, neither of the draw nor of the milestone."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`prize`, `draw` and `reached_milestone` for a moment"
    dependencies = [("stampwell", "0125_codes_by_location")]

    operations = [
        migrations.AddField("prize", "kind", models.CharField(max_length=7, default="voucher", db_default="voucher")),
        migrations.AlterField("draw", "voucher_id", models.UUIDField(null=True)),
        migrations.AlterField(
            "reachedmilestone",
            "voucher",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="stampwell.voucher",
            ),
        ),
        migrations.AddField("reachedmilestone", "reward_id", models.UUIDField(null=True)),
        migrations.AddField("reachedmilestone", "draw_id", models.UUIDField(null=True)),
    ]
