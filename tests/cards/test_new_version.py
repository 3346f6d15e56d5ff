"""The terms change while cards are filling: what a customer was promised is what the customer gets."""

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import Stamped, add_stamp
from stampwell.counter.handing_over import hand_over
from tests.world import HeldCard, Offer, Shop

NO_COOLDOWN = {"by": "visit", "cooldown_seconds": 0}
BISCUIT = {"stamps": 2, "reward": {"name": "A biscuit", "path": "self_redeem"}}
CAKE = {"stamps": 4, "reward": {"name": "A cake", "path": "staff_scan"}}
TEA = {"stamps": 2, "reward": {"name": "A tea", "path": "staff_scan"}}
JAM = {"stamps": 3, "reward": {"name": "A jam", "path": "staff_scan"}}


def stamp(shop: Shop, card: HeldCard, count: int) -> Stamped:
    return add_stamp(shop.merchant, card.id, Purchase(count=count), actor=shop.actor)


def names_of(stamped: Stamped) -> list[object]:
    return [facts.reward.name for facts in stamped.facts.vouchers_issued]


def offer_with(shop: Shop, offer: Offer | None, *milestones: dict[str, object]) -> Offer:
    """The same program in its next version, or a first one."""
    goal = max(int(str(milestone["stamps"])) for milestone in milestones)
    program = offer.program if offer else None
    return shop.publish(program, goal=goal, earning=NO_COOLDOWN, milestones=list(milestones))


def test_a_round_ends_by_the_terms_that_it_began_with(lume: Shop) -> None:
    offer = offer_with(lume, None, BISCUIT, CAKE)
    card = offer.card()
    stamp(lume, card, 1)

    offer_with(lume, offer, TEA, JAM)

    assert names_of(stamp(lume, card, 1)) == ["A biscuit"]
    assert names_of(stamp(lume, card, 2)) == ["A cake"]
    assert names_of(stamp(lume, card, 2)) == ["A tea"]
    assert names_of(stamp(lume, card, 1)) == ["A jam"]


def test_a_voucher_of_before_is_handed_over_as_it_was(lume: Shop) -> None:
    offer = offer_with(lume, None, BISCUIT, CAKE)
    card = offer.card()
    stamp(lume, card, 4)

    offer_with(lume, offer, TEA, JAM)
    used = [hand_over(lume.merchant, voucher.id, actor=lume.actor) for voucher in card.open_vouchers]

    assert sorted(str(done.facts.voucher.reward.name) for done in used) == ["A biscuit", "A cake"]
    assert card.open_vouchers == []


def test_a_tap_that_ends_a_round_and_begins_the_next_gives_of_each_its_own(lume: Shop) -> None:
    offer = offer_with(lume, None, BISCUIT, CAKE)
    card = offer.card()
    stamp(lume, card, 3)

    offer_with(lume, offer, TEA, JAM)

    assert names_of(stamp(lume, card, 3)) == ["A cake", "A tea"]
