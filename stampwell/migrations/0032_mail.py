from django.db import migrations, models

import stampwell.clock


class Migration(migrations.Migration):
    """Mail that waits to be sent."""

    while_serving = True
    locks = "nothing: its table is new"
    dependencies = [("stampwell", "0031_printed")]

    operations = [
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "id",
                    models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("kind", models.CharField(max_length=40)),
                ("recipient", models.BinaryField()),
                ("content", models.BinaryField(null=True)),
                ("about", models.UUIDField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("expired", "Expired"),
                        ],
                        max_length=10,
                    ),
                ),
                ("created", models.DateTimeField()),
                ("due", models.DateTimeField()),
                ("expires", models.DateTimeField()),
                ("ended", models.DateTimeField(null=True)),
                ("claims", models.IntegerField()),
                ("failures", models.IntegerField()),
                ("problem", models.TextField()),
            ],
            options={
                "db_table": "mail",
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["due"], name="mail_due"),
                    models.Index(condition=models.Q(("about__isnull", False)), fields=["about"], name="mail_about"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("content__isnull", False), ("ended__isnull", True), ("state", "waiting")),
                            models.Q(("content__isnull", False), ("ended__isnull", False), ("state", "failed")),
                            models.Q(
                                ("content__isnull", True), ("ended__isnull", False), ("state__in", ["sent", "expired"])
                            ),
                            _connector="OR",
                        ),
                        name="a_mail_keeps_its_content_as_long_as_it_may_be_sent",
                    ),
                ],
            },
        ),
    ]
