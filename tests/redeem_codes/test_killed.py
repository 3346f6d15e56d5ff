"""A worker that is killed by the kernel, at every point of its steps, adds each code once all the same."""

from pathlib import Path

import pytest

from stampwell.redeem_codes.making import ask_to_make
from stampwell.redeem_codes.models import PoolCode
from stampwell.redeem_codes.recipes import Recipe
from stampwell.redeem_codes.revoking import revoke_batch
from tests.jobs.conftest import queue as queue
from tests.jobs.killed_worker import kill_until_done
from tests.redeem_codes.working import ask_as_program, codes_in, file_of, found, pool_of, stock
from tests.world import Shop

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("queue"), pytest.mark.machine_clock]
SEVEN = [f"CODE{number}" for number in range(7)]


def test_each_code_is_added_once_however_often_the_worker_is_killed(lume: Shop, tmp_path: Path) -> None:
    pool = pool_of(lume)
    batch_id = ask_as_program(lume, pool, file_of([*SEVEN, SEVEN[0], ""]))

    assert kill_until_done(tmp_path, "stampwell.redeem_codes.checking", "stampwell.redeem_codes.stocking") > 10
    batch = found(lume, pool, batch_id)
    assert (batch.step, batch.codes, batch.has_found.faults) == ("written", 7, {"twice": 1, "blank": 1})
    assert codes_in(pool) == SEVEN


def test_each_free_code_is_withdrawn_however_often_the_worker_is_killed(lume: Shop, tmp_path: Path) -> None:
    pool = pool_of(lume)
    batch_id = stock(lume, pool, SEVEN)
    revoke_batch(lume.merchant, pool.id, batch_id, actor=lume.actor)

    assert kill_until_done(tmp_path, "stampwell.redeem_codes.revoking") > 5
    assert (found(lume, pool, batch_id).step, found(lume, pool, batch_id).withdrawn) == ("withdrawn", 7)
    assert not PoolCode.objects.filter(revoked=None).exists()


def test_as_many_codes_are_made_however_often_the_worker_is_killed(lume: Shop, tmp_path: Path) -> None:
    pool = pool_of(lume)
    batch = ask_to_make(lume.merchant, pool.id, Recipe(), count=7, actor=lume.actor)

    assert kill_until_done(tmp_path, "stampwell.redeem_codes.making") > 5
    done = found(lume, pool, batch.id)
    assert (done.step, done.codes, done.rows) == ("waiting_for_till", 7, 7)
    assert len(codes_in(pool)) == 7
