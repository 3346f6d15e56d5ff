"""A shop whose opening was cut off between the two commits of a distributed database goes away by itself."""

import logging
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction

from stampwell.clock import now, stopped_at
from stampwell.merchants.founding import found_merchant
from stampwell.merchants.models import Location, Membership, Merchant, MerchantSlug, StaffMember, User
from stampwell.merchants.unfinished import forget_unfinished_shops
from stampwell.tenancy import WITHOUT_MERCHANT
from stampwell.transactions import raw_connection
from tests.serving import database_url
from tests.world import PASSWORD, Shop

pytestmark = pytest.mark.django_db(transaction=True)
OF_THE_SHOP = (Merchant, Location, StaffMember)
OF_THE_DIRECTORY = (MerchantSlug, Membership, User)


def found(owner: User) -> Merchant:
    return found_merchant(name="Café Lume", locale="en", currency="EUR", time_zone="Europe/Riga", owner=owner)


def open_and_die_in_between() -> None:
    """The node has committed the shop's rows when the coordinator is killed before it commits its own."""
    kept: list[tuple[str, list[str], list[Any]]] = []
    with pytest.raises(psycopg.OperationalError):
        open_until_killed(kept)
    connections.close_all()
    with psycopg.connect(database_url()) as node:
        for table, columns, values in kept:
            names, places = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(values))
            node.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", values)


def open_until_killed(kept: list[tuple[str, list[str], list[Any]]]) -> None:
    with transaction.atomic():
        found(User.objects.create_user("ada@lume.example", PASSWORD))
        for kind in OF_THE_SHOP:
            kept += rows_of(kind)
        with raw_connection() as raw:
            raw.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def rows_of(kind: type[Merchant] | type[Location] | type[StaffMember]) -> list[tuple[str, list[str], list[Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {kind._meta.db_table}")
        columns = [column.name for column in cursor.description]
        return [(kind._meta.db_table, columns, list(row)) for row in cursor.fetchall()]


def counts(*kinds: type[Any]) -> list[int]:
    return [kind.objects.count() for kind in kinds]


def sweep(after: timedelta) -> None:
    with stopped_at(now() + after):
        forget_unfinished_shops()


def test_a_shop_that_was_cut_off_is_removed_after_an_hour_and_no_other() -> None:
    open_and_die_in_between()
    assert (counts(*OF_THE_SHOP), counts(*OF_THE_DIRECTORY)) == ([1, 1, 1], [0, 0, 0])
    opened = found(User.objects.create_user("ada@lume.example", PASSWORD))

    sweep(timedelta(minutes=50))
    assert counts(*OF_THE_SHOP) == [2, 2, 2]
    sweep(timedelta(minutes=70))

    assert Merchant.objects.get() == opened
    assert (counts(*OF_THE_SHOP), counts(*OF_THE_DIRECTORY)) == ([1, 1, 1], [1, 1, 1])


def test_a_shop_that_has_anything_of_its_own_is_never_removed(lume: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """As when an older backup of the directory was put back."""
    lume.publish()
    MerchantSlug.objects.all().delete()

    with caplog.at_level(logging.ERROR):
        sweep(timedelta(days=1))

    assert counts(*OF_THE_SHOP) == [1, 1, 1]
    assert f"_remove at {lume.merchant.id} failed" in caplog.text


def test_opening_writes_no_row_that_removing_leaves_behind() -> None:
    found(User.objects.create_user("ada@lume.example", PASSWORD))

    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        tables = {name for (name,) in cursor.fetchall()} - WITHOUT_MERCHANT.keys()
        written = set()
        for table in tables:
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")
            if cursor.fetchone() == (True,):
                written.add(table)

    assert written == {"location", "staff_member"}
