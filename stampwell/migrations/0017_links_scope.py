"""Links and codes have a scope of their own, `cards:links`. Old keys that make or spend things keep what they saw.

A key that may only read loses them: whoever has it could have used the vouchers behind the links.
"""

from django.db import migrations

_KEEP = """
    UPDATE api_key SET scopes = scopes || '{cards:links}'::varchar[]
    WHERE merchant_id = %s AND NOT scopes && '{cards:links}'::varchar[] AND (
        scopes && '{cards:write,vouchers:write}'::varchar[]
        OR scopes && '{vouchers:redeem}'::varchar[]
            AND scopes && '{programs:read,cards:read,vouchers:read}'::varchar[]
    )
"""


def keep_links(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM merchant ORDER BY id")
        for (merchant_id,) in cursor.fetchall():
            cursor.execute(_KEEP, [merchant_id])


class Migration(migrations.Migration):
    while_serving = False
    locks = "rows of `api_key`, a shop at a time"
    atomic = False

    dependencies = [("stampwell", "0016_small_events")]

    operations = [migrations.RunPython(keep_links, migrations.RunPython.noop)]
