"""A worker that is killed by the kernel, at every point of its steps, writes each row once all the same."""

from pathlib import Path

import pytest

from stampwell.cards.models import Card, Stamp
from stampwell.cards.recounting import recount
from stampwell.events.models import Event
from stampwell.imports.asking import ask_to_write
from stampwell.imports.rows import Written
from stampwell.jobs.models import Job
from tests.imports.test_importing import MANY
from tests.imports.working import ask_as_program, check, found, receive, report
from tests.jobs.conftest import queue as queue
from tests.jobs.killed_worker import kill_until_done
from tests.world import Shop

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("queue"), pytest.mark.machine_clock]


def test_each_row_is_written_once_however_often_the_worker_is_killed(lume: Shop, tmp_path: Path) -> None:
    offer = lume.publish()
    import_id = receive(lume, MANY)
    check(lume, offer, import_id)
    ask_to_write(lume.merchant, import_id, actor=lume.actor)

    assert kill_until_done(tmp_path, "stampwell.imports.writing") > 5, "where steps begin, in them and behind them"
    assert found(lume, import_id).state == "done"
    assert report(lume, import_id, Written) == Written(cards=7, stamps=21, addresses=7)
    assert (Card.objects.count(), sum(Stamp.objects.values_list("count", flat=True))) == (7, 21)
    assert Event.objects.filter(source="import").count() == 7 + 6 + 1
    assert recount(lume.merchant.id) == []


def test_what_a_program_asked_for_is_checked_and_written_once_however_often_the_worker_is_killed(
    lume: Shop, tmp_path: Path
) -> None:
    import_id = ask_as_program(lume, lume.publish(), MANY)

    assert kill_until_done(tmp_path, "stampwell.imports.checking", "stampwell.imports.writing") > 10
    assert found(lume, import_id).step == "written"
    assert report(lume, import_id, Written) == Written(cards=7, stamps=21, addresses=7)
    assert Job.objects.filter(merchant=lume.merchant, state="done").count() == 2
    assert Event.objects.filter(type="import.finished").count() == 1
