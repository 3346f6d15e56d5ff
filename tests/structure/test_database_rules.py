"""The day-one rules of the database (docs/developing/database-rules.md), read from its own catalogue."""

from importlib.resources import files
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

import stampwell
from stampwell.clock import new_id, now
from stampwell.tenancy import WITHOUT_MERCHANT
from tests.world import open_lume, open_rossi

HOT = {"event", "stamp", "redemption", "stored_answer"}

pytestmark = pytest.mark.django_db


def ask(sql: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows: list[tuple[str, ...]] = cursor.fetchall()
        return rows


def tenant_tables() -> set[str]:
    """All but the listed ones and partitions, which follow their parent."""
    tables = ask(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
        " AND relnamespace = 'public'::regnamespace"
    )
    return {name for (name,) in tables} - WITHOUT_MERCHANT.keys()


def columns_of(kind: str) -> list[tuple[str, str, list[str]]]:
    """Table, constraint and columns in order, of the primary (p), unique (u) or foreign (f) keys."""
    return ask(  # type: ignore[return-value]
        "SELECT c.conrelid::regclass::text, c.conname, array_agg(a.attname ORDER BY k.place)"
        " FROM pg_constraint c CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY k (number, place)"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number"
        f" WHERE c.contype = '{kind}' AND c.connamespace = 'public'::regnamespace"
        " GROUP BY c.conrelid, c.conname"
    )


def test_every_tenant_table_has_a_merchant() -> None:
    with_merchant = {
        table
        for (table,) in ask(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND column_name = 'merchant_id' AND is_nullable = 'NO' AND data_type = 'uuid'"
        )
    }

    assert tenant_tables() - with_merchant == set()


def test_every_model_is_a_tenants_or_listed() -> None:
    tables = {model._meta.db_table for model in apps.get_app_config("stampwell").get_models()}

    assert tables - WITHOUT_MERCHANT.keys() == tenant_tables()


def test_every_tenant_table_has_a_primary_key_that_begins_with_the_merchant() -> None:
    keys = {table: columns for table, _name, columns in columns_of("p")}

    assert {table for table in tenant_tables() if keys.get(table, [""])[0] != "merchant_id"} == set()


def test_everything_unique_begins_with_the_merchant() -> None:
    indexes = ask(
        "SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, a.attname FROM pg_index i"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indisunique"
    )

    wrong = {index for table, index, first in indexes if table in tenant_tables() and first != "merchant_id"}

    assert wrong == set()


def test_foreign_keys_stay_inside_the_merchant() -> None:
    wrong = {
        name for table, name, columns in columns_of("f") if table in tenant_tables() and columns[0] != "merchant_id"
    }

    assert wrong == set()


def test_foreign_keys_lead_to_tenant_tables_or_the_merchant() -> None:
    targets = ask(
        "SELECT conname, conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
        " WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
    )

    wrong = {
        name for name, table, to in targets if table in tenant_tables() and to not in tenant_tables() | {"merchant"}
    }

    assert wrong == set()


def test_no_hot_table_locks_the_merchants_row() -> None:
    targets = ask(
        "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND confrelid = 'merchant'::regclass"
    )

    assert {table for (table,) in targets} & HOT == set()


def test_keys_between_tables_are_named_as_sentences() -> None:
    names = {name for table, name, _columns in columns_of("f") if table in tenant_tables()}

    assert {name for name in names if not name.startswith(("a_", "an_"))} == set()


def test_there_is_no_trigger_and_no_function_of_ours() -> None:
    functions = ask(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid"
        " AND deptype = 'e')"  # an extension's
    )
    triggers = ask(
        "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace"
    )

    assert triggers == [("procrastinate_jobs",)] * 7  # the queue's own, and they touch no table of ours
    assert {name for (name,) in functions if not name.startswith("procrastinate_")} == set()


def test_no_default_is_volatile_and_no_sequence_numbers_a_tenants_rows() -> None:
    defaults = ask(
        "SELECT d.adrelid::regclass::text FROM pg_attrdef d"
        " JOIN pg_class c ON c.oid = d.adrelid WHERE c.relnamespace = 'public'::regnamespace"
        " AND pg_get_expr(d.adbin, d.adrelid) !~ '^(-?[0-9]+|''[^'']*''::[a-z ]+|true|false)$'"
    )
    identities = ask("SELECT attrelid::regclass::text FROM pg_attribute WHERE attidentity <> ''")

    assert {table for (table,) in [*defaults, *identities]} & tenant_tables() == set()


def test_the_database_refuses_a_row_that_points_at_another_merchants_card() -> None:
    card = open_lume().publish().card()
    rossi = open_rossi()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO stamp (merchant_id, id, card_id, count, round, remainder_change, at, occurred, source,"
            " overrode, reason) VALUES (%s, %s, %s, 1, 1, 0, %s, %s, 'api', false, '')",
            [rossi.merchant.id, new_id(), card.id, now(), now()],
        )


def test_the_queue_in_our_database_is_that_of_the_library() -> None:
    """When this fails, a new procrastinate has come: its changes of the schema become a migration of ours."""
    ours = (Path(stampwell.__file__).parent / "migrations" / "procrastinate_3_10.sql").read_text()

    assert ours.endswith(files("procrastinate.sql").joinpath("schema.sql").read_text())
