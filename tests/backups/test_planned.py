"""Planned backups: when one is due, which are kept, and what is remembered."""

import logging
import stat
import subprocess
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from stampwell.backups import clockwork, last_backup
from stampwell.backups.clockwork import back_up_when_due, stop_backup
from stampwell.backups.configuration import Plan, read_plan
from stampwell.backups.planned import AFTER_FAILURE, LONGEST_PAUSE, back_up_by_plan, is_due, pause_after
from stampwell.backups.record import FILE, LastBackup, note_failure, note_success
from stampwell.backups.retention import Keep, installation_mark, name_for, no_longer_wanted
from stampwell.backups.trouble import BackupTrouble
from stampwell.clock import now, stopped_at
from tests.backups.places import installation
from tests.world import Shop

MARK = "0123abcd"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def new_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that remembers nothing of the tests before."""
    monkeypatch.setattr(clockwork, "_running", None)
    monkeypatch.setattr(clockwork, "_began", None)
    monkeypatch.setattr(clockwork, "_remembered", LastBackup())


def plan(**settings: str) -> Plan:
    given = {"TO": "/backups", **settings}
    return read_plan({f"STAMPWELL_BACKUP_{name}": value for name, value in given.items()})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_nothing_is_planned_unless_a_place_is_set() -> None:
    assert not is_due(plan(TO=""), LastBackup(), NOON)
    assert is_due(plan(), LastBackup(), NOON)


def test_one_is_due_after_its_time_of_day_in_its_zone() -> None:
    daily = plan(AT="03:30 Asia/Tokyo")  # 18:30 UTC
    made = LastBackup(went_well=at("2026-11-22T18:31Z"), tried=at("2026-11-22T18:31Z"))

    assert not is_due(daily, made, at("2026-11-23T18:29Z"))
    assert is_due(daily, made, at("2026-11-23T18:30Z"))


def test_a_night_that_was_missed_is_made_up_for_at_once() -> None:
    made = LastBackup(went_well=at("2026-11-20T03:30Z"), tried=at("2026-11-20T03:30Z"))

    assert is_due(plan(), made, at("2026-11-23T12:00Z"))


def test_after_a_failure_it_is_tried_again_but_not_at_once() -> None:
    failed = LastBackup(went_well=at("2026-11-22T03:30Z"), tried=NOON, trouble="The disk is full.")

    assert not is_due(plan(), failed, NOON + AFTER_FAILURE - timedelta(seconds=1))
    assert is_due(plan(), failed, NOON + AFTER_FAILURE)


def test_the_pauses_grow_with_each_failure_up_to_four_hours() -> None:
    assert [pause_after(failures) / AFTER_FAILURE for failures in (0, 1, 2, 3, 4)] == [1, 1, 2, 4, 8]
    assert pause_after(5) == pause_after(1_000_000) == LONGEST_PAUSE == timedelta(hours=4)


def test_a_note_from_a_clock_that_was_ahead_holds_nothing_up() -> None:
    ahead = NOON + timedelta(days=400)

    assert is_due(plan(), LastBackup(went_well=ahead, tried=ahead), NOON)
    assert is_due(plan(), LastBackup(tried=ahead, trouble="x"), NOON)


@pytest.mark.parametrize(
    "settings",
    [
        {"TO": "backups"},
        {"TO": "../backups"},
        {"TO": "s3://"},
        {"TO": "s3://Bucket_/x y"},
        {"TO": "ftp://host/x"},
        {"KEEP": "7"},
        {"KEEP": "0d"},
        {"KEEP": "7d 7d"},
        {"KEEP": "-1d"},
        {"KEEP": "all"},
        {"AT": "24:00"},
        {"AT": "3:7"},
        {"AT": "03:30 Mars/Olympus"},
        {"AT": "03:30 ../../etc/passwd"},
        {"AT": "noon"},
        {"RECIPIENT": "age1x", "PASSPHRASE_FILE": "/x"},
    ],
    ids=str,
)
def test_a_setting_that_cannot_work_is_told_in_a_sentence(settings: dict[str, str]) -> None:
    with pytest.raises(BackupTrouble, match="STAMPWELL_BACKUP_"):
        plan(**settings)


def test_the_usual_plan_keeps_a_week_a_month_and_a_year() -> None:
    usual = plan()

    assert usual.keep == Keep(days=7, weeks=4, months=12)
    assert usual.latest_moment(NOON) == at("2026-11-23T03:30Z")


def names(first: datetime, days: int) -> list[str]:
    return [name_for(MARK, first + timedelta(days=day), sealed=day % 2 == 0) for day in range(days)]


def test_the_newest_of_each_day_week_and_month_is_kept() -> None:
    of_400_days = names(at("2025-10-20T03:30Z"), 400)  # until 23 November 2026

    gone = no_longer_wanted(of_400_days, MARK, Keep(days=3, weeks=2, months=3))

    left = sorted(set(of_400_days) - set(gone))
    assert [name.split("-")[2][:8] for name in left] == ["20260930", "20261031", "20261121", "20261122", "20261123"]


def test_two_of_a_day_count_once_and_the_newer_one_is_kept() -> None:
    morning, evening = name_for(MARK, NOON, sealed=False), name_for(MARK, NOON + timedelta(hours=8), sealed=False)

    assert no_longer_wanted([evening, morning], MARK, Keep(days=7, weeks=0, months=0)) == [morning]


def before(step: str, moment: datetime) -> str:
    return name_for(MARK, moment, sealed=False, before_step=step)


def test_what_was_made_before_an_upgrade_outlives_later_ones_of_its_day() -> None:
    """An upgrade was killed, begun again half-way, and then the plan made one as well."""
    killed, again = before("0044_first", NOON), before("0045_second", NOON + timedelta(hours=1))
    later = names(NOON + timedelta(hours=2), 2)

    assert no_longer_wanted([killed, again, *later], MARK, Keep(days=1, weeks=0, months=0)) == later[:1]


def test_of_an_upgrade_that_is_begun_again_and_again_the_first_and_the_last_of_a_day_stay() -> None:
    tries = [before("0044_first", NOON + timedelta(minutes=10 * number)) for number in range(5)]

    assert no_longer_wanted(tries, MARK, Keep(days=1, weeks=0, months=0)) == tries[1:4]


def test_what_was_made_before_an_upgrade_goes_with_the_others_after_thirty_days() -> None:
    made, wanted = before("0044_first", NOON), Keep(days=1, weeks=0, months=0)
    a_month_on, a_day_later = names(NOON + timedelta(days=30), 2)

    assert no_longer_wanted([made, a_month_on], MARK, wanted) == []
    assert no_longer_wanted([made, a_day_later], MARK, wanted) == [made]


def test_the_newest_is_kept_whatever_the_plan_says() -> None:
    only = name_for(MARK, NOON, sealed=True)

    assert no_longer_wanted([only], MARK, Keep(days=0, weeks=0, months=0)) == []


def test_what_this_installation_has_not_made_is_never_deleted() -> None:
    others = [
        name_for("ffffffff", at("2020-01-01T00:00Z"), sealed=False),
        "stampwell-0123abcd-20200101T000000Z.tar.gz",
        "stampwell-0123abcd-20200101T000000Z.tar.unfinished-1234abcd",
        "stampwell-0123abcd-20201399T000000Z.tar",
        "my-stampwell-0123abcd-20200101T000000Z.tar",
        "taxes.pdf",
    ]

    assert no_longer_wanted([*names(NOON, 30), *others], MARK, Keep(days=1, weeks=0, months=0)) == names(NOON, 29)


def test_a_name_gives_no_key_away() -> None:
    assert installation_mark(bytes(32)) != installation_mark(b"1" + bytes(31))
    assert len(installation_mark(bytes(32))) == 8


@pytest.mark.django_db(transaction=True)
def test_a_planned_one_is_stored_remembered_and_the_old_ones_go(lume: Shop, tmp_path: Path) -> None:
    of, folder = installation(tmp_path), tmp_path / "backups"
    folder.mkdir()
    mark = installation_mark(bytes.fromhex(of.keys["token_key"]))
    old = [folder / name_for(mark, now() - timedelta(days=day), sealed=False) for day in (1, 2, 3)]
    left = folder / f"{name_for(mark, NOON, sealed=True)}.unfinished-0a0a0a0a"
    for file in [*old, left, folder / "taxes.pdf"]:
        file.touch()

    place = back_up_by_plan(plan(TO=str(folder), KEEP="2d"), of)

    made = Path(place)
    assert {file.name for file in folder.iterdir()} == {made.name, old[0].name, "taxes.pdf"}
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert last_backup(tmp_path) == LastBackup(
        went_well=now(), tried=now(), place=place, size=made.stat().st_size, trouble=""
    )


@pytest.mark.django_db(transaction=True)
def test_two_of_the_same_second_both_stay(tmp_path: Path) -> None:
    (folder := tmp_path / "backups").mkdir()
    (data := tmp_path / "data").mkdir()

    with stopped_at(NOON):
        places = [
            back_up_by_plan(plan(TO=str(folder)), installation(data), before_step="0020_receipts") for _ in range(2)
        ]

    assert sorted(places) == sorted(str(file) for file in folder.iterdir())
    assert len(set(places)) == 2


def test_a_failed_one_deletes_nothing_and_is_remembered(tmp_path: Path) -> None:
    of, folder = installation(tmp_path, url="postgresql://x@/x?host=/nowhere"), tmp_path / "backups"
    folder.mkdir()
    mark = installation_mark(bytes.fromhex(of.keys["token_key"]))
    old = [folder / name_for(mark, now() - timedelta(days=day), sealed=False) for day in (1, 200)]
    for file in old:
        file.touch()

    with pytest.raises(BackupTrouble):
        back_up_by_plan(plan(TO=str(folder), KEEP="1d"), of)

    assert sorted(folder.iterdir()) == sorted(old)
    assert "cannot be used" in last_backup(tmp_path).trouble
    assert last_backup(tmp_path).went_well is None


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(BackupTrouble, match="no folder"):
        back_up_by_plan(plan(TO=str(tmp_path / "not mounted")), installation(tmp_path, url="postgresql://x@/x"))

    assert {entry.name for entry in tmp_path.iterdir()} == {"backup.lock", FILE}


def test_a_data_folder_in_which_nothing_can_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    """As on a full disk, where no note of the failure can be kept either."""
    nowhere = tmp_path / "gone"

    with pytest.raises(BackupTrouble, match=f"{nowhere / 'backup.lock'} cannot be written"):
        back_up_by_plan(plan(TO=str(tmp_path)), installation(nowhere, url="postgresql://x@/x"))
    note_failure(nowhere, "The disk is full.")

    assert last_backup(nowhere) == LastBackup()


def test_a_folder_that_fails_is_told_in_a_sentence_and_noted(tmp_path: Path) -> None:
    """A folder in the place of what is to be cleared up: no user can unlink it, root neither."""
    of, folder = installation(tmp_path, url="postgresql://x@/x"), tmp_path / "backups"
    name = name_for(installation_mark(bytes.fromhex(of.keys["token_key"])), NOON, sealed=True)
    left = folder / f"{name}.unfinished-0a0a0a0a"
    left.mkdir(parents=True)

    with pytest.raises(BackupTrouble, match=f"{left} cannot be written"):
        back_up_by_plan(plan(TO=str(folder)), of)

    assert str(left) in last_backup(tmp_path).trouble


def test_a_plan_that_cannot_work_is_noted_by_the_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAMPWELL_BACKUP_TO", "somewhere")

    back_up_when_due(tmp_path)

    assert "STAMPWELL_BACKUP_TO" in last_backup(tmp_path).trouble


def test_a_plan_that_cannot_work_is_said_once_and_then_every_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("STAMPWELL_BACKUP_TO", "somewhere")
    first = now()

    for minute in range(121):
        with stopped_at(first + timedelta(minutes=minute)):
            back_up_when_due(tmp_path)

    assert [record.message[:20] for record in caplog.records] == ["No backup is made: S"] * 3
    assert last_backup(tmp_path).failures == 1, "no pause grows where none was tried"


def test_a_worker_that_was_started_again_says_it_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("STAMPWELL_BACKUP_TO", "somewhere")
    back_up_when_due(tmp_path)
    monkeypatch.setattr(clockwork, "_remembered", LastBackup())

    back_up_when_due(tmp_path)

    assert len(caplog.records) == 2


def test_where_no_failure_can_be_noted_the_pauses_grow_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As on a full disk, on which neither the backup nor the note of its failure has room."""
    full, started, first = tmp_path / "full", [], now()
    monkeypatch.setenv("STAMPWELL_BACKUP_TO", str(tmp_path))

    def fail(*_command: str) -> "subprocess.Popen[bytes]":
        started.append((now() - first) / timedelta(minutes=1))
        failed = subprocess.Popen(["/bin/false"])
        failed.wait()
        return failed

    monkeypatch.setattr(clockwork, "_start", fail)
    with caplog.at_level(logging.ERROR):
        for minute in range(12 * 60):
            with stopped_at(first + timedelta(minutes=minute)):
                back_up_when_due(full)

    assert last_backup(full) == LastBackup()
    # Each is seen to have failed with the look after it, a minute later.
    assert started == [0, 31, 92, 213, 454, 695]
    assert len(caplog.records) == len(started)


