from stampwell.cards.models import Card
from stampwell.cards.recounting import recount
from stampwell.cards.undoing import undo_stamp
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.vouchers.models import Voucher
from tests.cards.test_stamping import BY_AMOUNT, NO_COOLDOWN, stamp
from tests.world import Shop


def live_a_little(lume: Shop) -> None:
    visits, money = lume.publish(earning=NO_COOLDOWN).card(), lume.publish(earning=BY_AMOUNT).card()
    stamp(visits, count=13)
    undo_stamp(lume.merchant, stamp(visits, count=8).stamp.id, reason="", actor=lume.actor)
    stamp(money, amount=4550)
    voucher = visits.open_vouchers[0].id
    used = hand_over(lume.merchant, voucher, actor=lume.actor)
    give_back(lume.merchant, used.redemption.id, reason="", actor=lume.actor)
    hand_over(lume.merchant, voucher, actor=lume.actor)


def test_after_whatever_happened_every_counter_equals_its_rows(lume: Shop) -> None:
    live_a_little(lume)

    assert recount(lume.merchant.id) == []


def test_a_counter_that_was_changed_by_hand_is_found(lume: Shop) -> None:
    live_a_little(lume)
    Card.objects.filter(merchant=lume.merchant, remainder=0).update(stamps=1)
    Voucher.objects.filter(merchant=lume.merchant, state="redeemed").update(reversals=5)

    assert {difference.what for difference in recount(lume.merchant.id)} == {"stamps", "uses", "reversals"}
