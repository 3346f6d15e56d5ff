"""What the database has to plan for a piece of an import does not grow with its rows, nor with what is in the shop."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from psycopg.errors import Diagnostic

from tests.imports.working import PEOPLE, bring_in, undo
from tests.world import Shop

pytestmark = pytest.mark.django_db


@contextmanager
def plans_told() -> Iterator[list[str]]:
    """Each plan that the database makes inside, in its own words."""
    told: list[str] = []

    def hear(said: Diagnostic) -> None:
        if said.message_primary == "plan:":
            told.append(said.message_detail or "")

    with connection.cursor() as cursor:
        cursor.execute("SET debug_print_plan = on")
        cursor.execute("SET client_min_messages = log")
    connection.connection.add_notice_handler(hear)
    try:
        yield told
    finally:
        connection.connection.remove_notice_handler(hear)
        with connection.cursor() as cursor:
            cursor.execute("RESET debug_print_plan")
            cursor.execute("RESET client_min_messages")


def guests(first: int, last: int) -> str:
    return PEOPLE + "".join(f"Guest {number};g{number}@x.example;;;;3;\n" for number in range(first, last))


def test_no_row_is_planned_for_alone(lume: Shop) -> None:
    offer = lume.publish()
    bring_in(lume, offer, guests(0, 5))

    with plans_told() as few:
        bring_in(lume, offer, guests(5, 10))
    with plans_told() as many:
        bring_in(lume, offer, guests(10, 110))

    assert few
    assert len(many) == len(few)


@pytest.mark.django_db(transaction=True)  # what its own transaction has written PostgreSQL looks at once more
def test_no_row_is_planned_for_alone_when_it_is_taken_back(lume: Shop) -> None:
    offer = lume.publish()
    small, large = (bring_in(lume, offer, guests(*rows)) for rows in ((0, 5), (10, 110)))

    with plans_told() as few:
        undo(lume, small)
    with plans_told() as many:
        undo(lume, large)

    assert few
    assert len(many) == len(few)


def test_a_plan_that_was_kept_from_a_small_shop_is_not_used(lume: Shop) -> None:
    offer = lume.publish()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customer")
        cursor.execute("SELECT 'customer'::regclass::oid")
        (customers,) = cursor.fetchone()
    for number in range(8):  # then PostgreSQL keeps its plan for the question whether there is such a customer
        offer.card(name=f"Bea {number}")

    with plans_told() as told:
        bring_in(lume, offer, guests(0, 5))

    checks = [plan for plan in told if f":relid {customers} " in plan and "{LOCKROWS" in plan]
    assert checks
    assert not [plan for plan in checks if "{SEQSCAN" in plan]
