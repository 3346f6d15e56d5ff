from datetime import datetime, timedelta
from uuid import UUID

import pytest

from stampwell.clock import stopped_at
from stampwell.events.actors import Actor
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.refusal import NotFound
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Redemption, Voucher
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.refusals import (
    RedemptionAlreadyReversed,
    VoucherAlreadyRedeemed,
    VoucherAlreadyRedeemedAt,
    VoucherExpired,
    VoucherNotReady,
    VoucherReserved,
    WrongLocation,
    WrongPath,
    WrongTime,
)
from stampwell.vouchers.revealing import reveal_code
from stampwell.vouchers.reversing import reverse_redemption
from tests.cards.test_stamping import stamp
from tests.moments import COUNTDOWN, NOON, START, end_of_day
from tests.world import Shop

BY_CODE = {"path": "redeem_code", "redeem_code": {"kind": "static", "code": "FREECOFFEE", "format": "qr"}}


def voucher_for(shop: Shop, **reward: object) -> UUID:
    """A voucher given now for a card of one stamp."""
    terms = {"name": "Tea", **reward}
    card = shop.publish(goal=1, milestones=[{"stamps": 1, "reward": terms}]).card()
    stamp(card)
    return card.open_vouchers[0].id


def test_a_voucher_is_redeemed_once(lume: Shop) -> None:
    voucher_id = voucher_for(lume)

    with stopped_at(START):
        redeemed = redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)
        with pytest.raises(VoucherAlreadyRedeemed) as refused:
            redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)

    assert redeemed.voucher.state == "redeemed"
    assert refused.value.facts == {"when": START}
    assert Redemption.objects.filter(merchant=lume.merchant).count() == 1


def test_the_second_try_is_told_where_the_first_was(lume: Shop) -> None:
    voucher_id = voucher_for(lume)
    here = Actor(source="scanner", location_id=lume.location.id)
    redeem_voucher(lume.merchant, voucher_id, path="staff_scan", actor=here)

    with pytest.raises(VoucherAlreadyRedeemedAt) as refused:
        redeem_voucher(lume.merchant, voucher_id, path="staff_scan", actor=here)

    assert refused.value.facts["where"] == "Café Lume"


def test_a_voucher_is_not_redeemed_before_it_is_ready(lume: Shop) -> None:
    voucher_id = voucher_for(lume, active_after_seconds=60)

    with stopped_at(START + timedelta(seconds=59)), pytest.raises(VoucherNotReady):
        redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)
    with stopped_at(START + timedelta(seconds=60)):
        redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)


def test_a_voucher_is_not_redeemed_after_its_last_moment(lume: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=1)

    with stopped_at(end_of_day(START, 1)), pytest.raises(VoucherExpired):
        redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)
    with stopped_at(end_of_day(START, 1) - timedelta(seconds=1)):
        redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)


def test_a_reward_of_one_location_is_refused_elsewhere(lume: Shop) -> None:
    voucher_id = voucher_for(lume, location_ids=[public_id("loc", lume.location.id)])

    with pytest.raises(WrongLocation):
        redeem_voucher(lume.merchant, voucher_id, actor=Actor(source="api"))
    redeem_voucher(lume.merchant, voucher_id, actor=Actor(source="api", location_id=lume.location.id))


def test_a_customer_alone_is_not_asked_for_the_location(lume: Shop) -> None:
    voucher_id = voucher_for(lume, path="self_redeem", location_ids=[public_id("loc", lume.location.id)])

    redeemed = redeem_voucher(lume.merchant, voucher_id, path="self_redeem", actor=Actor(source="card"))

    assert redeemed.voucher.state == "redeemed"


@pytest.mark.moment(NOON)
def test_a_reward_of_certain_days_and_hours_is_refused_at_others(lume: Shop) -> None:
    on_tuesday = voucher_for(lume, weekdays=[2])
    in_the_evening = voucher_for(lume, hours=[["17:00", "20:00"]])

    for voucher_id in (on_tuesday, in_the_evening):
        with stopped_at(NOON), pytest.raises(WrongTime):
            redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)

    with stopped_at(NOON + timedelta(days=1)):
        redeem_voucher(lume.merchant, on_tuesday, actor=lume.actor)
    with stopped_at(NOON + timedelta(hours=5)):
        redeem_voucher(lume.merchant, in_the_evening, actor=lume.actor)


