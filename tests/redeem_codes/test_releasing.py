"""Codes that are made here wait until the till has them."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from stampwell.clock import now, stopped_at
from stampwell.events.models import DeskChange, Event
from stampwell.job_kinds import KINDS
from stampwell.jobs.asking import retry_job
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from stampwell.redeem_codes import making
from stampwell.redeem_codes.making import ask_to_make
from stampwell.redeem_codes.models import CodeBatch
from stampwell.redeem_codes.recipes import Recipe
from stampwell.redeem_codes.refusals import CodesUnderWay
from stampwell.redeem_codes.releasing import release_batch
from stampwell.redeem_codes.rows import JoinedBatch, PoolRow
from stampwell.redeem_codes.running_low import tell_of_low_pools
from stampwell.refusal import NotFound
from stampwell.vouchers.refusals import NoCodeLeft
from stampwell.vouchers.waiting import hand_out_to_waiting, merchants_with_waiting_vouchers
from tests.moments import START
from tests.redeem_codes.test_stock import stock_at
from tests.redeem_codes.working import CODES, found, lay_in, pool_of, revoke, work
from tests.vouchers.test_till_codes import offer_from, owners_of, show, voucher_of
from tests.world import Shop

pytestmark = pytest.mark.django_db


def ask(shop: Shop, pool: PoolRow, count: int = 3) -> JoinedBatch:
    return ask_to_make(shop.merchant, pool.id, Recipe(), count=count, actor=shop.actor)


def make(shop: Shop, pool: PoolRow, count: int = 3) -> JoinedBatch:
    batch = ask(shop, pool, count)
    work(shop, pool, batch.id)
    return found(shop, pool, batch.id)


def release(shop: Shop, pool: PoolRow, batch: JoinedBatch) -> JoinedBatch:
    return release_batch(shop.merchant, pool.id, batch.id, actor=shop.actor)


def test_codes_that_are_made_here_are_handed_out_once_the_till_has_them(lume: Shop) -> None:
    pool = pool_of(lume)
    batch = make(lume, pool)
    offer = offer_from(lume, pool)
    first, second = voucher_of(offer), voucher_of(offer)
    with pytest.raises(NoCodeLeft):
        show(lume, first)
    assert (batch.step, merchants_with_waiting_vouchers()) == ("waiting_for_till", [])

    released = release(lume, pool, batch)
    hand_out_to_waiting(lume.merchant.id)

    assert (released.step, released.in_till) == ("written", START)
    assert show(lume, first) != show(lume, second)
    assert None not in [owners_of(pool)[show(lume, one)] for one in (first, second)]


def test_what_waits_for_the_till_is_neither_left_nor_handed_out(lume: Shop) -> None:
    pool = pool_of(lume, low_at=3)
    batch = make(lume, pool, 5)
    waiting = stock_at(lume, pool)
    tell_of_low_pools(lume.merchant.id)

    assert (waiting.total, waiting.held, waiting.free, waiting.handed_out) == (5, 5, 0, 0)
    assert not waiting.is_low(pool)
    assert not Event.objects.filter(type__startswith="codes.").exists()
    lay_in(lume, pool, CODES)
    assert stock_at(lume, pool).is_low(pool)

    release(lume, pool, batch)

    assert (stock_at(lume, pool).free, stock_at(lume, pool).held) == (8, 0)
    revoke(lume, pool, batch.id)
    other = make(lume, pool, 5)
    revoke(lume, pool, other.id)
    gone = stock_at(lume, pool)
    assert (gone.free, gone.held, gone.withdrawn, gone.handed_out) == (3, 0, 10, 0)


def test_what_is_released_twice_or_came_from_the_till_stays_as_it_is(lume: Shop) -> None:
    pool = pool_of(lume)
    made, gone = make(lume, pool), make(lume, pool)
    release(lume, pool, made)
    brought = lay_in(lume, pool)
    revoke(lume, pool, gone.id)

    with stopped_at(START + timedelta(minutes=5)):
        again = [release(lume, pool, found(lume, pool, one)) for one in (made.id, brought, gone.id)]

    assert [one.step for one in again] == ["written", "written", "withdrawn"]
    assert list(CodeBatch.objects.filter(in_till__isnull=False).values_list("in_till", flat=True)) == [START]
    assert DeskChange.objects.get(kind="codes.released").after == {"codes": 3}


def test_what_is_being_made_or_is_somebody_elses_is_not_released(lume: Shop, rossi: Shop) -> None:
    pool, other = pool_of(lume), pool_of(lume)
    batch = ask(lume, pool)

    with pytest.raises(CodesUnderWay):
        release(lume, pool, batch)
    with pytest.raises(NotFound):
        release(lume, other, batch)
    with pytest.raises(NotFound):
        release(rossi, pool, batch)


def test_what_was_made_in_part_is_released_and_no_more_is_made(lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "AT_ONCE", 2)
    pool = pool_of(lume)
    batch = ask(lume, pool)
    work(lume, pool, batch.id, is_stopping=lambda: CodeBatch.objects.get(id=batch.id).codes > 1)
    with pytest.raises(CodesUnderWay):
        release(lume, pool, batch)
    Job.objects.filter(kind="make_codes").update(state="failed", problem="unexpected", ended=now())

    released = release(lume, pool, batch)

    assert (released.step, stock_at(lume, pool).free) == ("written", 2)
    job = Job.objects.get(kind="make_codes")
    assert retry_job(lume.merchant.id, job.id)
    assert job.place is not None
    work_on(lume.merchant.id, job.id, place=job.place, kinds=KINDS, is_stopping=lambda: False)
    assert len(owners_of(pool)) == 2, "the till has no others"


def test_what_was_made_before_codes_waited_for_the_till_is_handed_out_as_before(lume: Shop) -> None:
    pool = pool_of(lume)
    old, file = make(lume, pool), lay_in(lume, pool)
    begun = ask(lume, pool)

    with connection.schema_editor() as editor:
        import_module("stampwell.migrations.0112_codes_in_the_till").let_old_ones_be(None, editor)

    waits = {batch.id: batch.in_till for batch in CodeBatch.objects.all()}
    assert waits == {old.id: START, file: None, begun.id: None}
    assert found(lume, pool, old.id).step == "written"
    assert show(lume, voucher_of(offer_from(lume, pool)))
