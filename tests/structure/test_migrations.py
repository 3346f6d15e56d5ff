"""A migration says whether the release before may serve meanwhile, and what it locks; its statements are held to it."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from tests.structure.migration_statements import (
    ALL_AT_ONCE,
    BEGUN_AGAIN,
    CUT_OFF,
    GIVES_UP_EARLY,
    IN_A_TRANSACTION,
    LOCKED_WHILE_READ,
    NOT_CONCURRENTLY,
    NOT_KNOWN,
    NOT_WRITTEN_BY_IT,
    SEEN_BY_THE_RELEASE_BEFORE,
    TWO_AT_ONCE,
    find_faults,
)

MAKE = "CREATE INDEX CONCURRENTLY card_by_day ON card (merchant_id)"
DROP = "DROP INDEX CONCURRENTLY IF EXISTS card_by_day"
LOOKED_AT = {
    "0004_wallet_apple": "takes the card before the voucher, as a redemption does",
    "0015_jobs": "its one block of code makes sure of an extension that every PostgreSQL has",
    "0042_replaced_link": "takes the card before the voucher, as a redemption does",
    "0102_longer_reconciled_codes": "a longer varchar is not rewritten",
}
PATIENT = "SET lock_timeout = 0"


def ours() -> list[Migration]:
    """In the order in which they run."""
    loader = MigrationExecutor(None).loader
    plan = loader.graph.forwards_plan(next(node for node in loader.graph.leaf_nodes() if node[0] == "stampwell"))
    return [loader.graph.nodes[key] for key in plan if key[0] == "stampwell"]


def test_every_migration_says_whether_the_release_before_may_serve_and_what_it_locks() -> None:
    silent = [
        one.name
        for one in ours()
        if not isinstance(getattr(one, "while_serving", None), bool) or not getattr(one, "locks", "").strip()
    ]

    assert silent == [], "write while_serving and locks into the class (docs/developing/migrations.md)"


@pytest.mark.django_db
@pytest.mark.long
def test_what_runs_while_the_release_before_serves_neither_stops_nor_breaks_it() -> None:
    found = {name: faults for name, faults in faults_of_all().items() if faults}

    assert {name: faults for name, faults in found.items() if name not in LOOKED_AT} == {}


def faults_of_all() -> dict[str, list[str]]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    state, found = ProjectState(real_apps=executor.loader.unmigrated_apps), {}
    for migration, _backwards in plan:
        if not getattr(migration, "while_serving", False):
            state = migration.mutate_state(state, preserve=False)
            continue
        with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
            state = migration.apply(state, editor, collect_sql=True)
        found[migration.name] = find_faults([str(sql) for sql in editor.collected_sql], atomic=bool(migration.atomic))
    return found


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ('ALTER TABLE "card" DROP COLUMN "colour" CASCADE', SEEN_BY_THE_RELEASE_BEFORE),
        ("alter table card rename column colour to color", SEEN_BY_THE_RELEASE_BEFORE),
        ("ALTER TABLE card RENAME TO cards", SEEN_BY_THE_RELEASE_BEFORE),
        ("DROP TABLE card", SEEN_BY_THE_RELEASE_BEFORE),
        ("TRUNCATE card", SEEN_BY_THE_RELEASE_BEFORE),
        ("DROP INDEX one_name", SEEN_BY_THE_RELEASE_BEFORE),
        ("ALTER TABLE card DROP CONSTRAINT one_number", SEEN_BY_THE_RELEASE_BEFORE),
        ("ALTER TABLE card ADD COLUMN colour text NOT NULL", NOT_WRITTEN_BY_IT),
        ("ALTER TABLE card ALTER COLUMN colour DROP DEFAULT", NOT_WRITTEN_BY_IT),
        ("ALTER TABLE card ADD COLUMN key uuid DEFAULT gen_random_uuid() NOT NULL", LOCKED_WHILE_READ),
        ("ALTER TABLE card ADD COLUMN number bigserial", LOCKED_WHILE_READ),
        ("ALTER TABLE card ADD COLUMN shop uuid NULL REFERENCES merchant (id)", LOCKED_WHILE_READ),
        ("ALTER TABLE card ALTER COLUMN stamps TYPE bigint USING stamps::bigint", LOCKED_WHILE_READ),
        ("ALTER TABLE card ALTER COLUMN colour SET NOT NULL", LOCKED_WHILE_READ),
        ("ALTER TABLE card ADD CONSTRAINT few CHECK (stamps < 10)", LOCKED_WHILE_READ),
        ("ALTER TABLE card ADD CONSTRAINT once UNIQUE (merchant_id, colour)", LOCKED_WHILE_READ),
        ("ALTER TABLE card ADD PRIMARY KEY (merchant_id, id)", LOCKED_WHILE_READ),
        ("VACUUM FULL card", LOCKED_WHILE_READ),
        ("LOCK TABLE card", LOCKED_WHILE_READ),
        ("CREATE INDEX card_by_day ON card (merchant_id)", NOT_CONCURRENTLY),
        ("UPDATE card SET colour = 'red'", ALL_AT_ONCE),
        ("DELETE FROM card", ALL_AT_ONCE),
        ("MERGE INTO card USING cup ON true WHEN MATCHED THEN DELETE", ALL_AT_ONCE),
        ("ALTER TABLE card ADD colour text NOT NULL", NOT_WRITTEN_BY_IT),
        ("ALTER TABLE card ADD COLUMN a int NOT NULL, ADD COLUMN b int DEFAULT 0", NOT_WRITTEN_BY_IT),
        ("ALTER TABLE card ADD COLUMN a int DEFAULT 0, DROP colour", SEEN_BY_THE_RELEASE_BEFORE),
        ("ALTER TABLE other.card ALTER stamps TYPE bigint", LOCKED_WHILE_READ),
        ("ALTER TABLE ONLY card ADD FOREIGN KEY (shop) REFERENCES merchant (id)", LOCKED_WHILE_READ),
        ("CREATE INDEX ON card (merchant_id)", NOT_CONCURRENTLY),
        ("WITH gone AS (SELECT 1) UPDATE card SET colour = 'red'", NOT_KNOWN),
        ("DO LANGUAGE plpgsql 'SELECT 1'", NOT_KNOWN),
    ],
)
def test_what_stops_or_breaks_the_release_before_is_seen(statement: str, fault: str) -> None:
    assert find_faults([statement], atomic=True) == [f"{statement}: {fault}"]


def test_an_index_is_made_so_that_it_can_be_begun_again() -> None:
    assert find_faults([PATIENT, DROP, MAKE], atomic=False) == []
    assert find_faults([PATIENT, DROP, MAKE], atomic=True) == [f"{MAKE}: {IN_A_TRANSACTION}"]
    assert find_faults([PATIENT, MAKE], atomic=False) == [f"{MAKE}: {CUT_OFF}"]
    assert find_faults([DROP, MAKE], atomic=False) == [f"{MAKE}: {GIVES_UP_EARLY}"]


def test_a_column_beside_other_steps_is_added_so_that_it_can_be_begun_again() -> None:
    column = "ALTER TABLE card ADD COLUMN colour text"
    with_another = f"{column.replace('COLUMN', 'COLUMN IF NOT EXISTS')}, ADD COLUMN size text"

    assert find_faults([column], atomic=False) == [f"{column}: {BEGUN_AGAIN}"]
    assert find_faults([with_another], atomic=False) == [f"{with_another}: {BEGUN_AGAIN}"]
    assert find_faults([column], atomic=True) == []


def test_two_busy_tables_are_not_held_together() -> None:
    column = "ALTER TABLE stamp ADD COLUMN IF NOT EXISTS colour text"
    tie = "ALTER TABLE cup ADD CONSTRAINT c FOREIGN KEY (card) REFERENCES card (id) NOT VALID"

    assert find_faults([column, tie], atomic=True) == [f"card, stamp: {TWO_AT_ONCE}"]
    assert find_faults([column, tie], atomic=False) == []
    assert find_faults([tie], atomic=True) == []


@pytest.mark.parametrize(
    "statements",
    [
        ["ALTER TABLE card ADD COLUMN IF NOT EXISTS colour text"],
        ["ALTER TABLE card ADD COLUMN IF NOT EXISTS colour varchar(20) DEFAULT 'a (b)' NOT NULL"],
        ["CREATE TABLE cup (id uuid)", "CREATE INDEX cup_size ON cup (id)", "ALTER TABLE cup ADD PRIMARY KEY (id)"],
        ["ALTER TABLE card ADD CONSTRAINT few CHECK (stamps < 10) NOT VALID"],
        ["ALTER TABLE card VALIDATE CONSTRAINT few", "ALTER TABLE card ALTER COLUMN stamps SET NOT NULL"],
        ["ALTER TABLE card ADD CONSTRAINT once UNIQUE USING INDEX card_once"],
        ["ALTER TABLE card ALTER COLUMN colour SET DEFAULT ''"],
        ["CREATE INDEX merchant_by_name ON merchant (name)"],
        ["CREATE FUNCTION ours() RETURNS int LANGUAGE sql AS $$ DELETE FROM card; SELECT 1 $$"],
    ],
    ids=str,
)
def test_what_goes_with_the_release_before_is_taken(statements: list[str]) -> None:
    assert find_faults(statements, atomic=False) == []


def test_no_model_says_something_that_no_migration_does() -> None:
    loader = MigrationExecutor(None).loader
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(loader.graph)
    assert {app: [str(one.operations) for one in told] for app, told in changes.items()} == {}
