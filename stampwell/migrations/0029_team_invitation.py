import django.db.models.deletion
from django.conf import settings
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
    """People who are asked by mail to join the team."""

    while_serving = True
    locks = "`merchant` and `staff_member` for a moment: its new table is tied to them"
    dependencies = [("stampwell", "0028_alarms")]

    operations = [
        migrations.CreateModel(
            name="TeamInvitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("name", models.CharField(max_length=100)),
                (
                    "role",
                    models.CharField(
                        choices=[("owner", "Owner"), ("manager", "Manager"), ("cashier", "Cashier")], max_length=10
                    ),
                ),
                ("locale", models.CharField(max_length=10)),
                ("secret_hash", models.BinaryField()),
                ("expires", models.DateTimeField()),
                ("accepted", models.DateTimeField(null=True)),
                ("created", models.DateTimeField(default=stampwell.clock.now)),
                ("accepted_by", models.ForeignKey(null=True, to=settings.AUTH_USER_MODEL, **LINK)),
                ("invited_by", models.ForeignKey(to="stampwell.staffmember", **LINK)),
                ("merchant", models.ForeignKey(to="stampwell.merchant", **LINK)),
                ("staff_member", models.ForeignKey(null=True, to="stampwell.staffmember", **LINK)),
            ],
            options={
                "db_table": "team_invitation",
                "constraints": [
                    models.UniqueConstraint(fields=["merchant", "secret_hash"], name="a_link_names_one_team_invitation"),
                    models.UniqueConstraint(
                        fields=["merchant", "email"],
                        condition=models.Q(accepted__isnull=True),
                        name="one_open_team_invitation_for_each_address",
                    ),
                ],
            },
        ),
        TenantKeys(
            "team_invitation",
            {
                "a_team_invitation_is_a_staff_members": ("invited_by_id", "staff_member"),
                "a_team_invitation_may_make_a_staff_member": ("staff_member_id", "staff_member"),
            },
        ),
    ]
