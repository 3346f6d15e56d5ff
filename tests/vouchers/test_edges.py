"""The first and the last moment at which a voucher is good."""

from datetime import UTC, datetime, timedelta

import pytest

from stampwell.clock import stopped_at
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.refusals import VoucherAlreadyRedeemed, VoucherExpired, VoucherReserved, VoucherVoid, WrongTime
from stampwell.vouchers.revealing import reveal_code
from tests.moments import COUNTDOWN, START, end_of_day
from tests.vouchers.test_redeeming import BY_CODE, voucher_for
from tests.world import Shop


def end_of(lume: Shop) -> datetime | None:
    return Voucher.objects.get(merchant=lume.merchant).expires


def test_of_two_ends_the_earlier_counts_when_it_is_a_date(lume: Shop) -> None:
    date = START + timedelta(days=5)

    voucher_for(lume, valid_days=30, valid_until=date.isoformat())

    assert end_of(lume) == date


def test_of_two_ends_the_earlier_counts_when_it_is_a_number_of_days(lume: Shop) -> None:
    date = START + timedelta(days=50)

    voucher_for(lume, valid_days=30, valid_until=date.isoformat())

    end = end_of(lume)
    assert end is not None
    assert end < date


def test_a_date_alone_is_the_end(lume: Shop) -> None:
    date = START + timedelta(days=5)
    voucher_id = voucher_for(lume, valid_until=date.isoformat())

    with stopped_at(date), pytest.raises(VoucherExpired):
        redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)
    with stopped_at(date - timedelta(microseconds=1)):
        redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)


def test_the_days_of_a_reward_count_from_when_it_is_ready(lume: Shop) -> None:
    voucher_for(lume, active_after_seconds=2 * 86_400, valid_days=1)

    end = end_of(lume)
    assert end is not None
    assert end == end_of_day(START, 3)


@pytest.mark.moment(datetime(2026, 11, 16, 10, 0, tzinfo=UTC))
def test_a_reward_of_certain_hours_is_good_in_the_first_minute_and_not_in_the_closing_one(lume: Shop) -> None:
    too_early, first, last, closing = (voucher_for(lume, hours=[["17:00", "20:00"]]) for _ in range(4))
    five = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)  # in Riga

    for voucher_id, moment in ((first, five), (last, five + timedelta(hours=2, minutes=59))):
        with stopped_at(moment):
            redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)
    for voucher_id, moment in ((too_early, five - timedelta(minutes=1)), (closing, five + timedelta(hours=3))):
        with stopped_at(moment), pytest.raises(WrongTime):
            redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)


def test_a_countdown_is_over_at_its_very_end(lume: Shop) -> None:
    voucher_id = voucher_for(lume, **BY_CODE)
    with stopped_at(START):
        reveal_code(lume.merchant, voucher_id)

    with stopped_at(START + COUNTDOWN - timedelta(microseconds=1)):
        let_vouchers_age(lume.merchant.id)
        with pytest.raises(VoucherReserved):
            redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)
    with stopped_at(START + COUNTDOWN):
        let_vouchers_age(lume.merchant.id)

    assert Voucher.objects.get(merchant=lume.merchant).state == "redeemed"


def test_a_code_is_not_shown_again_after_its_countdown(lume: Shop) -> None:
    voucher_id = voucher_for(lume, **BY_CODE)
    with stopped_at(START):
        reveal_code(lume.merchant, voucher_id)

    with stopped_at(START + COUNTDOWN), pytest.raises(VoucherAlreadyRedeemed):
        reveal_code(lume.merchant, voucher_id)


def test_a_withdrawn_voucher_is_refused_at_the_till(lume: Shop) -> None:
    voucher_id = voucher_for(lume, **BY_CODE)
    Voucher.objects.filter(merchant=lume.merchant).update(state="void")

    with pytest.raises(VoucherVoid):
        redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)
    with pytest.raises(VoucherVoid):
        reveal_code(lume.merchant, voucher_id)
