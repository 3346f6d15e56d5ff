"""`stampwell distribute` on a double of Citus that refuses what Citus refuses."""

import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.state import ProjectState

from stampwell.management.commands.worker import look_at_cluster
from stampwell.management.distributing import find_trouble
from stampwell.tenancy import WITHOUT_MERCHANT, TenantKeys
from tests.doubles.citus import Citus, citus
from tests.world import Shop

pytestmark = pytest.mark.django_db(transaction=True)
NODES = ["--node", "node-1:5432", "--node", "node-2:5432"]


@pytest.fixture
def cluster() -> Iterator[Citus]:
    with citus() as running:
        yield running


def run(*arguments: str) -> str:
    said = StringIO()
    call_command("distribute", *arguments, stdout=said)
    return said.getvalue()


def all_tenant_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'pg\\_dist\\_%'"
        )
        return {name for (name,) in cursor.fetchall()} - WITHOUT_MERCHANT.keys()


def test_every_table_of_the_shops_is_distributed_and_no_other(cluster: Citus) -> None:
    said = run(*NODES)

    assert set(cluster.calls("create_distributed_table")) == {"merchant"} | all_tenant_tables()
    assert said.splitlines()[-1] == "Everything is where it belongs."


def test_the_order_is_one_that_the_keys_allow(cluster: Citus) -> None:
    """The double refuses a table whose key leads to one that is not distributed yet."""
    run(*NODES)

    order = cluster.calls("create_distributed_table")
    assert order[0] == "merchant"
    assert order.index("card") < order.index("stamp") < order.index("stamped_receipt")


def test_a_second_run_changes_nothing(cluster: Citus) -> None:
    run(*NODES)
    done = cluster.ask("SELECT count(*) FROM pg_dist_call WHERE name <> 'run_command_on_workers'")

    assert run(*NODES).splitlines()[-1] == "Everything is where it belongs."
    assert cluster.ask("SELECT count(*) FROM pg_dist_call WHERE name <> 'run_command_on_workers'") == done
    assert cluster.ask("SELECT nodename FROM pg_dist_node ORDER BY 1") == [("node-1",), ("node-2",)]


def test_what_was_cut_off_in_between_is_finished(cluster: Citus) -> None:
    run(*NODES)
    cluster.ask("DELETE FROM pg_dist_call")
    cluster.ask("DELETE FROM pg_dist_partition WHERE logicalrelid IN ('voucher'::regclass, 'pass'::regclass)")

    run()

    assert cluster.calls("create_distributed_table") == ["voucher", "pass"]


def test_no_old_copy_of_a_row_stays_behind(cluster: Citus, lume: Shop) -> None:
    lume.publish().card()

    run(*NODES)

    thrown_away = cluster.calls("truncate_local_data")
    assert thrown_away[0] == "merchant"  # and whatever refers to it
    assert "event" in thrown_away  # hot tables refer to nobody
    assert run(*NODES).count("thrown away") == 0


def test_locks_are_waited_for_no_longer_on_the_nodes_than_here(cluster: Citus) -> None:
    run(*NODES)

    assert cluster.ask("SELECT lock_timeout FROM pg_dist_setting") == [("5s",)]


def test_without_citus_it_says_what_to_do() -> None:
    with pytest.raises(CommandError, match=r"This database has no Citus(.|\n)*CREATE EXTENSION citus;"):
        run()


def test_without_nodes_it_says_what_to_do(cluster: Citus) -> None:
    with pytest.raises(CommandError, match=r"no nodes yet(.|\n)*citus_add_node"):
        run()


def test_what_the_role_may_not_do_is_named_for_a_superuser(cluster: Citus) -> None:
    cluster.ask("ALTER TABLE pg_dist_node ADD CHECK (nodename <> 'node-1')")

    with pytest.raises(CommandError, match=r"A superuser may do it: SELECT citus_add_node\('node-1', 5432\);"):
        run(*NODES)


def test_a_plain_database_has_no_trouble_and_neither_has_a_cluster_that_is_not_used(cluster: Citus) -> None:
    assert find_trouble() == []


def test_the_worker_says_which_table_stayed_behind_and_which_node_waits_for_ever(
    cluster: Citus, caplog: pytest.LogCaptureFixture
) -> None:
    run(*NODES)
    cluster.ask("DELETE FROM pg_dist_partition WHERE logicalrelid = 'pass'::regclass")
    cluster.ask("UPDATE pg_dist_setting SET lock_timeout = '0'")

    with caplog.at_level(logging.ERROR):
        look_at_cluster()

    advice = "there a lock is waited for without end: run `stampwell distribute`."
    assert [record.message for record in caplog.records] == [
        "The table pass is not distributed: run `stampwell distribute`.",
        f"node-1:5432: {advice}",
        f"node-2:5432: {advice}",
    ]
    with pytest.raises(CommandError, match="The table pass is not distributed"):
        run("--check")


@pytest.mark.parametrize(("limit", "wanted"), [("lock_timeout", "5s"), ("statement_timeout", "15s")])
def test_a_limit_that_a_pooler_has_swallowed_is_missed(db: None, limit: str, wanted: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET {limit} = 0")
        found = find_trouble()
        cursor.execute(f"RESET {limit}")

    assert found == [f"{limit} is not in force: run ALTER ROLE … SET {limit} = '{wanted}'."]
    assert find_trouble() == []


def migrate_a_new_table(name: str) -> None:
    with connection.schema_editor() as editor:
        editor.execute(f"CREATE TABLE {name} (merchant_id uuid NOT NULL, id uuid NOT NULL, card_id uuid)")
        editor.execute(f"ALTER TABLE {name} ADD CONSTRAINT {name}_pkey PRIMARY KEY (id)")
        keys = TenantKeys(name, {"a_probe_is_a_cards": ("card_id", "card")})
        keys.database_forwards("stampwell", editor, ProjectState(), ProjectState())


@pytest.fixture
def new_table() -> Iterator[str]:
    yield "probe"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE probe")


def test_a_new_table_of_the_shops_goes_where_the_shops_are(cluster: Citus, new_table: str) -> None:
    run(*NODES)

    migrate_a_new_table(new_table)

    assert cluster.calls("create_distributed_table")[-1] == new_table


def test_a_new_table_stays_here_where_the_shops_are_here(cluster: Citus, new_table: str) -> None:
    migrate_a_new_table(new_table)

    assert cluster.calls("create_distributed_table") == []
