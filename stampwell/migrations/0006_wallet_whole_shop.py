from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`wallet_feed` for a moment"
    dependencies = [
        ("stampwell", "0005_wallet_google"),
    ]

    operations = [
        migrations.AddField(model_name="walletfeed", name="apple_after", field=models.UUIDField(null=True)),
        migrations.AddField(model_name="walletfeed", name="google_after", field=models.UUIDField(null=True)),
        migrations.AddField(model_name="walletfeed", name="made_as", field=models.TextField(null=True)),
    ]
