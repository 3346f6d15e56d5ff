"""Statements wait, go together and come back in order."""

from uuid import UUID

import msgspec
import psycopg
import pytest
from django.db import connection

from stampwell.clock import new_id
from stampwell.merchants.models import Location
from stampwell.transactions import Statements, ask_row, merchant_transaction
from stampwell.transactions.packet import _translate
from tests.world import Shop

LOCATION = "INSERT INTO location (merchant_id, id, name, address, time_zone, opening_hours, created) " + (
    "VALUES (%s, %s, %s, '', 'UTC', '{}', now())"
)
NAMES = "SELECT name FROM location WHERE merchant_id = %s ORDER BY name"


class Named(msgspec.Struct):
    name: str


class Counted(msgspec.Struct):
    n: int


def add_location(tx: Statements, name: str, *, id: UUID | None = None) -> None:
    tx.write(LOCATION, (tx.merchant_id, id or new_id(), name))


def add_twice(shop: Shop) -> None:
    with merchant_transaction(shop.merchant.id) as tx:
        add_location(tx, "Annex")
        add_location(tx, "Beach", id=shop.location.id)


def forget_an_error(shop: Shop) -> None:
    with merchant_transaction(shop.merchant.id) as tx:
        add_location(tx, "Annex")
        with pytest.raises(psycopg.errors.DivisionByZero):
            tx.row(Counted, "SELECT 1 / %s AS n", (0,))


def prepared() -> int:
    """How many statements of ours the server keeps ready on this connection."""
    row = ask_row(Counted, "SELECT count(*) AS n FROM pg_prepared_statements WHERE name LIKE 'stampwell%%'")
    assert row
    return row.n


def test_a_read_sees_what_was_written_before_it(lume: Shop) -> None:
    with merchant_transaction(lume.merchant.id) as tx:
        add_location(tx, "Annex")
        early = tx.later(Named, NAMES, (tx.merchant_id,))
        add_location(tx, "Beach")
        late = tx.rows(Named, NAMES, (tx.merchant_id,))

    assert [row.name for row in early.rows()] == ["Annex", "Café Lume"]
    assert [row.name for row in late] == ["Annex", "Beach", "Café Lume"]


def test_django_sees_what_waits_to_be_sent(lume: Shop) -> None:
    with merchant_transaction(lume.merchant.id) as tx:
        add_location(tx, "Annex")

        assert Location.objects.filter(merchant=lume.merchant, name="Annex").exists()


def test_a_row_asked_beside_the_transaction_sees_it_too(lume: Shop) -> None:
    with merchant_transaction(lume.merchant.id) as tx:
        add_location(tx, "Annex")

        assert ask_row(Named, NAMES, (tx.merchant_id,)) == Named("Annex")


@pytest.mark.django_db(transaction=True)
def test_what_a_write_breaks_is_raised_and_undone() -> None:
    lume = Shop("Café Lume", "ada@lume.example")

    with pytest.raises(psycopg.errors.UniqueViolation):
        add_twice(lume)

    assert Location.objects.filter(merchant=lume.merchant).count() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_committed_over_a_forgotten_error() -> None:
    lume = Shop("Café Lume", "ada@lume.example")

    with pytest.raises(AssertionError, match="forgotten"):
        forget_an_error(lume)

    assert Location.objects.filter(merchant=lume.merchant).count() == 1


@pytest.mark.django_db(transaction=True)
def test_statements_stay_prepared_over_a_rollback() -> None:
    connection.close()
    lume = Shop("Café Lume", "ada@lume.example")
    for _time in range(2):
        with merchant_transaction(lume.merchant.id) as tx:
            tx.rows(Named, NAMES, (tx.merchant_id,))
    before = prepared()

    with pytest.raises(psycopg.errors.UniqueViolation):
        add_twice(lume)
    with merchant_transaction(lume.merchant.id) as tx:
        rows = tx.rows(Named, NAMES, (tx.merchant_id,))

    assert rows == [Named("Café Lume")]
    assert before > 0
    assert prepared() == before + 1  # the one that adds


@pytest.mark.django_db(transaction=True)
def test_a_changed_table_costs_one_failure_not_all_that_follow() -> None:
    connection.close()  # one that has served long enough keeps as many statements as it may, and prepares no other
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE shelf AS SELECT 1 AS n")
    question = "SELECT * FROM shelf WHERE n = %s"
    assert ask_row(Counted, question, (1,)) == Counted(1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE shelf ALTER n TYPE bigint")

    with pytest.raises(psycopg.errors.FeatureNotSupported):
        ask_row(Counted, question, (1,))

    assert ask_row(Counted, question, (1,)) == Counted(1)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE shelf")


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_begins_with_nothing_prepared() -> None:
    assert ask_row(Counted, "SELECT %s::int AS n", (1,)) == Counted(1)
    connection.close()

    assert ask_row(Counted, "SELECT %s::int AS n", (2,)) == Counted(2)
    assert prepared() == 1


@pytest.mark.parametrize(
    ("ours", "theirs", "names"),
    [
        ("a = %s AND b = %s", b"a = $1 AND b = $2", ("", "")),
        ("a = %(one)s OR b = %(two)s OR c = %(one)s", b"a = $1 OR b = $2 OR c = $1", ("one", "two")),
        ("a LIKE 'x%%' AND b = %s", b"a LIKE 'x%' AND b = $1", ("",)),
    ],
)
def test_placeholders_are_numbered(ours: str, theirs: bytes, names: tuple[str, ...]) -> None:
    assert _translate(ours) == (theirs, names)


def test_one_transaction_touches_one_merchant(lume: Shop, rossi: Shop) -> None:
    touching_both = pytest.raises(AssertionError, match="one transaction touches one merchant")

    with merchant_transaction(lume.merchant.id), touching_both, merchant_transaction(rossi.merchant.id):
        pass


@pytest.mark.django_db(transaction=True)
def test_the_transaction_says_whose_it_is_and_the_session_forgets_it(lume: Shop) -> None:
    whose = "SELECT coalesce(current_setting('app.merchant', true), '') AS name"

    with merchant_transaction(lume.merchant.id) as tx:
        inside = tx.row(Named, whose)

    assert inside == Named(str(lume.merchant.id))
    assert ask_row(Named, whose) == Named("")