def test_one_that_is_made_by_hand_meanwhile_ends_the_pauses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAMPWELL_BACKUP_TO", str(tmp_path))
    monkeypatch.setattr(clockwork, "_remembered", LastBackup(tried=now(), trouble="The disk is full.", failures=9))

    with stopped_at(now() + timedelta(minutes=1)):
        note_success(tmp_path, place="/backups/one.tar", size=7)

    assert clockwork._last(tmp_path).failures == 0


def test_the_worker_leaves_a_plan_alone_that_is_not_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAMPWELL_BACKUP_TO", str(tmp_path))
    note_failure(tmp_path, "The disk is full.")

    with stopped_at(now() + timedelta(minutes=1)):
        back_up_when_due(tmp_path)

    assert last_backup(tmp_path).trouble == "The disk is full."


def test_a_backup_that_is_made_ends_with_the_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = tmp_path / "left"
    script = f"trap 'rm {left}; exit' TERM; touch {left}; while true; do sleep 0.05; done"
    monkeypatch.setenv("STAMPWELL_BACKUP_TO", str(tmp_path))
    start = partial(clockwork._start, "/bin/sh", "-c", script)
    monkeypatch.setattr(clockwork, "_start", lambda *_command: start())
    back_up_when_due(tmp_path)
    while not left.exists():
        time.sleep(0.01)

    stop_backup(patience=20)

    assert not left.exists()
    assert not last_backup(tmp_path).trouble
