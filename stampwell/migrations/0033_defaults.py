from django.db import migrations


class Migration(migrations.Migration):
    """What a release writes that does not know these columns yet. Where they are made today they have it already."""

    while_serving = True
    locks = "`program`, `reward`, `staff_member` and `station` for a moment each"
    atomic = False  # so that none of them is held while the next is waited for
    dependencies = [("stampwell", "0032_mail")]

    operations = [
        migrations.RunSQL("ALTER TABLE program ALTER COLUMN printed SET DEFAULT '{}'", migrations.RunSQL.noop),
        migrations.RunSQL("ALTER TABLE reward ALTER COLUMN barcode_template SET DEFAULT ''", migrations.RunSQL.noop),
        migrations.RunSQL("ALTER TABLE staff_member ALTER COLUMN pin_length SET DEFAULT 0", migrations.RunSQL.noop),
        migrations.RunSQL("ALTER TABLE station ALTER COLUMN shift_number SET DEFAULT 0", migrations.RunSQL.noop),
    ]
