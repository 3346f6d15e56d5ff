"""Which figures are wrong, and what is said of them."""

from datetime import timedelta

import pytest

from stampwell.mail.queue import QueueLength
from stampwell.watch.alarm_rules import find_alarms, judged_by_worker, worker_stands_still
from stampwell.watch.alarms import Alarm
from stampwell.watch.disk import Space
from stampwell.watch.figures import Events, Figures
from tests.moments import START

GB = 2**30


def alarms(**figures: object) -> list[Alarm]:
    return list(find_alarms(Figures(taken=START, **figures)))  # type: ignore[arg-type]


def names(**figures: object) -> list[str]:
    return [alarm.name for alarm in alarms(**figures)]


def test_an_installation_that_is_well_has_none() -> None:
    well = alarms(
        events=Events(3, 600.0),
        disks={"data": Space(10 * GB, 100 * GB)},
        certificates={"pass.x": START + timedelta(days=21, seconds=1)},
        backup=START - timedelta(hours=26),
        backup_planned=True,
        refused={"apple": 0, "google": 0},
        errors=9,
    )

    assert well == []


def test_events_that_wait_for_more_than_ten_minutes() -> None:
    [alarm] = alarms(events=Events(7, 14 * 60.0))

    assert alarm.name == "events"
    assert alarm.said.startswith("7 events wait, the oldest for 14 minutes: ")


def test_mail_that_waits_is_trouble_of_which_no_mail_tells() -> None:
    assert alarms(mail=QueueLength(2, 30 * 60.0, 9)) == []
    [alarm] = alarms(mail=QueueLength(2, 40 * 60.0, 0))

    assert alarm.said.startswith("2 mails wait, the oldest for 40 minutes: ")
    assert not judged_by_worker(Figures(taken=START), alarm.figure)


def test_a_disk_is_told_once_though_two_things_lie_on_it() -> None:
    full = Space(9 * GB, 100 * GB, device=1)

    assert names(disks={"data": full, "database": full}) == ["disks data"]
    assert "9.0 of 100.0 GB are free" in alarms(disks={"data": full})[0].said


def test_two_disks_of_one_size_are_two() -> None:
    first, second = (Space(9 * GB, 100 * GB, device=number) for number in (1, 2))

    assert names(disks={"data": first, "database": second}) == ["disks data", "disks database"]


@pytest.mark.parametrize(
    ("left", "stage"),
    [
        (timedelta(days=21), 1),
        (timedelta(days=7, seconds=1), 1),
        (timedelta(days=7), 2),
        (timedelta(days=1), 3),
        (timedelta(seconds=1), 3),
        (timedelta(), 4),
        (-timedelta(days=9), 4),
    ],
)
def test_a_certificate_that_ends(left: timedelta, stage: int) -> None:
    [alarm] = alarms(certificates={"pass.x": START + left})

    assert (alarm.name, alarm.stage) == ("certificates pass.x", stage)
    assert ("ended on" in alarm.said) == (stage == 4)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"backup": START - timedelta(hours=27), "backup_planned": True}, ["backup"]),
        ({"backup": None, "backup_planned": True}, ["backup"]),
        ({"backup": START - timedelta(days=8), "backup_planned": False}, []),
        ({"backup": START - timedelta(days=9), "backup_planned": False}, ["backup"]),
        ({"backup": None, "backup_planned": False}, []),
    ],
)
def test_a_backup_that_is_too_old(figures: dict[str, object], expected: list[str]) -> None:
    assert names(**figures) == expected


def test_why_the_last_backup_failed_is_said() -> None:
    [alarm] = alarms(backup=START - timedelta(days=3), backup_planned=True, backup_trouble="The disk is full.")

    assert "is 3 days old. The last try failed: The disk is full." in alarm.said


def test_a_wallet_that_refuses_has_an_hour() -> None:
    [alarm] = alarms(refused={"apple": 0, "google": 4})

    assert (alarm.name, alarm.after) == ("refused google", timedelta(hours=1))
    assert "4 cards" in alarm.said


def test_many_errors() -> None:
    assert names(errors=10) == ["errors"]


def test_what_was_not_measured_is_not_judged() -> None:
    figures = Figures(taken=START, missing=["disks"])

    judged = [figure for figure in ("worker", "disks", "events") if judged_by_worker(figures, figure)]

    assert judged == ["events"]


def test_how_long_the_worker_is_silent() -> None:
    assert "has never been seen" in worker_stands_still(None).said
    assert "was last seen 5 minutes ago" in worker_stands_still(timedelta(minutes=5)).said
    assert "was last seen 2 days ago" in worker_stands_still(timedelta(days=2, hours=23)).said
