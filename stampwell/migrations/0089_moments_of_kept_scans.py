"""A kept scan has a moment that can be read again, whoever writes it."""

from datetime import UTC, datetime

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Migration(migrations.Migration):
    while_serving = True
    locks = "`kept_scan` for a moment"
    atomic = False
    dependencies = [("stampwell", "0088_keys_of_kiosks")]

    operations = [
        AddConstraintNotValid(
            "keptscan",
            models.CheckConstraint(
                condition=models.Q(scanned_at__gte=_FIRST, scanned_at__lt=_LAST), name="a_kept_scan_has_a_moment"
            ),
        ),
        ValidateConstraint("keptscan", "a_kept_scan_has_a_moment"),
    ]
