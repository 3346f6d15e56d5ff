"""Codes go from a file into a list: checked before, each once, and none that the shop has already."""

from datetime import timedelta

import pytest

from stampwell.clock import now, stopped_at
from stampwell.events.models import DeskChange
from stampwell.merchants.models import Location
from stampwell.redeem_codes import receiving
from stampwell.redeem_codes.asking import ask_to_stock
from stampwell.redeem_codes.clearing import forget_old_code_files
from stampwell.redeem_codes.models import CodeBatch, PoolCode
from stampwell.redeem_codes.pools import archive_pool
from stampwell.redeem_codes.refusals import CodesNotChecked, CodesUnderWay, PoolArchived, TooManyCodeFiles
from stampwell.refusal import NotFound
from stampwell.sheets.files import file_of as sheet_of
from stampwell.sheets.refusals import SheetGone
from tests.redeem_codes.working import (
    CODES,
    ask_as_program,
    ask_check,
    check,
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


def test_a_check_adds_nothing(lume: Shop) -> None:
    pool = pool_of(lume)
    batch_id = receive(lume, pool, file_of(CODES))

    assert check(lume, pool, batch_id).good == 3
    assert found(lume, pool, batch_id).step == "checked"
    assert codes_in(pool) == []


def test_codes_are_added_in_the_order_of_the_file(lume: Shop) -> None:
    pool = pool_of(lume)
    first = stock(lume, pool, ["ZZZZ", "AAAA"])
    with stopped_at(now() + timedelta(seconds=1)):
        second = stock(lume, pool, ["MMMM"])

    assert codes_in(pool) == ["ZZZZ", "AAAA", "MMMM"]
    assert [found(lume, pool, one).codes for one in (first, second)] == [2, 1]
    assert found(lume, pool, first).step == "written"
    assert not sheet_of(lume.merchant.id, first).exists(), "the codes are forgotten outside of the database"


def test_a_code_is_in_one_list_of_the_shop_only(lume: Shop, rossi: Shop) -> None:
    pool, other, rival = pool_of(lume), pool_of(lume), pool_of(rossi)
    stock(lume, pool)
    stock(rossi, rival)
    batch_id = receive(lume, other, file_of([*CODES, "NEW1"]))

    looked = check(lume, other, batch_id)

    assert (looked.good, looked.faults) == (1, {"there": 3})
    assert len(codes_in(rival)) == 3, "another shop's till knows nothing of ours"


def test_whoever_adds_a_code_meanwhile_keeps_it(lume: Shop) -> None:
    pool, other = pool_of(lume), pool_of(lume)
    batch_id = receive(lume, other, file_of(["KEPT", *CODES]))
    check(lume, other, batch_id)
    stock(lume, pool)

    ask_to_stock(lume.merchant, other.id, batch_id, actor=lume.actor)
    work(lume, other, batch_id)

    assert (codes_in(other), codes_in(pool)) == (["KEPT"], [*CODES])
    assert found(lume, other, batch_id).codes == 1


def test_a_program_has_it_checked_and_added_by_one_job(lume: Shop) -> None:
    pool = pool_of(lume)
    batch_id = ask_as_program(lume, pool, file_of([*CODES, CODES[0]]))
    work(lume, pool, batch_id)

    assert found(lume, pool, batch_id).step == "written"
    assert codes_in(pool) == [*CODES]


def test_codes_can_be_those_of_one_location(lume: Shop) -> None:
    pool = pool_of(lume)
    stock(lume, pool, location_id=lume.location.id)

    assert set(PoolCode.objects.values_list("location_id", flat=True)) == {lume.location.id}


def test_a_location_of_somebody_else_is_not_found(lume: Shop, rossi: Shop) -> None:
    pool = pool_of(lume)
    batch_id = receive(lume, pool, file_of(CODES))

    with pytest.raises(NotFound):
        ask_check(lume, pool, batch_id, location_id=Location.objects.get(merchant=rossi.merchant).id)


def test_nothing_is_added_that_was_not_checked(lume: Shop) -> None:
    pool = pool_of(lume)
    unchecked, useless = (receive(lume, pool, file_of(codes)) for codes in (CODES, ["KÄFFE"]))
    check(lume, pool, useless)

    for batch_id in (unchecked, useless):
        with pytest.raises(CodesNotChecked):
            ask_to_stock(lume.merchant, pool.id, batch_id, actor=lume.actor)


def test_another_file_cannot_take_its_place(lume: Shop) -> None:
    pool = pool_of(lume)
    batch_id = receive(lume, pool, file_of(CODES))
    check(lume, pool, batch_id)
    sheet_of(lume.merchant.id, batch_id).write_text(file_of(["EVIL"]))

    with pytest.raises(SheetGone):
        ask_to_stock(lume.merchant, pool.id, batch_id, actor=lume.actor)


def test_asked_for_twice_it_is_added_once_and_not_checked_anew(lume: Shop) -> None:
    pool = pool_of(lume)
    batch_id = receive(lume, pool, file_of(CODES))
    check(lume, pool, batch_id)
    for _time in range(2):
        ask_to_stock(lume.merchant, pool.id, batch_id, actor=lume.actor)
    work(lume, pool, batch_id)

    assert codes_in(pool) == [*CODES]
    assert DeskChange.objects.filter(kind="codes.added").count() == 1
    with pytest.raises(CodesUnderWay):
        ask_check(lume, pool, batch_id)


def test_a_list_that_was_put_away_takes_no_codes(lume: Shop) -> None:
    pool = pool_of(lume)
    batch_id = receive(lume, pool, file_of(CODES))
    check(lume, pool, batch_id)
    archive_pool(lume.merchant, pool.id, actor=lume.actor)

    with pytest.raises(PoolArchived):
        ask_to_stock(lume.merchant, pool.id, batch_id, actor=lume.actor)
    with pytest.raises(PoolArchived):
        receive(lume, pool, file_of(CODES))


def test_files_that_nobody_adds_fill_no_disk_and_go_after_a_day(lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST_WAITING", 1)
    pool = pool_of(lume)
    stock(lume, pool)
    waits = receive(lume, pool, file_of(["WAIT"]))
    assert sheet_of(lume.merchant.id, waits).exists()
    with pytest.raises(TooManyCodeFiles):
        receive(lume, pool, file_of(["MORE"]))

    with stopped_at(now() + timedelta(days=1, minutes=1)):
        forget_old_code_files()

    assert [batch.codes for batch in CodeBatch.objects.all()] == [3], "what was added stays"
    assert not sheet_of(lume.merchant.id, waits).exists()


def test_a_batch_of_another_list_is_not_found(lume: Shop, rossi: Shop) -> None:
    pool, other, rival = pool_of(lume), pool_of(lume), pool_of(rossi)
    batch_id = receive(lume, pool, file_of(CODES))

    for shop, list_ in ((lume, other), (rossi, rival), (rossi, pool)):
        with pytest.raises(NotFound):
            found(shop, list_, batch_id)


def test_a_withdrawn_code_is_not_added_again(lume: Shop) -> None:
    pool = pool_of(lume)
    revoke(lume, pool, stock(lume, pool))
    again = receive(lume, pool, file_of(CODES))

    assert check(lume, pool, again).faults == {"there": 3}
