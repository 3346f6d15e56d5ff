"""What is only shown is read from a replica, never older than on the server, which takes its place at any time."""

import os
import re
import signal
from collections.abc import Iterator

import msgspec
import pytest
from django.db import connection
from psycopg.errors import ReadOnlySqlTransaction
from pytest_django import DjangoDbBlocker, Settings

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.database.django_settings import replica_settings
from stampwell.findings import Level
from stampwell.management.installation_checks import look_at_replica as check_replica
from stampwell.transactions import Statements, read_aside, replica
from stampwell.transactions.replica import Look, look_at_replica, present_replica
from stampwell.watch.alarm_rules import find_alarms
from stampwell.watch.figures import measure
from tests.following import follow_everything
from tests.replica import WHY_SKIPPED, RunningReplica, running_replica, superuser_password
from tests.serving import database_url
from tests.web.dashboard.desk import DeskClient, words
from tests.world import Shop, open_lume, open_rossi

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not superuser_password(), reason=WHY_SKIPPED),
    pytest.mark.machine_clock,
    pytest.mark.django_db(transaction=True),
]

_STAMPS = "SELECT pg_is_in_recovery() AS by_replica, count(*)::int AS stamps FROM stamp WHERE merchant_id = %s"


@pytest.fixture(scope="module")
def _running(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[RunningReplica]:
    with django_db_blocker.unblock(), running_replica() as running:
        yield running


@pytest.fixture
def near(_running: RunningReplica, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningReplica]:
    """In a test nobody is in a hurry."""
    settings.DATABASE_REPLICA = replica_settings(_running.url)
    for name, value in {"PATIENCE": 60.0, "DEADLINE": 120.0, "PAUSE": 0.0}.items():
        monkeypatch.setattr(replica, name, value)
    present = present_replica()
    yield _running
    assert present is not None
    present.close()


class Counted(msgspec.Struct, frozen=True):
    by_replica: bool
    stamps: int


def count_stamps(shop: Shop) -> Counted:
    """As a page reads; and who said it."""
    found = read_aside(shop.merchant.id, lambda tx: tx.row(Counted, _STAMPS, (tx.merchant_id,)))
    assert found is not None
    return found


def test_it_is_read_and_is_never_behind_what_was_done(near: RunningReplica) -> None:
    shop, other = open_lume(), open_rossi()
    offer = shop.publish()

    seen = []
    for _time in range(20):
        add_stamp(shop.merchant, offer.card().id, Purchase(), actor=shop.actor)
        seen.append(count_stamps(shop))

    assert seen == [Counted(True, stamps) for stamps in range(1, 21)]
    assert count_stamps(other) == Counted(True, 0)
    assert look_at_replica() == Look(behind=0)


def test_figures_journal_and_lists_come_from_it_and_are_the_same(near: RunningReplica, settings: Settings) -> None:
    shop = open_lume()
    add_stamp(shop.merchant, shop.publish().card().id, Purchase(), actor=shop.actor)
    follow_everything()
    desk = DeskClient(shop.owner)
    pages = ("/", "/journal/?kind=stamps", "/cards/", "/cards/?show=new")

    said = len(near.log)
    by_replica = [words(desk.open(page)) for page in pages]
    asked = near.log[said:]
    settings.DATABASE_REPLICA = {}

    assert by_replica == [words(desk.open(page)) for page in pages]
    for table in ("daily_total", "event e", "event_stretch", "card_standing", "FROM card c"):
        assert table in asked, table
    assert "ERROR" not in asked
    assert not {"INSERT", "UPDATE", "DELETE", "sharing_session"} & set(asked.split())


def without_amounts(text: str) -> str:
    return re.sub(r"\d+", "…", text)


def test_behind_the_server_it_is_left_alone_until_it_has_caught_up(
    near: RunningReplica, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = open_lume()
    offer = shop.publish()
    assert count_stamps(shop) == Counted(True, 0)
    with near.standing_still():
        monkeypatch.setattr(replica, "PATIENCE", 0.05)
        add_stamp(shop.merchant, offer.card().id, Purchase(), actor=shop.actor)
        behind = count_stamps(shop)
        figures = measure()
        [alarm] = [alarm for alarm in find_alarms(figures) if alarm.name == "replica"]
        [finding] = check_replica()
    monkeypatch.setattr(replica, "PATIENCE", 60.0)

    assert behind == Counted(False, 1)
    assert figures.replica is not None
    assert figures.replica.behind
    assert "kB of the log behind" in alarm.said
    assert without_amounts(finding.text) == without_amounts(alarm.said)  # the log may grow between the two
    assert finding.level is Level.AMBER
    assert count_stamps(shop) == Counted(True, 1)
    assert [each.text for each in check_replica()] == ["The replica can be read."]


def test_one_that_hangs_holds_up_nobody(near: RunningReplica, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = open_lume()
    assert count_stamps(shop) == Counted(True, 0)
    role = connection.settings_dict["USER"]
    process = near.ask(f"SELECT pid FROM pg_stat_activity WHERE usename = '{role}' AND backend_type = 'client backend'")
    assert isinstance(process, int)
    monkeypatch.setattr(replica, "DEADLINE", 0.2)
    os.kill(process, signal.SIGSTOP)
    try:
        hanging = count_stamps(shop)
    finally:
        os.kill(process, signal.SIGCONT)
    monkeypatch.setattr(replica, "DEADLINE", 120.0)

    assert hanging == Counted(False, 0)
    assert count_stamps(shop) == Counted(True, 0)


def test_what_is_no_replica_of_this_server_is_not_read(
    near: RunningReplica, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = open_lume()
    settings.DATABASE_REPLICA = replica_settings(database_url())
    writing = count_stamps(shop), look_at_replica()
    settings.DATABASE_REPLICA = replica_settings("postgresql://nobody@127.0.0.1:1/none")
    away = count_stamps(shop), look_at_replica()

    assert writing == (Counted(False, 0), Look(trouble="it is a replica no more: it takes writes itself"))
    assert away[0] == Counted(False, 0)
    assert away[1] is not None
    assert "Connection refused" in away[1].trouble or "connection failed" in away[1].trouble


def test_who_reads_there_cannot_write(near: RunningReplica, settings: Settings) -> None:
    shop = open_lume()

    def write(tx: Statements) -> None:
        tx.write("UPDATE merchant SET name = 'Rossi' WHERE id = %s", (tx.merchant_id,))
        tx.send()

    with pytest.raises(ReadOnlySqlTransaction):
        read_aside(shop.merchant.id, write)
    settings.DATABASE_REPLICA = {}
    with pytest.raises(ReadOnlySqlTransaction):
        read_aside(shop.merchant.id, write)
