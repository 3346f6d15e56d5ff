"""A customer is erased while the card is scanned, recovered or its reward used, and while somebody erases them too."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.erasing import erase_customer, erase_held
from stampwell.cards.models import Card, Stamp
from stampwell.cards.recounting import recount
from stampwell.cards.recovering import recover_card
from stampwell.cards.refusals import CardErased
from stampwell.cards.rows import lock_card
from stampwell.cards.stamping import stamp_card
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import now
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.counter.scanning import recognise, take_scan
from stampwell.events.draining import put_in_order
from stampwell.events.models import Event
from stampwell.ids import wanted_id
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.models import Redemption, Voucher
from stampwell.vouchers.refusals import VoucherVoid
from tests.canaries import kept_anywhere
from tests.races.callers import run_together
from tests.races.test_overtaken import closing, met, session, wait_for
from tests.web.customer import AT_ONCE, give_stamps
from tests.world import HeldCard, open_lume

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def card() -> HeldCard:
    card = open_lume().publish(earning=AT_ONCE).card(name="Zebediah", external_id="CRM-4711")
    give_stamps(card, 5)
    return card


def erase(card: HeldCard) -> None:
    erase_customer(card.shop.merchant, card.row.customer_id, actor=card.shop.actor)


def test_a_code_that_was_read_before_stamps_nothing_after(card: HeldCard) -> None:
    found = recognise(card.shop.merchant, card.code)
    erase(card)

    with pytest.raises(CardErased):
        take_scan(card.shop.merchant, found, Purchase(), actor=card.shop.actor)


def test_a_scan_stamps_before_the_card_is_gone_or_not_at_all_and_leaves_no_trace(card: HeldCard) -> None:
    found = recognise(card.shop.merchant, card.code)

    erased, scanned, _numbered = run_together(
        lambda: erase(card),
        lambda: take_scan(card.shop.merchant, found, Purchase(), actor=card.shop.actor),
        lambda: put_in_order(card.shop.merchant.id),
    )

    assert erased is None
    assert (type(scanned), Stamp.objects.count()) in [(type(None), 2), (CardErased, 1)]
    assert recount(card.shop.merchant.id) == []
    assert kept_anywhere("CRM-4711", "Zebediah") == []


def test_a_reward_is_handed_out_before_or_withdrawn(card: HeldCard) -> None:
    (biscuit,) = card.open_vouchers

    erased, used = run_together(
        lambda: erase(card), lambda: hand_over(card.shop.merchant, biscuit.id, actor=card.shop.actor)
    )

    state = Voucher.objects.get().state
    assert erased is None
    assert (type(used), state, Redemption.objects.count()) in [
        (type(None), "redeemed", 1),
        (VoucherVoid, "void", 0),
    ]


def test_what_staff_write_while_they_take_something_back_is_not_kept(card: HeldCard) -> None:
    (biscuit,) = card.open_vouchers
    used = hand_over(card.shop.merchant, biscuit.id, actor=card.shop.actor)
    redemption_id = wanted_id("rdm", used.facts.redemption.id)
    stamp_id = wanted_id("stp", give_stamps(card, 1).facts.stamp.id)
    shop = card.shop

    erased, *taken_back = run_together(
        lambda: erase(card),
        lambda: undo_stamp(shop.merchant, stamp_id, reason="Zebediah paid twice", actor=shop.actor),
        lambda: give_back(shop.merchant, redemption_id, reason="Zebediah came back", actor=shop.actor),
    )

    assert erased is None
    assert {type(end) for end in taken_back} <= {type(None), CardErased}
    assert kept_anywhere("Zebediah") == []


def test_what_is_restored_waits_for_the_erasure_and_finds_the_card_erased(card: HeldCard) -> None:
    """It does not lock the card: the erasure has locked the voucher, although that is used."""
    shop, (biscuit,) = card.shop, card.open_vouchers
    used = hand_over(shop.merchant, biscuit.id, actor=shop.actor)
    redemption_id = wanted_id("rdm", used.facts.redemption.id)

    def erase_it(tx: Statements) -> None:
        erase_held(tx, card.row.customer_id, [card.id], at=now(), actor=shop.actor)

    with pytest.raises(CardErased):
        met(shop, erase_it, lambda: give_back(shop.merchant, redemption_id, reason="Came back", actor=shop.actor))

    assert Voucher.objects.get().state == "redeemed"


def test_a_card_that_is_recovered_meanwhile_is_gone_all_the_same(card: HeldCard) -> None:
    erased, recovered = run_together(
        lambda: erase(card), lambda: recover_card(card.shop.merchant, card.id, actor=card.shop.actor)
    )

    assert erased is None
    assert type(recovered) in (type(None), CardErased)
    assert card.row.state == "erased"
    assert kept_anywhere("CRM-4711", "Zebediah") == []


def test_of_several_one_erases(card: HeldCard) -> None:
    ends = run_together(*[lambda: erase(card)] * 4)

    assert ends == [None] * 4
    assert Event.objects.filter(type="customer.erased").count() == 1
    assert Event.objects.filter(type="card.voided").count() == 1


def test_whoever_draws_for_a_second_card_of_theirs_and_the_erasure_do_not_wait_for_each_other() -> None:
    prizes = [{"odds": 10_000, "stock": 5, "reward": {"name": "A cake"}}, {"odds": 0, "reward": {"name": "A napkin"}}]
    draw = {"stamps": 1, "reward": {"name": "A lucky prize", "draw": {"prizes": prizes}}}
    offer = open_lume().publish(goal=1, milestones=[draw], earning=AT_ONCE)
    first, second = sorted((offer.card() for _card in range(2)), key=lambda card: card.id)
    shop, customer_id = offer.shop, first.row.customer_id
    Card._base_manager.filter(id=second.id).update(customer_id=customer_id)
    give_stamps(first, 1)

    with ThreadPoolExecutor(1) as thread, session() as onlooker:
        with merchant_transaction(shop.merchant.id) as tx:
            lock_card(tx, second.id)
            erasing = thread.submit(closing(lambda: erase(first)))
            wait_for(erasing, onlooker)
            stamp_card(tx, shop.merchant, second.id, Purchase(), actor=shop.actor)
        erasing.result()

    assert [card.row.state for card in (first, second)] == ["erased", "erased"]
