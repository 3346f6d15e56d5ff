"""A worker of the product that the kernel kills at a chosen point of its jobs, as often as is asked for.

`main` waits for numbers, one a line. For each it forks a worker, which does what is in the queue and is killed with
SIGKILL at that point; 0 never comes. Then it says "killed" or "ended". Points are counted where a step begins, in it
just before its COMMIT, and behind it.
"""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path

from django.conf import settings
from django.db import connection

from stampwell.job_kinds import KINDS
from stampwell.jobs.kinds import Kind
from stampwell.jobs.models import Job
from stampwell.jobs.queue import take_back_from_the_dead
from stampwell.jobs.run import Run
from stampwell.jobs.worker import JobWorker
from stampwell.removal.deleting import DELETE_SHOP, delete_shop
from stampwell.transactions import Statements
from tests.processes import Program
from tests.serving import database_url

LITTLE = 2  # rows of a step
COMMAND = "import django; django.setup(); from tests.jobs.killed_worker import main; main()"


def kill_until_done(folder: Path, *in_pieces: str) -> int:
    """Starts workers until one of them has done everything, and kills the first at the first point, the second at the
    second and so on; how many were killed. The modules in `in_pieces` do little in each step.
    """
    with worker(folder, *in_pieces) as run:
        return next(deaths for deaths in count() if run(deaths + 1) == "ended")


def work_unkilled(folder: Path, *in_pieces: str) -> None:
    with worker(folder, *in_pieces) as run:
        assert run(0) == "ended"


@contextmanager
def worker(folder: Path, *in_pieces: str) -> "Iterator[partial[str]]":
    command = [sys.executable, "-c", COMMAND, *in_pieces]
    with (folder / "worker.log").open("wb") as log, _program(command, log.fileno()) as program:
        yield partial(_run, program, folder / "worker.log")
        assert program.stdin
        program.stdin.close()
        program.wait()


def _program(command: list[str], log: int) -> Program:
    return Program(command, env=_environment(), stdin=-1, stdout=-1, stderr=log)


def _environment() -> Mapping[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "stampwell.settings",
        "STAMPWELL_DATA": str(settings.DATA_DIR),
        "STAMPWELL_TOKEN_KEY": settings.TOKEN_KEY.hex(),
        "STAMPWELL_SECRET_KEY": settings.SECRET_KEY,
        "STAMPWELL_BASE_URL": settings.BASE_URL,
    }


def _run(program: Program, log: Path, point: int) -> str:
    _find_again()
    assert program.stdin
    assert program.stdout
    program.stdin.write(f"{point}\n".encode())
    program.stdin.flush()
    said = program.stdout.readline().decode().strip()
    assert said, log.read_text()
    return said


def _find_again() -> None:
    """As if the minute had passed in which a dead worker is missed. A job that takes every worker with it would be
    given up; here only we are to blame.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")
    take_back_from_the_dead()
    Job.objects.filter(ended=None).update(failures=0)


def main() -> None:
    for name in sys.argv[1:]:
        setattr(import_module(name), "AT_ONCE", LITTLE)  # noqa: B010 - mypy knows no name that is set so
    for line in sys.stdin:
        if (pid := os.fork()) == 0:
            die_at(int(line))
            kinds = KINDS | {DELETE_SHOP: Kind(work=partial(delete_shop, batch=LITTLE))}
            JobWorker(kinds).empty_the_queue()
            os._exit(0)
        _pid, status = os.waitpid(pid, 0)
        print("killed" if os.WIFSIGNALED(status) else "ended" if status == 0 else "", flush=True)


def die_at(point: int) -> None:
    points = count(1)
    whole_step = Run.step

    def pass_point() -> None:
        if next(points) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def step(run: Run) -> Iterator[Statements]:
        pass_point()
        with whole_step(run) as tx:
            yield tx
            tx.send()  # so that the database has everything but the COMMIT
            pass_point()
        pass_point()

    setattr(Run, "step", step)  # noqa: B010 - as above
