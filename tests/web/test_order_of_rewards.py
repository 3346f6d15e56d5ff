"""Several rewards of one card, as its customer sees them: the one that ends first on top."""

from datetime import timedelta

import pytest
from django.test import Client

from stampwell.cards.rows import read_card
from stampwell.clock import stopped_at
from stampwell.counter.handing_over import hand_over
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.rows import order_at
from stampwell.wallet.content import fill_pass
from tests.moments import START
from tests.web.customer import AT_ONCE, give_stamps, path_of
from tests.world import HeldCard, Shop

pytestmark = pytest.mark.django_db

REWARDS: list[dict[str, object]] = [
    {"name": "From tomorrow", "active_after_seconds": 86_400, "valid_days": 2},
    {"name": "Never ends"},
    {"name": "Ends in a month", "valid_days": 30},
    {"name": "Ends in a week", "valid_days": 7},
    {"name": "Never ends either"},
]
IN_ORDER = ["Ends in a week", "Ends in a month", "Never ends", "Never ends either"]


def card_of(shop: Shop, *rewards: dict[str, object]) -> HeldCard:
    """Each stamp earns one of these."""
    milestones = [
        {"stamps": stamps, "reward": {"path": "staff_scan", **reward}} for stamps, reward in enumerate(rewards, start=1)
    ]
    return shop.publish(earning=AT_ONCE, goal=len(rewards), milestones=milestones).card()


def names_on_pass(card: HeldCard) -> list[str]:
    return [one.name["en"] for one in fill_pass(card.shop.merchant, card.id).ready]


def test_of_several_rewards_the_one_that_ends_first_is_on_top_on_the_web_and_in_wallets(
    client: Client, lume: Shop
) -> None:
    with stopped_at(START):
        card = card_of(lume, *REWARDS)
        for _reward in REWARDS:
            give_stamps(card, 1)

        page, in_wallet = client.get(path_of(card)).text, names_on_pass(card)

    shown = page[page.index(">Ends in a week<") :]
    places = [shown.index(f">{name}<") for name in [*IN_ORDER, "From tomorrow"]]
    assert places == sorted(places), "what nobody can use yet stands below"
    assert in_wallet == IN_ORDER


def test_what_rings_is_the_newest_reward_wherever_it_stands(lume: Shop) -> None:
    with stopped_at(START):
        card = card_of(lume, {"name": "First", "valid_days": 7}, {"name": "Used"}, {"name": "Newest", "valid_days": 30})
        give_stamps(card, 2)
    with stopped_at(START + timedelta(hours=1)):
        with merchant_transaction(lume.merchant.id) as tx:
            vouchers = read_card(tx, card.id)[1]
        never_ends = max(vouchers, key=lambda one: order_at(one, START))
        hand_over(lume.merchant, never_ends.id, actor=lume.actor)
        after_use = fill_pass(lume.merchant, card.id)
    with stopped_at(START + timedelta(hours=2)):
        give_stamps(card, 1)
        after_another = fill_pass(lume.merchant, card.id)

        assert names_on_pass(card) == ["First", "Newest"]
    assert (after_use.announces_ready, after_another.announces_ready) == (False, True)
