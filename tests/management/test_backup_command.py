"""`stampwell backup` and `stampwell restore` from a shell, on a database of one's own."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from stampwell.backups import last_backup
from stampwell.backups.age import is_age
from tests.backups.places import command_environment, empty_database, rows_of
from tests.serving import database_url
from tests.world import Shop

pytestmark = [pytest.mark.long, pytest.mark.machine_clock, pytest.mark.django_db(transaction=True)]

WORDS = "correct horse battery staple"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """With the keys that the test's cards were made with."""
    keys = tmp_path / "data" / "keys"
    keys.mkdir(parents=True)
    (keys / "token_key").write_text(settings.TOKEN_KEY.hex())
    return tmp_path / "data"


def run(url: str, data_dir: Path, *arguments: str, **others: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "stampwell", *arguments],
        env=command_environment(url, data_dir, STAMPWELL_SETTINGS="", **others),
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )


def test_a_shop_goes_from_one_database_into_another(lume: Shop, data_dir: Path, tmp_path: Path) -> None:
    lume.publish().card()
    file, place = tmp_path / "one.tar", tmp_path / "restored"
    assert run(database_url(), data_dir, "backup", str(file)).returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert last_backup(data_dir).place == str(file)

    with empty_database() as url:
        checked = run(url, place, "restore", "--check", str(file))
        assert (checked.returncode, place.exists(), rows_of(url)) == (0, False, {})

        done = run(url, place, "restore", str(file))
        assert done.returncode == 0, done.stderr
        assert b"`stampwell mail list --state failed` show them." in done.stderr
        assert (place / "keys" / "token_key").read_text() == settings.TOKEN_KEY.hex()
        assert rows_of(url)["public.card"] == rows_of(database_url())["public.card"]
        assert "public.stampwell_restored_from" not in rows_of(url)

        again = run(url, tmp_path / "elsewhere", "restore", str(file))
        assert again.returncode == 1
        assert b"The database is not empty" in again.stderr
    assert not (tmp_path / "elsewhere").exists()


def test_nothing_is_written_over_and_a_missing_word_is_told(lume: Shop, data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "one.tar"
    file.write_bytes(b"precious")

    refused = run(database_url(), data_dir, "backup", str(file))
    nameless = run(database_url(), data_dir, "backup")

    assert (refused.returncode, file.read_bytes()) == (1, b"precious")
    assert b"already" in refused.stderr
    assert (nameless.returncode, b"Name the file" in nameless.stderr) == (2, True)


def test_the_settings_seal_it_and_open_says_otherwise(lume: Shop, data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "words").write_text(f"{WORDS}\nanything else\n")
    sealed = {"STAMPWELL_BACKUP_PASSPHRASE_FILE": str(tmp_path / "words")}

    by_settings = run(database_url(), data_dir, "backup", "-", **sealed)
    unsealed = run(database_url(), data_dir, "backup", "-", "--open", **sealed)

    assert (by_settings.returncode, is_age(by_settings.stdout)) == (0, True)
    assert (unsealed.returncode, unsealed.stdout[:20]) == (0, b"stampwell-backup.txt")
    assert last_backup(data_dir).went_well is None
    (tmp_path / "it.age").write_bytes(by_settings.stdout)
    for given, code in (({}, 1), ({"STAMPWELL_BACKUP_PASSPHRASE": "three other words"}, 1)):
        refused = run(database_url(), data_dir, "restore", "--check", str(tmp_path / "it.age"), **given)
        assert (refused.returncode, WORDS.encode() in refused.stderr) == (code, False)
    right = {"STAMPWELL_BACKUP_PASSPHRASE": WORDS}
    assert run(database_url(), data_dir, "restore", "--check", str(tmp_path / "it.age"), **right).returncode == 0


def test_an_archive_of_an_older_release_is_brought_up_to_date(data_dir: Path, tmp_path: Path) -> None:
    with empty_database() as old, empty_database() as new:
        assert run(old, data_dir, "migrate", "stampwell", "0021").returncode == 0
        assert run(old, data_dir, "backup", str(tmp_path / "old.tar")).returncode == 0

        done = run(new, tmp_path / "restored", "restore", str(tmp_path / "old.tar"))

        assert done.returncode == 0, done.stderr
        assert len(rows_of(new)["public.django_migrations"]) > len(rows_of(old)["public.django_migrations"])


def test_another_key_in_the_environment_is_refused_before_anything_is_written(
    lume: Shop, data_dir: Path, tmp_path: Path
) -> None:
    file, place = tmp_path / "one.tar", tmp_path / "restored"
    run(database_url(), data_dir, "backup", str(file))

    with empty_database() as url:
        refused = run(url, place, "restore", str(file), STAMPWELL_TOKEN_KEY="1" * 64)

        assert (refused.returncode, place.exists(), rows_of(url)) == (1, False, {})
    assert b"another key" in refused.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root writes for another user")
def test_a_backup_that_root_makes_leaves_nothing_that_the_serving_user_cannot_read(
    lume: Shop, data_dir: Path, tmp_path: Path
) -> None:
    os.chown(data_dir, 12345, 12345)
    plan = {"STAMPWELL_BACKUP_TO": str(tmp_path / "kept")}
    (tmp_path / "kept").mkdir()

    by_hand = run(database_url(), data_dir, "backup", str(tmp_path / "one.tar"))
    planned = run(database_url(), data_dir, "backup", "--planned", **plan)

    assert by_hand.returncode == 0, by_hand.stderr
    assert (data_dir / "last-backup.json").stat().st_uid == 12345
    assert (planned.returncode, b"runuser -u 12345 -- stampwell" in planned.stderr) == (1, True)
    assert not (data_dir / "backup.lock").exists()
    assert [*(tmp_path / "kept").iterdir()] == []
