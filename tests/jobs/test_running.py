"""A job is done once for its effect, whatever happens to those who do it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from stampwell.clock import now, stopped_at
from stampwell.events.actors import OPERATOR
from stampwell.jobs.asking import ask_for, find_job, retry_job
from stampwell.jobs.clearing import forget_old_jobs
from stampwell.jobs.kinds import Kind, Kinds
from stampwell.jobs.models import Job
from stampwell.jobs.queue import take_back_from_the_dead
from stampwell.jobs.run import Run
from stampwell.jobs.running import DIED, work_on
from stampwell.jobs.worker import JobWorker
from stampwell.merchants.models import Location
from stampwell.refusal import NotFound, RequestInProgress
from stampwell.transactions import merchant_transaction
from tests.jobs.branches import BRANCHES, PLAN, kind
from tests.processes import Program
from tests.serving import database_url
from tests.world import Shop

pytestmark = pytest.mark.usefixtures("queue")

ALL = [f"Branch {number}" for number in range(1, BRANCHES + 1)]


@pytest.fixture
def shop(queue: None, lume: Shop) -> Shop:
    return lume


def ask(shop: Shop, name: str = "branches") -> UUID:
    with merchant_transaction(shop.merchant.id) as tx:
        return ask_for(tx, name, asker=OPERATOR)


def place_of(shop: Shop, job_id: UUID) -> int:
    place = find_job(shop.merchant.id, job_id).place
    assert place is not None
    return place


def work(shop: Shop, job_id: UUID, kinds: Kinds, *, is_stopping: Callable[[], bool] = lambda: False) -> None:
    work_on(shop.merchant.id, job_id, place=place_of(shop, job_id), kinds=kinds, is_stopping=is_stopping)


def branches(shop: Shop) -> list[str]:
    rows = Location.objects.filter(merchant=shop.merchant).exclude(id=shop.location.id)
    return list(rows.order_by("created", "name").values_list("name", flat=True))


def places() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs ORDER BY priority DESC, id")
        return [status for (status,) in cursor.fetchall()]


def states(shop: Shop) -> list[str]:
    return list(Job.objects.filter(merchant=shop.merchant).order_by("id").values_list("state", flat=True))


def nothing(_run: Run) -> None: ...


def die(_run: Run) -> None:
    raise ValueError("a secret of the shop")


def test_a_worker_does_what_was_asked_for_and_leaves_the_queue_empty(shop: Shop) -> None:
    job_id = ask(shop)

    JobWorker({"branches": kind(nothing)}).empty_the_queue()

    job = find_job(shop.merchant.id, job_id)
    assert (job.state, job.done, job.total, job.runs, job.failures) == ("done", BRANCHES, BRANCHES, 1, 0)
    assert job.begun
    assert job.ended
    assert branches(shop) == ALL
    assert places() == []


def test_a_worker_hears_at_once_and_stops_when_told(shop: Shop) -> None:
    done = threading.Event()

    def tell(run: Run) -> None:
        if run.done == BRANCHES:
            done.set()

    worker = JobWorker({"branches": kind(tell)})
    worker.start()
    ask(shop)

    assert done.wait(20)
    worker.stop()
    assert states(shop) == ["done"]
    assert places() == []


def test_a_step_that_fails_leaves_neither_its_effect_nor_its_note(shop: Shop) -> None:
    def fail_inside(run: Run) -> None:
        with run.step() as tx:
            Location.objects.create(merchant_id=run.merchant_id, name="Half a branch", time_zone="UTC")
            run.note(tx, done=1, cursor="half")
            tx.send()
            raise ValueError

    job_id = ask(shop)
    work(shop, job_id, {"branches": Kind(work=fail_inside)})

    job = find_job(shop.merchant.id, job_id)
    assert (job.done, job.cursor) == (0, "")
    assert branches(shop) == []


def test_a_job_that_fails_is_tried_again_by_its_plan_and_then_has_failed(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    job_id = ask(shop)
    told = []

    for _try in range(3):
        work(shop, job_id, {"branches": kind(die)})
        job = find_job(shop.merchant.id, job_id)
        told.append((job.state, job.failures, job.problem, job.done))

    assert told == [
        ("waiting", 1, "ValueError", 1),
        ("waiting", 2, "ValueError", 2),
        ("failed", 3, "ValueError", 3),
    ]
    assert branches(shop) == ALL[:3]
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheduled_at FROM procrastinate_jobs WHERE scheduled_at IS NOT NULL ORDER BY id")
        first, second = (at for (at,) in cursor.fetchall())
    assert PLAN.pauses[0] - timedelta(minutes=1) < first - now() <= PLAN.pauses[0]
    assert PLAN.pauses[0] < second - now() <= PLAN.pauses[1]
    assert "failed" in caplog.text


def test_a_job_that_has_failed_goes_on_where_it_was_when_somebody_says_so(shop: Shop) -> None:
    job_id = ask(shop)
    for _try in range(3):
        work(shop, job_id, {"branches": kind(die)})

    assert retry_job(shop.merchant.id, job_id)
    assert states(shop) == ["waiting"]
    work(shop, job_id, {"branches": kind(nothing)})

    assert states(shop) == ["done"]
    assert branches(shop) == ALL
    assert not retry_job(shop.merchant.id, job_id)


def test_a_strangers_job_is_not_found(shop: Shop, rossi: Shop) -> None:
    job_id = ask(shop)

    for act in (find_job, retry_job):
        with pytest.raises(NotFound):
            act(rossi.merchant.id, job_id)


def test_what_the_business_refuses_is_not_tried_again(shop: Shop) -> None:
    def refuse(_run: Run) -> None:
        raise NotFound

    job_id = ask(shop)
    work(shop, job_id, {"branches": kind(refuse)})

    job = find_job(shop.merchant.id, job_id)
    assert (job.state, job.problem) == ("failed", "not_found")


def test_a_row_that_somebody_else_holds_is_waited_for(shop: Shop) -> None:
    def busy(_run: Run) -> None:
        raise RequestInProgress

    job_id = ask(shop)
    work(shop, job_id, {"branches": kind(busy)})

    job = find_job(shop.merchant.id, job_id)
    assert (job.state, job.problem) == ("waiting", "request_in_progress")


def test_a_job_whose_worker_stops_goes_on_in_the_next_one(shop: Shop) -> None:
    job_id = ask(shop)
    stopping = threading.Event()

    def stop_in_the_middle(run: Run) -> None:
        if run.done == 2:
            stopping.set()

    kinds = {"branches": kind(stop_in_the_middle)}
    work(shop, job_id, kinds, is_stopping=stopping.is_set)

    assert states(shop) == ["waiting"]
    assert branches(shop) == ALL[:2]
    JobWorker(kinds).empty_the_queue()
    job = find_job(shop.merchant.id, job_id)
    assert (job.state, job.runs, job.failures) == ("done", 2, 0)
    assert branches(shop) == ALL
    assert places() == []


def test_a_run_that_was_taken_for_dead_changes_nothing_more(shop: Shop) -> None:
    job_id = ask(shop)

    def fall_asleep(run: Run) -> None:
        if run.number == 1 and run.done == 2:
            work(shop, job_id, {"branches": kind(nothing)})

    work(shop, job_id, {"branches": kind(fall_asleep)})

    job = find_job(shop.merchant.id, job_id)
    assert (job.state, job.runs, job.done) == ("done", 2, BRANCHES)
    assert branches(shop) == ALL


def test_a_job_that_takes_its_worker_with_it_is_given_up(shop: Shop) -> None:
    class Killed(BaseException):
        """Like a kill: nobody writes anything down."""

    def kill(_run: Run) -> None:
        raise Killed

    job_id = ask(shop)
    for _try in range(3):
        with pytest.raises(Killed):
            work(shop, job_id, {"branches": kind(kill)})

    work(shop, job_id, {"branches": kind(kill)})

    job = find_job(shop.merchant.id, job_id)
    assert (job.state, job.problem) == ("failed", DIED)


def test_a_job_of_a_kind_that_only_a_newer_worker_knows_waits_for_that(shop: Shop) -> None:
    job_id = ask(shop)

    work(shop, job_id, {})

    assert states(shop) == ["waiting"]
    assert places() == ["todo", "todo"]  # the new place is for a minute from now
    work(shop, job_id, {"branches": kind(nothing)})
    assert branches(shop) == ALL


def test_a_job_that_has_ended_or_is_gone_is_not_begun_again(shop: Shop) -> None:
    job_id = ask(shop)
    work(shop, job_id, {"branches": kind(nothing)})

    place = place_of(shop, job_id)

    def begin_again() -> None:
        work_on(shop.merchant.id, job_id, place=place, kinds={"branches": kind(die)}, is_stopping=lambda: False)

    begin_again()
    assert states(shop) == ["done"]
    Job.objects.all().delete()
    begin_again()

    assert branches(shop) == ALL


def test_a_place_that_is_no_longer_the_jobs_leads_nowhere(shop: Shop) -> None:
    job_id = ask(shop)
    old = place_of(shop, job_id)
    work(shop, job_id, {})  # it waits at another place now

    kinds = {"branches": kind(nothing)}
    work_on(shop.merchant.id, job_id, place=old, kinds=kinds, is_stopping=lambda: False)

    assert states(shop) == ["waiting"]
    assert branches(shop) == []


def test_one_shops_many_jobs_do_not_hold_up_anothers_one(shop: Shop, rossi: Shop) -> None:
    for _job in range(3):
        ask(shop)
    ask(rossi)

    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'merchant_id' FROM procrastinate_jobs ORDER BY priority DESC, id")
        order = [UUID(merchant) for (merchant,) in cursor.fetchall()]
    ours, theirs = shop.merchant.id, rossi.merchant.id
    assert order == [ours, theirs, ours, ours]


@pytest.mark.machine_clock
@pytest.mark.long
def test_a_killed_workers_job_is_found_again_and_done_once(shop: Shop) -> None:
    job_id = ask(shop)
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "stampwell.settings",
    }
    command = [sys.executable, "-c", "import django; django.setup(); from tests.jobs.branches import main; main()"]
    with Program(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdout
        assert worker.stdout.readline() == b"in the middle\n"
        worker.kill()

    assert branches(shop) == ALL[:3]
    take_back_from_the_dead()
    assert places() == ["doing"]  # it may be alive for all one knows
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")
    take_back_from_the_dead()
    JobWorker({"branches": kind(nothing)}).empty_the_queue()

    job = find_job(shop.merchant.id, job_id)
    assert (job.state, job.runs, job.failures) == ("done", 2, 1)
    assert branches(shop) == ALL
    assert places() == []


def test_a_long_job_holds_up_no_other(shop: Shop, rossi: Shop) -> None:
    begun, released, done = threading.Event(), threading.Event(), threading.Event()

    def be_long(_run: Run) -> None:
        begun.set()
        assert released.wait(20)

    worker = JobWorker({"long": Kind(work=be_long), "short": Kind(work=lambda _run: done.set())})
    worker.start()
    ask(shop, "long")
    assert begun.wait(20)
    ask(rossi, "short")

    assert done.wait(20)
    released.set()
    worker.stop()
    assert states(shop) == ["done"]


def test_what_is_told_of_a_job_holds_no_words_of_an_error(shop: Shop) -> None:
    job_id = ask(shop)
    work(shop, job_id, {"branches": kind(die)})

    assert "secret" not in json.dumps(list(Job.objects.values()), default=str)


def test_each_step_plans_by_what_the_tables_hold_by_then(shop: Shop) -> None:
    """A plan of the first step reads all the rows that the steps behind it write."""
    plans = []

    def look(run: Run) -> None:
        with run.step() as tx:
            plans.append(tx.value(str, "SHOW plan_cache_mode"))

    work(shop, ask(shop), {"branches": Kind(work=look)})

    assert plans == ["force_custom_plan"]


def test_old_jobs_are_forgotten_and_open_ones_are_not(shop: Shop) -> None:
    work(shop, ask(shop), {"branches": kind(nothing)})
    still_open = ask(shop)

    with stopped_at(now() + timedelta(days=89)):
        forget_old_jobs()
        assert len(states(shop)) == 2
    with stopped_at(now() + timedelta(days=91)):
        forget_old_jobs()

    assert [job.id for job in Job.objects.all()] == [still_open]
