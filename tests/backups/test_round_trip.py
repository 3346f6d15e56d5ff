"""A backup of a database, loaded into an empty one: every row of every table, as it was at one moment."""

from functools import partial
from pathlib import Path

import psycopg
import pytest

from stampwell.backups import place
from stampwell.backups.clients import require_dump
from stampwell.backups.dump import dumped, snapshot, tables_now
from stampwell.backups.loading import load, loaded_archive
from stampwell.backups.manifest import Manifest
from stampwell.backups.opened import check, database_parts
from stampwell.backups.place import is_loaded, require_converter
from stampwell.backups.server import connected, digest_of
from stampwell.backups.trouble import BackupTrouble
from tests.backups.places import all_rows, backup, installation, rows_of, stamp
from tests.other_server import find_programs, running_server
from tests.serving import database_url
from tests.world import Shop

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

PROGRAMS = find_programs()
FREE = {"by": "visit", "cooldown_seconds": 0}
FOLDED = "Jānis\t\\.\nUmlaut ‹’ʻ› 佐藤 \\N '\""


def loaded(archive: Path, url: str, *, name: str = "this one") -> Manifest:
    manifest = check(archive, []).manifest
    with connected(url) as connection:
        parts = partial(database_parts, archive, [])
        load(connection, require_converter(manifest), parts, manifest, name=name, say=lambda _size: None)
    return manifest


def test_every_row_of_every_table_comes_back(lume: Shop, rossi: Shop, empty: str, tmp_path: Path) -> None:
    stamp(lume.publish(earning=FREE).card(name=FOLDED), 10)
    stamp(rossi.publish(earning=FREE).card(), 3)
    before = rows_of(database_url())

    backup(installation(tmp_path), tmp_path / "one.tar")
    loaded(tmp_path / "one.tar", empty)

    after = rows_of(empty)
    assert after.pop("public.stampwell_restored_from") == ['("this one")']
    assert after == before
    assert any(FOLDED.split("\t", maxsplit=1)[0] in row for row in after["public.customer"])


def test_what_happens_during_the_backup_is_not_in_it(lume: Shop, empty: str, tmp_path: Path) -> None:
    card = lume.publish(earning=FREE).card()
    with connected(database_url()) as connection, snapshot(connection) as name:
        before = all_rows(connection)
        stamp(card, 2)
        client = require_dump(server=15, with_tls=False)
        with dumped(database_url(), client, name) as stream:
            dump = stream.read(10**9)
        manifest = Manifest(
            format=1,
            made=lume.merchant.created,
            stampwell="1",
            migrations=[],
            postgresql=15,
            dump_version=15,
            database_bytes=1,
            base_url="",
            tables=tables_now(connection),
            members=[],
        )

    with connected(empty) as connection:
        load(connection, require_converter(manifest), lambda: [dump], manifest, name="it", say=lambda _size: None)

    after = rows_of(empty)
    del after["public.stampwell_restored_from"]
    assert after == before
    assert len(rows_of(database_url())["public.stamp"]) == len(before["public.stamp"]) + 1


def test_a_row_that_differs_from_what_was_written_out_undoes_all_of_it(lume: Shop, empty: str, tmp_path: Path) -> None:
    backup(installation(tmp_path), tmp_path / "one.tar")
    manifest = check(tmp_path / "one.tar", []).manifest
    told = manifest.tables["public.merchant"]
    manifest.tables["public.merchant"] = type(told)(told.rows, "7")

    client, parts = require_converter(manifest), partial(database_parts, tmp_path / "one.tar", [])
    with connected(empty) as connection, pytest.raises(BackupTrouble, match=r"public\.merchant\. Nothing was kept"):
        load(connection, client, parts, manifest, name="it", say=lambda _size: None)

    assert rows_of(empty) == {}


def test_what_the_server_refuses_is_told_and_undone(lume: Shop, empty: str, tmp_path: Path) -> None:
    backup(installation(tmp_path), tmp_path / "one.tar")
    with connected(empty) as connection:
        connection.execute("CREATE TABLE voucher ()")

    with pytest.raises(BackupTrouble, match='It says: relation "voucher" already exists'):
        loaded(tmp_path / "one.tar", empty)

    assert rows_of(empty) == {"public.voucher": []}


