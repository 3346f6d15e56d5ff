"""Nothing of a shop is forgotten when it is deleted, and no key is broken on the way."""

import pytest
from django.db import connection

from stampwell.removal.tables import TABLES
from tests.structure.test_database_rules import tenant_tables

pytestmark = pytest.mark.django_db
LAST = {"job"}  # goes with the shop's own row
DIRECTORY = {"brought_secret"}  # found by an id alone, and still the shop's


def test_every_table_of_a_shop_is_emptied() -> None:
    assert len(TABLES) == len(set(TABLES))
    assert set(TABLES) | LAST == tenant_tables() | DIRECTORY


def test_each_is_empty_before_what_its_rows_name() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND conparentid = 0 AND conrelid <> confrelid"
        )
        keys = cursor.fetchall()

    wrong = {
        (table, named)
        for table, named in keys
        if table in TABLES and named in TABLES and TABLES.index(table) > TABLES.index(named)
    }

    assert wrong == set()
