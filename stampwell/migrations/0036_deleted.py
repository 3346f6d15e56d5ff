from django.db import migrations, models


class Migration(migrations.Migration):
    """Shops that are being deleted, and those that are gone."""

    while_serving = True
    locks = "`merchant` for a moment"
    dependencies = [("stampwell", "0035_closed")]

    operations = [
        migrations.AddField(model_name="merchant", name="deleting", field=models.DateTimeField(null=True)),
        migrations.AddIndex(
            model_name="merchant",
            index=models.Index(
                condition=models.Q(("deleting__isnull", False)), fields=["id"], name="merchant_being_deleted"
            ),
        ),
        migrations.CreateModel(
            name="DeletedShop",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("slug_hash", models.BinaryField(unique=True)),
                ("deleted", models.DateTimeField()),
                ("rows", models.BigIntegerField()),
            ],
            options={"db_table": "deleted_shop"},
        ),
    ]