@pytest.mark.moment(NOON)
@pytest.mark.parametrize("end", ["02:00", "00:00", "24:00"])
def test_a_reward_may_have_hours_of_the_night(lume: Shop, end: str) -> None:
    first, second = voucher_for(lume, hours=[["22:00", end]]), voucher_for(lume, hours=[["22:00", end]])

    with stopped_at(NOON + timedelta(hours=11)):  # eleven in the evening
        redeem_voucher(lume.merchant, first, actor=lume.actor)
    with stopped_at(NOON + timedelta(hours=14)), pytest.raises(WrongTime):  # two in the morning
        redeem_voucher(lume.merchant, second, actor=lume.actor)


@pytest.mark.moment(NOON)
def test_hours_over_midnight_belong_to_the_day_they_began(lume: Shop) -> None:
    on_mondays = voucher_for(lume, weekdays=[1], hours=[["22:00", "02:00"]])
    on_tuesdays = voucher_for(lume, weekdays=[2], hours=[["22:00", "02:00"]])

    with stopped_at(NOON + timedelta(hours=13)):  # one o'clock in the night from Monday to Tuesday
        redeem_voucher(lume.merchant, on_mondays, actor=lume.actor)
        with pytest.raises(WrongTime):
            redeem_voucher(lume.merchant, on_tuesdays, actor=lume.actor)


def test_only_a_self_redeem_reward_is_used_by_the_customer_alone(lume: Shop) -> None:
    voucher_id = voucher_for(lume, path="staff_scan")

    with pytest.raises(WrongPath):
        redeem_voucher(lume.merchant, voucher_id, path="self_redeem", actor=Actor(source="card"))


def test_a_redemption_taken_back_gives_the_rest_of_the_validity(lume: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=10)
    with stopped_at(START + timedelta(days=4)):
        redeemed = redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)
    redemption_id = redeemed.redemption.id

    with stopped_at(START + timedelta(days=20)):
        back = reverse_redemption(lume.merchant, redemption_id, reason="Wrong cup", actor=lume.actor)
        with pytest.raises(RedemptionAlreadyReversed):
            reverse_redemption(lume.merchant, redemption_id, reason="Wrong cup", actor=lume.actor)

    assert back.voucher.state == "ready"
    assert back.voucher.expires == end_of_day(START, 26)


def test_a_voucher_given_back_can_be_used_again(lume: Shop) -> None:
    voucher_id = voucher_for(lume)
    first = redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)
    redemption_id = first.redemption.id
    reverse_redemption(lume.merchant, redemption_id, reason="", actor=lume.actor)

    redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)

    assert list(
        Redemption.objects.filter(merchant=lume.merchant).order_by("reversal_no").values_list("reversal_no", flat=True)
    ) == [0, 1]


def test_a_revealed_code_is_shown_until_its_countdown_ends_and_then_counts_as_used(lume: Shop) -> None:
    voucher_id = voucher_for(lume, **BY_CODE)

    with stopped_at(START):
        shown = reveal_code(lume.merchant, voucher_id)
        with pytest.raises(VoucherReserved):
            redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)
    with stopped_at(START + timedelta(seconds=60)):
        again = reveal_code(lume.merchant, voucher_id)
    with stopped_at(START + COUNTDOWN), pytest.raises(VoucherAlreadyRedeemed):
        redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)

    assert (shown.code, shown.until) == ("FREECOFFEE", START + COUNTDOWN)
    assert again == shown


def test_a_code_is_shown_for_as_long_as_its_reward_says_and_older_terms_keep_theirs(lume: Shop) -> None:
    def terms(minutes: int) -> dict[str, object]:
        code = {"kind": "static", "code": "FREECOFFEE", "countdown_minutes": minutes}
        reward = {"name": "Tea", "path": "redeem_code", "redeem_code": code}
        return {"goal": 1, "milestones": [{"stamps": 1, "reward": reward}]}

    offer = lume.publish(**terms(10))
    before = offer.card()
    after = lume.publish(offer.program, **terms(1)).card()
    for card in (before, after):
        stamp(card)
    shown = [reveal_code(lume.merchant, card.open_vouchers[0].id).until for card in (before, after)]

    assert shown == [START + timedelta(minutes=10), START + timedelta(minutes=1)]
    with stopped_at(START + timedelta(minutes=10)):
        let_vouchers_age(lume.merchant.id)
    assert set(Redemption.objects.values_list("at", flat=True)) == set(shown)


