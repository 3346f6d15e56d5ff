"""The worker measures the whole installation, and the page for Prometheus shows it without naming anybody."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from stampwell.backups.record import note_success
from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.events.actors import OPERATOR
from stampwell.job_kinds import KINDS
from stampwell.jobs.asking import ask_for
from stampwell.mail.queue import Content, QueueLength, keep_mail
from stampwell.reactions import FOLLOWERS
from stampwell.schedule import follow_events, order_events
from stampwell.transactions import merchant_transaction
from stampwell.watch import figures
from stampwell.watch.figures import measure, read_figures, take_figures
from stampwell.watch.heartbeat import beat
from tests.moments import START
from tests.world import Shop

pytestmark = pytest.mark.django_db


def stamp(shop: Shop) -> None:
    add_stamp(shop.merchant, shop.publish().card().id, Purchase(), actor=shop.actor)


def test_events_wait_until_they_are_in_order_and_read(lume: Shop) -> None:
    stamp(lume)
    with stopped_at(START + timedelta(minutes=11)):
        before = measure()
        order_events()
        between = measure()
        follow_events()
        after = measure()

    assert before.events is not None
    assert before.events.waiting >= 3
    assert before.events.oldest_seconds == 660
    assert between.events == figures.Events(0, 0.0)
    assert set(between.followers.values()) == {before.events.waiting}
    assert after.followers == {follower.name: 0 for follower in FOLLOWERS}


def test_mail_is_counted(lume: Shop) -> None:
    keep_mail("eve@lume.example", Content("Hello", "Hello"), kind="trial", expires=START + timedelta(days=1))

    with stopped_at(START + timedelta(minutes=2)):
        assert measure().mail == QueueLength(waiting=1, oldest_seconds=120.0, failed=0)


def test_jobs_are_counted_by_their_state(lume: Shop) -> None:
    with merchant_transaction(lume.merchant.id) as tx:
        ask_for(tx, next(iter(KINDS)), asker=OPERATOR)

    assert measure().jobs == {"waiting": 1, "running": 0, "done": 0, "failed": 0}


def test_the_database_and_the_disks_are_measured() -> None:
    taken = measure()

    assert taken.connections["active"] >= 1
    assert taken.connections_limit
    assert taken.database_bytes
    assert taken.kept_answers is not None
    assert taken.disks["data"].total >= taken.disks["data"].free > 0


def test_the_last_backup_is_known() -> None:
    note_success(settings.DATA_DIR, place="x", size=1)

    assert measure().backup == START


def test_a_figure_that_cannot_be_taken_hides_no_other(caplog: pytest.LogCaptureFixture) -> None:
    broken = {"connections": _break, "jobs": figures._MEASURES["jobs"]}

    taken = measure(broken)

    assert (taken.connections, taken.jobs["waiting"]) == ({}, 0)
    assert "The figure “connections” could not be taken" in caplog.text


def _break() -> None:
    raise OSError("the disk is gone")


def test_what_was_measured_is_kept_and_read_again(lume: Shop) -> None:
    stamp(lume)
    beat()
    take_figures()
    with stopped_at(START + timedelta(minutes=1)):
        take_figures()
        seen = read_figures()

    assert seen is not None
    assert seen.worker_silence == 60
    assert seen.figures is not None
    assert seen.figures.taken == START + timedelta(minutes=1)
    assert seen.figures.events is not None
    assert seen.figures.events.waiting >= 3


def test_figures_of_another_version_are_not_shown() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO figures (name, taken, figures) VALUES ('latest', now(), '{\"taken\": 7}')")

    seen = read_figures()

    assert seen is not None
    assert seen.figures is None
