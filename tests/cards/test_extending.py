"""A voucher that staff let end later."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from stampwell.cards.erasing import erase_customer
from stampwell.cards.extending import DAYS_AFTER_ITS_END, MOST_DAYS_AHEAD, Extended, days_to_choose, extend_voucher
from stampwell.cards.models import Card
from stampwell.cards.refusals import CardErased
from stampwell.clock import now, stopped_at
from stampwell.events.draining import put_in_order
from stampwell.events.models import Event
from stampwell.redeem_codes.revoking import revoke_batch
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.issuing import void_voucher
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.refusals import (
    EndNotPossible,
    ExtendedTooLate,
    VoucherAlreadyRedeemed,
    VoucherExpired,
    VoucherNeverExpires,
    VoucherReserved,
    VoucherVoid,
)
from stampwell.vouchers.reserving import reserve_voucher
from stampwell.vouchers.revealing import reveal_code
from stampwell.vouchers.reversing import reverse_redemption
from stampwell.vouchers.rows import lock_voucher, read_voucher
from stampwell.vouchers.waiting import hand_out_to_waiting
from stampwell.wallet.voucher_content import fill_voucher_pass
from tests.moments import RIGA, START, end_of_day
from tests.redeem_codes.working import lay_in, pool_of
from tests.vouchers.test_redeeming import BY_CODE, voucher_for
from tests.vouchers.test_till_codes import give_back, offer_from, owners_of, show, voucher_of
from tests.world import Shop

WEEK = end_of_day(START, 7)
MONTH = end_of_day(START, 30)
DAY = timedelta(days=1)
TICK = timedelta.resolution


def extend(shop: Shop, voucher_id: UUID, until: datetime = MONTH, reason: str = "Was ill") -> Extended:
    return extend_voucher(shop.merchant, voucher_id, until=until, reason=reason, actor=shop.actor)


def events_of(voucher_id: UUID) -> list[str]:
    return [event.type for event in Event.objects.filter(voucher_id=voucher_id).order_by("id")]


def test_an_extended_voucher_ends_later_and_says_why(lume: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=7)

    done = extend(lume, voucher_id)

    told = Event.objects.get(type="voucher.extended")
    assert (told.data["extension"]["reason"], told.staff_member_id) == ("Was ill", lume.ada.id)
    assert datetime.fromisoformat(told.data["extension"]["expired_before"]) == WEEK
    assert (done.facts.voucher.state, done.facts.voucher.expires_at) == ("ready", MONTH)
    with stopped_at(WEEK):
        assert let_vouchers_age(lume.merchant.id) == 0
    with stopped_at(MONTH):
        let_vouchers_age(lume.merchant.id)
        with pytest.raises(VoucherExpired):
            redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)
    assert events_of(voucher_id)[-2:] == ["voucher.extended", "voucher.expired"]


@pytest.mark.parametrize("is_written", [True, False])
def test_one_that_ended_a_short_while_ago_can_be_used_again(lume: Shop, is_written: bool) -> None:
    voucher_id = voucher_for(lume, valid_days=7)

    with stopped_at(WEEK + DAY):
        if is_written:
            let_vouchers_age(lume.merchant.id)
        assert extend(lume, voucher_id).voucher.state == "ready"
        assert Voucher.objects.get().due == MONTH
        assert redeem_voucher(lume.merchant, voucher_id, actor=lume.actor).voucher.state == "redeemed"


def test_what_ended_too_long_ago_is_not_extended(lume: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=7)
    over = WEEK + DAYS_AFTER_ITS_END * DAY

    with stopped_at(over), pytest.raises(ExtendedTooLate) as refused:
        extend(lume, voucher_id, over + DAY)
    with stopped_at(over - TICK):
        assert refused.value.facts["until"].moment == WEEK
        extend(lume, voucher_id, over + DAY)


def test_an_end_is_later_than_the_present_one_and_within_a_year(lume: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=7)
    last = end_of_day(START, MOST_DAYS_AHEAD)

    for until in (START, WEEK, last + TICK):
        with pytest.raises(EndNotPossible) as refused:
            extend(lume, voucher_id, until)
        assert (refused.value.facts["after"].moment, refused.value.facts["until"].moment) == (WEEK, last)
    extend(lume, voucher_id, WEEK + TICK)
    assert extend(lume, voucher_id, last).voucher.expires == last


def test_what_ends_more_than_a_year_ahead_is_not_said_to_be_over(lume: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=400)
    with merchant_transaction(lume.merchant.id) as tx:
        voucher = read_voucher(tx, voucher_id)
    far = end_of_day(START, 400)

    for until in (MONTH, far + DAY):
        with pytest.raises(EndNotPossible):
            extend(lume, voucher_id, until)

    assert days_to_choose(lume.merchant, voucher, START) is None
    assert Voucher.objects.get().expires == far


def test_one_that_is_over_gets_no_end_that_has_passed(lume: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=7)

    with stopped_at(WEEK + 2 * DAY):
        with pytest.raises(EndNotPossible):
            extend(lume, voucher_id, now())
        extend(lume, voucher_id, now() + TICK)


def test_the_days_to_choose_are_those_that_are_taken(lume: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=7)
    with merchant_transaction(lume.merchant.id) as tx:
        voucher = read_voucher(tx, voucher_id)
    today = START.astimezone(RIGA).date()

    assert days_to_choose(lume.merchant, voucher, START) == (today + 8 * DAY, today + MOST_DAYS_AHEAD * DAY)
    first_after, _last = days_to_choose(lume.merchant, voucher, WEEK + DAY + TICK) or (None, None)
    assert first_after == today + 9 * DAY, "that very day"
    assert days_to_choose(lume.merchant, voucher, WEEK + DAYS_AFTER_ITS_END * DAY) is None


def test_what_is_used_shown_or_withdrawn_is_not_extended(lume: Shop) -> None:
    used, shown = voucher_for(lume, valid_days=7), voucher_for(lume, valid_days=7, **BY_CODE)
    gone, endless = voucher_for(lume, valid_days=7), voucher_for(lume)
    redeem_voucher(lume.merchant, used, actor=lume.actor)
    reveal_code(lume.merchant, shown)
    with merchant_transaction(lume.merchant.id) as tx:
        void_voucher(tx, lock_voucher(tx, gone), at=now(), actor=lume.actor)

    expected: dict[UUID, type[Refusal]] = {
        used: VoucherAlreadyRedeemed,
        shown: VoucherReserved,
        gone: VoucherVoid,
        endless: VoucherNeverExpires,
    }
    for voucher_id, refusal in expected.items():
        with pytest.raises(refusal):
            extend(lume, voucher_id)
    assert not Event.objects.filter(type="voucher.extended").exists()


def test_one_that_a_till_holds_is_extended_and_stays_held(lume: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=7)
    reserve_voucher(lume.merchant, voucher_id, seconds=300, actor=lume.actor)

    assert extend(lume, voucher_id).facts.voucher.state == "reserved"


def test_one_that_is_not_ready_yet_waits_all_the_same(lume: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=7, active_after_seconds=3600)

    extended = extend(lume, voucher_id).voucher
    with stopped_at(START + timedelta(hours=1)):
        let_vouchers_age(lume.merchant.id)

    assert extended.state == "pending"
    assert (Voucher.objects.get().state, Voucher.objects.get().due) == ("ready", MONTH)


def test_what_is_given_back_has_the_days_of_its_later_end(lume: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=7)
    extend(lume, voucher_id)

    used = redeem_voucher(lume.merchant, voucher_id, actor=lume.actor).redemption
    back = reverse_redemption(lume.merchant, used.id, reason="Wrong table", actor=lume.actor)

    assert back.voucher.expires == MONTH


def test_one_whose_code_went_to_another_gets_the_next_one(lume: Shop) -> None:
    pool = pool_of(lume, handed_out="issue")
    lay_in(lume, pool, ["A", "B"])
    offer = offer_from(lume, pool, valid_days=7)
    first = voucher_of(offer)
    with stopped_at(WEEK):
        let_vouchers_age(lume.merchant.id)
        second = voucher_of(offer)

        extend(lume, first)

    assert owners_of(pool) == {"A": second, "B": first}


@pytest.mark.parametrize("handed_out", ["issue", "reveal"])
def test_one_that_was_given_back_keeps_the_code_that_was_seen(lume: Shop, handed_out: str) -> None:
    pool = pool_of(lume, handed_out=handed_out)
    lay_in(lume, pool, ["A", "B"])
    voucher_id = voucher_of(offer_from(lume, pool, valid_days=7))
    show(lume, voucher_id)
    give_back(lume, voucher_id)

    with stopped_at(WEEK):
        let_vouchers_age(lume.merchant.id)
        extend(lume, voucher_id)

        assert show(lume, voucher_id) == "A"
    assert owners_of(pool) == {"A": voucher_id, "B": None}


@pytest.mark.parametrize("handed_out", ["issue", "reveal"])
def test_one_that_was_given_back_gets_another_code_where_its_own_is_withdrawn(lume: Shop, handed_out: str) -> None:
    pool = pool_of(lume, handed_out=handed_out)
    gone = lay_in(lume, pool, ["A"])
    voucher_id = voucher_of(offer_from(lume, pool, valid_days=7))
    show(lume, voucher_id)
    give_back(lume, voucher_id)
    revoke_batch(lume.merchant, pool.id, gone, actor=lume.actor)

    with stopped_at(WEEK):
        let_vouchers_age(lume.merchant.id)
        extend(lume, voucher_id)
        hand_out_to_waiting(lume.merchant.id)
        lay_in(lume, pool, ["B", "C"])
        hand_out_to_waiting(lume.merchant.id)

        assert show(lume, voucher_id) == "B"
    assert Voucher.objects.get().waits_since is None


def test_the_pass_in_the_phone_lasts_longer(lume: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=7)
    with stopped_at(WEEK):
        let_vouchers_age(lume.merchant.id)
        before = fill_voucher_pass(lume.merchant, voucher_id)

        extend(lume, voucher_id)

        after = fill_voucher_pass(lume.merchant, voucher_id)
    assert (before.state, after.state) == ("expired", "ready")
    assert after.voucher.expires == MONTH


def test_nothing_of_an_erased_customer_is_extended_and_the_reason_is_forgotten(lume: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=7)
    extend(lume, voucher_id, reason="Zebediah was ill")
    with stopped_at(MONTH):
        let_vouchers_age(lume.merchant.id)
        put_in_order(lume.merchant.id)
        card = Card.objects.get(id=Voucher.objects.get().card_id)
        erase_customer(lume.merchant, card.customer_id, actor=lume.actor)
        with pytest.raises(CardErased):
            extend(lume, voucher_id, MONTH + DAY)

    told = Event.objects.get(type="voucher.extended")
    assert told.data["extension"]["reason"] == ""
    assert Voucher.objects.get().state == "expired"


def test_a_rival_extends_nothing(lume: Shop, rossi: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=7)

    with pytest.raises(NotFound):
        extend(rossi, voucher_id)

    assert Voucher.objects.get().expires == WEEK
