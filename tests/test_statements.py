"""What a transaction offers beside rows: one value, whether there is any, and a row written by its names."""

from datetime import datetime
from uuid import UUID

import msgspec
import pytest

from stampwell.clock import new_id, now
from stampwell.merchants.models import Location
from stampwell.transactions import Statements, columns_of, merchant_transaction
from tests.world import Shop

BY_NAME = "SELECT address, name FROM location WHERE merchant_id = %s AND name = %s"


class LocationRow(msgspec.Struct, frozen=True):
    id: UUID
    time_zone: str  # not in the order of the table
    name: str
    created: datetime
    address: str = ""


def annex(**changes: str | UUID) -> LocationRow:
    return msgspec.structs.replace(LocationRow(new_id(), "UTC", "Annex", now()), **changes)


def add(tx: Statements, row: LocationRow) -> None:
    tx.insert("location", row, opening_hours="{}")


def test_a_row_is_written_by_the_names_of_its_fields(lume: Shop) -> None:
    with merchant_transaction(lume.merchant.id) as tx:
        add(tx, annex(address="Tērbatas 1"))

    written = Location.objects.get(merchant=lume.merchant, name="Annex")
    assert (written.time_zone, written.address, written.opening_hours) == ("UTC", "Tērbatas 1", {})


def test_a_new_row_is_written_and_one_that_is_there_is_left_as_it_is(lume: Shop) -> None:
    row = annex()
    with merchant_transaction(lume.merchant.id) as tx:
        written = [
            tx.insert_new("location", each, opening_hours="{}")
            for each in (row, msgspec.structs.replace(row, name="B"))
        ]
        tx.insert_or_leave("location", annex(id=row.id, name="Cove"), opening_hours="{}")

    assert written == [True, False]
    assert Location.objects.get(merchant=lume.merchant, id=row.id).name == "Annex"


def test_a_value_is_the_first_column_of_the_first_row(lume: Shop) -> None:
    with merchant_transaction(lume.merchant.id) as tx:
        add(tx, annex(address="Tērbatas 1"))

        assert tx.value(str, BY_NAME, (tx.merchant_id, "Annex")) == "Tērbatas 1"
        assert tx.value(str, BY_NAME, (tx.merchant_id, "Beach")) is None
        assert tx.value(str, "SELECT NULL::text") is None
        assert tx.values(str, "SELECT name FROM location WHERE merchant_id = %s ORDER BY name", (tx.merchant_id,)) == [
            "Annex",
            "Café Lume",
        ]


def test_a_value_of_another_type_than_was_asked_for_is_a_mistake_of_ours(lume: Shop) -> None:
    with merchant_transaction(lume.merchant.id) as tx, pytest.raises(AssertionError, match="not of"):
        tx.value(int, BY_NAME, (tx.merchant_id, "Café Lume"))


def test_whether_there_is_any(lume: Shop, rossi: Shop) -> None:
    with merchant_transaction(rossi.merchant.id) as tx:
        assert tx.exists(BY_NAME, (rossi.merchant.id, "Rossi"))
        assert not tx.exists(BY_NAME, (rossi.merchant.id, "Café Lume"))
        assert tx.exists("SELECT NULL")


def test_the_columns_of_a_class_are_its_fields(lume: Shop) -> None:
    sql = f"SELECT {columns_of(LocationRow, 'l')} FROM location l WHERE l.merchant_id = %s"
    with merchant_transaction(lume.merchant.id) as tx:
        row = tx.row(LocationRow, sql, (tx.merchant_id,))

    assert row == LocationRow(lume.location.id, "Europe/Riga", "Café Lume", lume.location.created, "")