def test_the_same_rows_have_the_same_digest_whatever_their_order_and_two_alike_count_twice(empty: str) -> None:
    with connected(empty) as connection:
        connection.execute("CREATE TABLE a (x text, y timestamptz); INSERT INTO a VALUES ('p', now()), ('q', NULL)")
        connection.execute("CREATE TABLE b AS SELECT * FROM a ORDER BY x DESC")
        same = digest_of(connection, "public.a") == digest_of(connection, "public.b")
        connection.execute("INSERT INTO b SELECT * FROM a; INSERT INTO a SELECT * FROM a WHERE x = 'p'")
        connection.execute("INSERT INTO a SELECT * FROM a WHERE x = 'p' LIMIT 1")

        assert same
        assert digest_of(connection, "public.a").rows == digest_of(connection, "public.b").rows
        assert digest_of(connection, "public.a") != digest_of(connection, "public.b")


def test_a_database_that_holds_anything_is_no_place_for_it(lume: Shop, empty: str, tmp_path: Path) -> None:
    manifest = backup(installation(tmp_path), tmp_path / "one.tar")
    with connected(empty) as connection:
        connection.execute("CREATE TABLE of_somebody_else ()")

        with pytest.raises(BackupTrouble, match="of_somebody_else"):
            is_loaded(connection, manifest, "this one")


def test_what_was_loaded_is_known_again(lume: Shop, empty: str, tmp_path: Path) -> None:
    backup(installation(tmp_path), tmp_path / "one.tar")
    manifest = loaded(tmp_path / "one.tar", empty)

    with connected(empty) as connection:
        assert loaded_archive(connection) == "this one"
        assert is_loaded(connection, manifest, "this one")
        with pytest.raises(BackupTrouble, match="not empty"):
            is_loaded(connection, manifest, "another one")


@pytest.mark.skipif(PROGRAMS is None, reason="There is no PostgreSQL of the system: apt-get install postgresql.")
def test_a_shop_moves_to_an_older_server_and_back(lume: Shop, empty: str, tmp_path: Path) -> None:
    stamp(lume.publish(earning=FREE).card(name=FOLDED), 10)
    before = rows_of(database_url())
    backup(installation(tmp_path), tmp_path / "there.tar")

    assert PROGRAMS is not None
    with running_server(PROGRAMS) as other:
        loaded(tmp_path / "there.tar", other.url)
        with psycopg.connect(other.url) as connection:
            connection.execute("DROP TABLE stampwell_restored_from")
        there = rows_of(other.url)
        backup(installation(tmp_path, url=other.url), tmp_path / "back.tar")
    loaded(tmp_path / "back.tar", empty)

    after = rows_of(empty)
    del after["public.stampwell_restored_from"]
    assert there == before
    assert after == before


def test_a_server_that_is_too_old_is_refused(
    empty: str, lume: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = backup(installation(tmp_path), tmp_path / "one.tar")
    monkeypatch.setattr(place, "OLDEST", 99)

    with connected(empty) as connection, pytest.raises(BackupTrouble, match="Stampwell needs 99 or newer"):
        is_loaded(connection, manifest, "it")


def test_an_empty_database_is_nothing_to_back_up(empty: str, tmp_path: Path) -> None:
    with pytest.raises(BackupTrouble, match="no tables of Stampwell"):
        backup(installation(tmp_path, url=empty), tmp_path / "one.tar")


def test_a_server_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    nobody = "postgresql://stampwell@/stampwell?host=/nowhere"

    with pytest.raises(BackupTrouble, match="cannot be used"):
        backup(installation(tmp_path, url=nobody), tmp_path / "one.tar")


def test_the_loading_needs_no_extension_that_can_be_missed(lume: Shop, empty: str, tmp_path: Path) -> None:
    """A server may lack them; the statements that need them are the only ones left out."""
    backup(installation(tmp_path), tmp_path / "one.tar")
    loaded(tmp_path / "one.tar", empty)

    with psycopg.connect(empty) as connection:
        found = connection.execute("SELECT to_regclass('customer_by_words') IS NOT NULL").fetchone()
    assert found == (True,)