def test_the_end_of_a_reveal_is_written_down_as_a_redemption(lume: Shop) -> None:
    voucher_id = voucher_for(lume, **BY_CODE)
    with stopped_at(START):
        reveal_code(lume.merchant, voucher_id)

    with stopped_at(START + timedelta(hours=1)):
        let_vouchers_age(lume.merchant.id)
        let_vouchers_age(lume.merchant.id)

    redemption = Redemption.objects.get(merchant=lume.merchant)
    assert (redemption.path, redemption.at) == ("redeem_code", START + COUNTDOWN)


@pytest.mark.parametrize(
    ("stood_still", "told"), [(9, START + COUNTDOWN), (11, START + COUNTDOWN + timedelta(minutes=11))]
)
def test_a_use_that_nobody_wrote_down_for_long_is_told_when_it_is_written(
    lume: Shop, stood_still: int, told: datetime
) -> None:
    """Else a journal of days, which goes by the numbers of events, would leave out those between."""
    voucher_id = voucher_for(lume, **BY_CODE)
    with stopped_at(START):
        reveal_code(lume.merchant, voucher_id)
    with stopped_at(START + COUNTDOWN + timedelta(minutes=stood_still)):
        let_vouchers_age(lume.merchant.id)

    assert Redemption.objects.get(merchant=lume.merchant).at == START + COUNTDOWN
    assert Event.objects.get(merchant=lume.merchant, type="voucher.redeemed").at == told


def test_a_reward_without_a_redeem_code_reveals_nothing(lume: Shop) -> None:
    voucher_id = voucher_for(lume, path="self_redeem")

    with pytest.raises(WrongPath):
        reveal_code(lume.merchant, voucher_id)


def test_time_turns_vouchers_ready_and_expired_once(lume: Shop) -> None:
    voucher_id = voucher_for(lume, active_after_seconds=60, valid_days=1)

    for later in (timedelta(minutes=2), timedelta(days=2), timedelta(days=3)):
        with stopped_at(START + later):
            let_vouchers_age(lume.merchant.id)

    assert Voucher.objects.get(merchant=lume.merchant).state == "expired"
    told = Event.objects.filter(merchant=lume.merchant, voucher_id=voucher_id).order_by("at", "id")
    assert [event.type for event in told] == ["voucher.issued", "milestone.reached", "voucher.ready", "voucher.expired"]


def test_the_last_day_of_a_used_voucher_passes_unnoticed(lume: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=1)
    with stopped_at(START):
        redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)

    with stopped_at(START + timedelta(days=2)):
        looked_at = [let_vouchers_age(lume.merchant.id), let_vouchers_age(lume.merchant.id)]

    assert looked_at == [1, 0]
    assert Voucher.objects.get(merchant=lume.merchant).state == "redeemed"
    assert not Event.objects.filter(merchant=lume.merchant, type="voucher.expired").exists()


def test_a_voucher_given_back_expires_later_by_the_days_it_was_used(lume: Shop) -> None:
    voucher_id = voucher_for(lume, valid_days=1)
    with stopped_at(START):
        redeem_voucher(lume.merchant, voucher_id, actor=lume.actor)
    redemption = Redemption.objects.get(merchant=lume.merchant)
    with stopped_at(START + timedelta(days=2)):
        reverse_redemption(lume.merchant, redemption.id, reason="", actor=lume.actor)
    expires = Voucher.objects.get(merchant=lume.merchant).expires
    assert expires == end_of_day(START, 3)

    states = []
    for moment in (expires - timedelta(hours=1), expires):
        with stopped_at(moment):
            let_vouchers_age(lume.merchant.id)
        states.append(Voucher.objects.get(merchant=lume.merchant).state)

    assert states == ["ready", "expired"]


def test_a_rival_cannot_redeem_the_voucher(lume: Shop, rossi: Shop) -> None:
    voucher_id = voucher_for(lume)

    with pytest.raises(NotFound):
        redeem_voucher(rossi.merchant, voucher_id, actor=rossi.actor)

    assert Voucher.objects.get(merchant=lume.merchant).state == "ready"
