"""A batch that is withdrawn gives no more codes; those that somebody has stay."""

from uuid import UUID

import pytest

from stampwell.clock import new_id, now
from stampwell.events.models import DeskChange
from stampwell.job_kinds import KINDS
from stampwell.jobs.asking import retry_job
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from stampwell.redeem_codes import stocking
from stampwell.redeem_codes.models import CodeBatch, PoolCode
from stampwell.redeem_codes.refusals import CodesNotWritten, CodesUnderWay
from stampwell.redeem_codes.revoking import revoke_batch
from stampwell.redeem_codes.rows import PoolRow
from stampwell.sheets.files import file_of as sheet_of
from tests.redeem_codes.working import (
    CODES,
    ask_as_program,
    codes_in,
    file_of,
    found,
    pool_of,
    receive,
    revoke,
    stock,
    work,
)
from tests.world import Shop

pytestmark = pytest.mark.django_db


def test_free_codes_are_withdrawn_and_others_stay(lume: Shop) -> None:
    pool = pool_of(lume)
    first, second = stock(lume, pool), stock(lume, pool, ["STAY"])
    PoolCode.objects.filter(code=CODES[0]).update(given=now(), voucher_id=new_id())

    revoke(lume, pool, first)

    assert set(PoolCode.objects.filter(revoked=None).values_list("code", flat=True)) == {CODES[0], "STAY"}
    assert (found(lume, pool, first).step, found(lume, pool, first).withdrawn) == ("withdrawn", 2)
    assert found(lume, pool, second).step == "written"
    assert len(codes_in(pool)) == 4, "a code that was withdrawn is never taken in a second time"


def test_revoked_once_more_it_stays_as_it_is(lume: Shop) -> None:
    pool = pool_of(lume)
    batch_id = stock(lume, pool)
    revoke(lume, pool, batch_id)
    before = found(lume, pool, batch_id)

    assert revoke_batch(lume.merchant, pool.id, batch_id, actor=lume.actor) == before


def test_what_was_never_added_cannot_be_withdrawn(lume: Shop) -> None:
    pool = pool_of(lume)
    batch_id = receive(lume, pool, file_of(CODES))

    with pytest.raises(CodesNotWritten):
        revoke_batch(lume.merchant, pool.id, batch_id, actor=lume.actor)


def fail(shop: Shop, pool: PoolRow, batch_id: UUID) -> UUID:
    """Its newest job has failed for good."""
    job_id = found(shop, pool, batch_id).job_id
    assert job_id is not None
    Job.objects.filter(id=job_id).update(state="failed", problem="unexpected", ended=now())
    return job_id


def added_in_part(shop: Shop, pool: PoolRow, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """Two of three codes."""
    monkeypatch.setattr(stocking, "AT_ONCE", 2)
    batch_id = ask_as_program(shop, pool, file_of(CODES))
    work(shop, pool, batch_id, is_stopping=lambda: CodeBatch.objects.get(id=batch_id).codes > 0)
    return batch_id


def test_a_file_that_was_added_in_part_is_withdrawn(lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(lume)
    batch_id = added_in_part(lume, pool, monkeypatch)
    assert len(codes_in(pool)) == 2
    with pytest.raises(CodesUnderWay):
        revoke_batch(lume.merchant, pool.id, batch_id, actor=lume.actor)
    stopped = fail(lume, pool, batch_id)

    revoke(lume, pool, batch_id)

    assert (found(lume, pool, batch_id).step, found(lume, pool, batch_id).withdrawn) == ("withdrawn", 2)
    assert not sheet_of(lume.merchant.id, batch_id).exists()
    assert retry_job(lume.merchant.id, stopped)
    place = Job.objects.get(id=stopped).place
    assert place is not None
    work_on(lume.merchant.id, stopped, place=place, kinds=KINDS, is_stopping=lambda: False)
    assert len(codes_in(pool)) == 2, "the job that had stopped adds no more"


def test_a_withdrawal_that_failed_is_asked_for_once_more(lume: Shop) -> None:
    pool = pool_of(lume)
    batch_id = stock(lume, pool)
    revoke_batch(lume.merchant, pool.id, batch_id, actor=lume.actor)
    fail(lume, pool, batch_id)
    assert found(lume, pool, batch_id).step == "failed"

    revoke(lume, pool, batch_id)

    assert (found(lume, pool, batch_id).step, found(lume, pool, batch_id).withdrawn) == ("withdrawn", 3)
    assert DeskChange.objects.filter(kind="codes.withdrawn").count() == 1


@pytest.mark.parametrize(("is_done", "step"), [(True, "withdrawn"), (False, "failed")])
def test_without_its_job_a_withdrawal_still_says_whether_it_was_done(lume: Shop, is_done: bool, step: str) -> None:
    """Jobs stay behind where the shop moves."""
    pool = pool_of(lume)
    batch_id = stock(lume, pool)
    revoke_batch(lume.merchant, pool.id, batch_id, actor=lume.actor)
    if is_done:
        work(lume, pool, batch_id)
    CodeBatch.objects.filter(id=batch_id).update(job_id=None)

    assert found(lume, pool, batch_id).step == step


def test_told_is_what_nobody_has(lume: Shop) -> None:
    pool = pool_of(lume)
    batch_id = stock(lume, pool)
    PoolCode.objects.filter(code=CODES[0]).update(given=now(), voucher_id=new_id())

    revoke(lume, pool, batch_id)

    assert DeskChange.objects.get(kind="codes.withdrawn").after == {"codes": 2}


def test_what_was_added_in_part_says_so_where_the_shop_has_moved(lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs stay behind."""
    pool = pool_of(lume)
    batch_id = added_in_part(lume, pool, monkeypatch)
    CodeBatch.objects.filter(id=batch_id).update(job_id=None, check_job_id=None, found={})

    assert found(lume, pool, batch_id).step == "failed"

    revoke(lume, pool, batch_id)

    assert not PoolCode.objects.filter(revoked=None).exists()
