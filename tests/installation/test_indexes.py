"""An index whose making was cut off is found and made anew, while everybody goes on."""

import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import IntegrityError, connection

from stampwell.installation.indexes import mend_indexes, unfinished_indexes
from tests.serving import PATIENCE, database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.machine_clock]


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def cups() -> Iterator[None]:
    run("CREATE TABLE cup AS SELECT 7 AS size FROM generate_series(1, 2)")
    yield
    run("DROP TABLE cup")


def wait_until_it_is_being_made() -> None:
    limit, rows = time.monotonic() + PATIENCE, 0
    with connection.cursor() as cursor:
        while not rows:
            assert time.monotonic() < limit
            cursor.execute("SELECT FROM pg_index WHERE indexrelid = to_regclass('cup_being_made')")
            rows = cursor.rowcount


def cut_off(name: str = "cup_size") -> None:
    """Two cups of one size: the index cannot be made, and PostgreSQL leaves it behind."""
    with pytest.raises(IntegrityError):
        run(f'CREATE UNIQUE INDEX CONCURRENTLY "{name}" ON cup (size)')


def test_an_index_that_was_cut_off_is_made_anew(cups: None) -> None:
    cut_off()
    run("DELETE FROM cup WHERE ctid = (SELECT min(ctid) FROM cup)")
    said: list[str] = []

    assert unfinished_indexes() == ["cup_size"]
    mend_indexes(said.append)

    assert unfinished_indexes() == []
    assert said == ["The index cup_size was left unfinished. Making it anew."]
    with pytest.raises(IntegrityError):
        run("INSERT INTO cup VALUES (7)")


def test_one_that_cannot_be_made_is_told_and_the_copy_of_the_try_is_removed(cups: None) -> None:
    cut_off()
    cut_off("Odd name")

    said: list[str] = []
    mend_indexes(said.append)

    assert len([text for text in said if "stays unfinished. The database says: could not create" in text]) == 2, said
    tried = [name for name in unfinished_indexes() if "_ccnew" in name]
    assert len(tried) == 2
    run("DELETE FROM cup WHERE ctid = (SELECT min(ctid) FROM cup)")
    mend_indexes(said.append)
    assert unfinished_indexes() == []


def test_an_index_that_somebody_makes_at_this_moment_is_left_alone(cups: None) -> None:
    run("DELETE FROM cup WHERE ctid = (SELECT min(ctid) FROM cup)")
    with psycopg.connect(database_url()) as holder, psycopg.connect(database_url(), autocommit=True) as maker:
        holder.execute("INSERT INTO cup VALUES (8)")
        maker.pgconn.send_query(b"CREATE INDEX CONCURRENTLY cup_being_made ON cup (size)")
        wait_until_it_is_being_made()

        assert unfinished_indexes() == []

        holder.rollback()
        while maker.pgconn.get_result():
            pass
    assert unfinished_indexes() == []
