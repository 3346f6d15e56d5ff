"""One statement that writes everything or nothing, and what cannot be done by one."""

from collections.abc import Callable
from uuid import UUID

import msgspec
import psycopg
import pytest
from django.db import connection
from psycopg.errors import UniqueViolation

from stampwell.clock import new_id, now
from stampwell.merchants.models import Location
from stampwell.transactions import NeedsLocks, Statements, one_write
from tests.doubles.citus import citus
from tests.serving import database_url
from tests.world import Shop

READ = "SELECT name FROM location WHERE merchant_id = %s AND id = %s"
RENAME = "UPDATE location SET name = %(name)s WHERE merchant_id = %(merchant)s AND id = %(id)s AND name = %(before)s"


pytestmark = pytest.mark.django_db


class NameRow(msgspec.Struct):
    name: str


class LocationRow(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    address: str = ""
    time_zone: str = "UTC"


def hold(tx: Statements, shop: Shop) -> str:
    row = tx.hold(NameRow, READ, (tx.merchant_id, shop.location.id)).row()
    assert row
    return row.name


def rename(tx: Statements, shop: Shop, *, before: str) -> None:
    tx.change(RENAME, {"name": "Lume 2", "merchant": tx.merchant_id, "id": shop.location.id, "before": before})


def add(tx: Statements, name: str, *, id: UUID | None = None) -> None:
    assert tx.insert_new("location", LocationRow(id or new_id(), name), opening_hours="{}", created=now())


def names() -> list[str]:
    return sorted(Location.objects.values_list("name", flat=True))


def test_everything_is_written_while_the_row_is_as_it_was_read(lume: Shop) -> None:
    with one_write(lume.merchant.id) as tx:
        rename(tx, lume, before=hold(tx, lume))
        add(tx, "Annex")
        add(tx, "Beach")

    assert names() == ["Annex", "Beach", "Lume 2"]


def rename_and_add(shop: Shop, *, before: str, taken: UUID | None = None) -> None:
    with one_write(shop.merchant.id) as tx:
        hold(tx, shop)
        rename(tx, shop, before=before)
        add(tx, "Annex", id=taken)


def test_nothing_is_written_once_the_row_is_another(lume: Shop) -> None:
    with pytest.raises(NeedsLocks):
        rename_and_add(lume, before="Café Solo")

    assert names() == ["Café Lume"]


def test_nothing_is_written_where_a_unique_key_is_taken(lume: Shop) -> None:
    with pytest.raises(UniqueViolation):
        rename_and_add(lume, before="Café Lume", taken=lume.location.id)

    assert names() == ["Café Lume"]


def test_rows_alone_need_nothing_held(lume: Shop) -> None:
    with one_write(lume.merchant.id) as tx:
        add(tx, "Annex")

    assert names() == ["Annex", "Café Lume"]


@pytest.mark.django_db(transaction=True)
def test_what_is_held_is_not_locked() -> None:
    shop = Shop("Café Lume", "ada@lume.example")

    with psycopg.connect(database_url()) as other, one_write(shop.merchant.id) as tx:
        before = hold(tx, shop)
        other.execute("SELECT 1 FROM location WHERE id = %s FOR UPDATE NOWAIT", [shop.location.id])
        other.rollback()
        rename(tx, shop, before=before)

    assert names() == ["Lume 2"]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_while_somebody_else_has_the_row_and_nobody_waits() -> None:
    shop = Shop("Café Lume", "ada@lume.example")

    with psycopg.connect(database_url()) as other, connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '10ms'")
        other.execute("SELECT 1 FROM location WHERE id = %s FOR UPDATE", [shop.location.id])
        with pytest.raises(NeedsLocks):
            rename_and_add(shop, before="Café Lume")
        cursor.execute("RESET lock_timeout")

    assert names() == ["Café Lume"]


@pytest.mark.django_db(transaction=True)
def test_outside_of_any_transaction_nothing_is_left_either() -> None:
    """Elsewhere in these tests a transaction is open around all; a web process has none."""
    shop = Shop("Café Lume", "ada@lume.example")

    with pytest.raises(UniqueViolation):
        rename_and_add(shop, before="Café Lume", taken=shop.location.id)
    with pytest.raises(NeedsLocks):
        rename_and_add(shop, before="Café Solo")

    assert names() == ["Café Lume"]


def hold_twice(tx: Statements, shop: Shop) -> None:
    hold(tx, shop)
    rename(tx, shop, before=hold(tx, shop))


def change_twice(tx: Statements, shop: Shop) -> None:
    before = hold(tx, shop)
    rename(tx, shop, before=before)
    rename(tx, shop, before=before)


def change_what_is_not_held(tx: Statements, shop: Shop) -> None:
    rename(tx, shop, before="Café Lume")


def change_nothing_that_is_held(tx: Statements, shop: Shop) -> None:
    hold(tx, shop)
    add(tx, "Annex")


def read_after_writing(tx: Statements, shop: Shop) -> None:
    add(tx, "Annex")
    tx.row(NameRow, READ, (tx.merchant_id, shop.location.id))


def write_while_reading(tx: Statements, shop: Shop) -> None:
    sql = "UPDATE location SET name = 'X' WHERE merchant_id = %s RETURNING name"
    tx.rows(NameRow, sql, (shop.merchant.id,))


def lock_while_reading(tx: Statements, shop: Shop) -> None:
    tx.row(NameRow, READ + " FOR UPDATE", (tx.merchant_id, shop.location.id))


def write_plainly(tx: Statements, shop: Shop) -> None:
    tx.write("UPDATE location SET name = 'X' WHERE merchant_id = %s", (shop.merchant.id,))


def leave_what_is_there(tx: Statements, shop: Shop) -> None:
    row = LocationRow(shop.location.id, "Annex")
    tx.insert_or_leave("location", row, opening_hours="{}", created=now())


@pytest.mark.parametrize(
    "step",
    [
        hold_twice,
        change_twice,
        change_what_is_not_held,
        change_nothing_that_is_held,
        read_after_writing,
        write_while_reading,
        lock_while_reading,
        write_plainly,
        leave_what_is_there,
    ],
)
def test_what_one_statement_cannot_do_is_left_undone(lume: Shop, step: Callable[[Statements, Shop], None]) -> None:
    with pytest.raises(NeedsLocks), one_write(lume.merchant.id) as tx:
        step(tx, lume)

    assert names() == ["Café Lume"]


def test_where_the_shops_are_spread_over_servers_locks_are_needed(lume: Shop) -> None:
    with citus() as cluster:
        cluster.ask("INSERT INTO pg_dist_partition VALUES ('merchant')")
        with pytest.raises(NeedsLocks), one_write(lume.merchant.id):
            pass
