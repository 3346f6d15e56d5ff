"""Those that wait already. What the release before writes down meanwhile stands among the scans to decide alone.

It decides scans meanwhile, too, and leaves the mark where it is: until `clear_stale_marks` of the schedule comes, an hour
after the new release serves at most, such a voucher says that it was handed out and waits for the owner.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Few, and they have an index.
_WAITING = """
    SELECT max(happened_at), merchant_id, voucher_id FROM kept_scan
    WHERE state = 'waiting' AND voucher_id IS NOT NULL GROUP BY 2, 3
"""
_MARK = """
    UPDATE voucher v SET handed_out = %s WHERE v.merchant_id = %s AND v.id = %s AND EXISTS (
        SELECT FROM kept_scan k WHERE k.merchant_id = v.merchant_id AND k.voucher_id = v.id AND k.state = 'waiting'
    )
"""


def mark(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute(_WAITING)
        for waiting in cursor.fetchall():
            cursor.execute(_MARK, waiting)


class Migration(migrations.Migration):
    atomic = False
    while_serving = True
    locks = "the rows of those vouchers, one at a time"
    dependencies = [("stampwell", "0147_vouchers_that_were_handed_out")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
