"""Two customers are merged while one of them is stamped, uses a reward, is recovered, erased or merged elsewhere."""

import threading
from collections.abc import Callable
from uuid import UUID

import pytest

from stampwell.cards import merging
from stampwell.cards.erasing import erase_customer
from stampwell.cards.merging import merge_customers
from stampwell.cards.models import Card, Stamp
from stampwell.cards.recounting import recount
from stampwell.cards.recovering import recover_card
from stampwell.cards.refusals import CardMerged
from stampwell.cards.separating import undo_merge
from stampwell.counter.handing_over import hand_over
from stampwell.customers.changing import lock_customer
from stampwell.customers.describing import KnownCustomer
from stampwell.customers.models import CustomerMerge
from stampwell.events.models import Event
from stampwell.refusal import NotFound
from stampwell.transactions import Statements
from stampwell.vouchers.models import Redemption, Voucher
from tests.races.callers import run_together
from tests.web.customer import AT_ONCE, give_stamps
from tests.world import HeldCard, Offer, Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)

type Pair = tuple[HeldCard, HeldCard]


@pytest.fixture
def offer() -> Offer:
    return open_lume().publish(earning=AT_ONCE)


@pytest.fixture
def pair(offer: Offer) -> Pair:
    """With three stamps, and with six and a biscuit."""
    card, gone = offer.card(), offer.card(name="Zebediah")
    give_stamps(card, 3)
    give_stamps(gone, 6)
    return card, gone


def merging_of(kept: HeldCard, other: HeldCard) -> Callable[[], object]:
    shop, ids = kept.shop, (kept.row.customer_id, other.row.customer_id)
    return lambda: merge_customers(shop.merchant, *ids, actor=shop.actor)


def recovery_of(card: HeldCard) -> Callable[[], object]:
    return lambda: recover_card(card.shop.merchant, card.id, actor=card.shop.actor)


def is_whole(shop: Shop) -> bool:
    return recount(shop.merchant.id) == []


def test_a_stamp_comes_over_with_the_others_or_is_refused(pair: Pair) -> None:
    card, gone = pair

    merged, on_kept, on_gone = run_together(
        merging_of(card, gone), lambda: give_stamps(card, 1), lambda: give_stamps(gone, 1)
    )

    stamps = 10 if on_gone else 11
    assert (merged, on_kept) == (None, None)
    assert type(on_gone) in (type(None), CardMerged)
    assert (card.row.round, card.row.stamps, gone.row.stamps) == (2, stamps - 10, 0)
    assert [one.state for one in Voucher.objects.all()] == ["ready"] * 2  # a biscuit and a coffee
    assert is_whole(card.shop)


def test_a_reward_is_used_once_whoever_holds_it(pair: Pair) -> None:
    card, gone = pair
    (biscuit,) = gone.open_vouchers
    use = lambda: hand_over(card.shop.merchant, biscuit.id, actor=card.shop.actor)  # noqa: E731

    merged, *used = run_together(merging_of(card, gone), use, use)

    assert merged is None
    assert [one is None for one in used].count(True) == 1
    assert Redemption.objects.count() == 1
    assert Voucher.objects.get(id=biscuit.id).card_id == card.id
    assert is_whole(card.shop)


def test_of_merges_in_both_directions_and_to_a_third_each_customer_goes_once(offer: Offer, pair: Pair) -> None:
    card, gone = pair
    third = offer.card()

    ends = run_together(merging_of(card, gone), merging_of(gone, card), merging_of(third, gone), merging_of(card, gone))

    assert {type(end) for end in ends} <= {type(None), NotFound}
    merges = CustomerMerge.objects.count()
    assert merges == ends.count(None)
    assert Card.objects.filter(state="active").count() == 3 - merges
    assert sum(Stamp.objects.values_list("count", flat=True)) == 9
    assert is_whole(card.shop)


def test_without_the_shops_row_two_merges_wait_for_each_other(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof that the race is there: merges in both directions take their customers in two orders."""
    card, gone = pair
    both_hold_one = threading.Barrier(2)

    def lock_one_by_one(tx: Statements, customer_id: UUID, other_id: UUID) -> tuple[KnownCustomer, KnownCustomer]:
        kept = lock_customer(tx, customer_id)
        both_hold_one.wait()
        return kept, lock_customer(tx, other_id)

    monkeypatch.setattr(merging, "lock_merchant", lambda _tx: card.shop.merchant)
    monkeypatch.setattr(merging, "lock_two", lock_one_by_one)

    ends = run_together(merging_of(card, gone), merging_of(gone, card))

    assert any(end is not None and not isinstance(end, NotFound) for end in ends)


def test_a_lost_card_that_is_merged_opens_by_what_it_opens_by_now(pair: Pair) -> None:
    card, gone = pair

    merged, kept, other = run_together(merging_of(card, gone), recovery_of(card), recovery_of(gone))

    assert (merged, kept) == (None, None)
    assert type(other) in (type(None), CardMerged)
    assert card.row.issue == max(one.issue for one in card.open_vouchers) or card.row.issue == 1
    assert is_whole(card.shop)


def test_whoever_is_erased_meanwhile_is_gone_with_all_that_they_were(pair: Pair) -> None:
    card, gone = pair
    shop, customer_id = card.shop, card.row.customer_id

    merged, erased = run_together(
        merging_of(card, gone), lambda: erase_customer(shop.merchant, customer_id, actor=shop.actor)
    )

    assert erased is None
    assert type(merged) in (type(None), NotFound)
    states = (card.row.state, gone.row.state)
    assert states == (("erased", "active") if merged else ("erased", "erased"))
    assert is_whole(shop)


def test_undone_by_several_it_happened_once(pair: Pair) -> None:
    card, gone = pair
    shop = card.shop
    merge_id = merge_customers(shop.merchant, card.row.customer_id, gone.row.customer_id, actor=shop.actor).merge.id
    undo = lambda: undo_merge(shop.merchant, merge_id, actor=shop.actor)  # noqa: E731

    *ends, stamped = run_together(undo, undo, undo, lambda: give_stamps(card, 1))

    assert stamped is None
    assert sorted(type(end).__name__ for end in ends) == ["MergeAlreadyUndone"] * 2 + ["NoneType"]
    assert (card.row.stamps, gone.row.stamps) == (4, 6)
    assert Event.objects.filter(type="customer.separated").count() == 1
    assert is_whole(shop)
