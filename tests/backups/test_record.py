"""What is remembered of the last backup."""

from datetime import timedelta
from pathlib import Path

from stampwell.backups import LastBackup, last_backup
from stampwell.backups.record import FILE, note_failure, note_success
from stampwell.clock import now, stopped_at


def test_before_the_first_backup_nothing_is_known(tmp_path: Path) -> None:
    assert last_backup(tmp_path) == LastBackup()


def test_a_failure_keeps_what_is_known_of_the_last_good_one(tmp_path: Path) -> None:
    first = now()
    note_success(tmp_path, place="/backups/one.tar", size=7)

    with stopped_at(first + timedelta(days=1)):
        note_failure(tmp_path, "The disk is full.")

    assert last_backup(tmp_path) == LastBackup(
        went_well=first,
        tried=first + timedelta(days=1),
        trouble="The disk is full.",
        failures=1,
        place="/backups/one.tar",
        size=7,
    )


def test_a_success_ends_the_trouble(tmp_path: Path) -> None:
    note_failure(tmp_path, "The disk is full.")

    note_success(tmp_path, place="-", size=1)

    assert last_backup(tmp_path).trouble == ""


def test_a_damaged_note_tells_nothing_and_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b'{"went_well": 7')

    assert last_backup(tmp_path) == LastBackup()
