"""A shop that allows rewards without a network, and a reward that was handed out so."""

from __future__ import annotations

from typing import Any

from stampwell.ids import public_id
from stampwell.merchants.changing import change_staff_limits
from stampwell.merchants.models import Merchant
from stampwell.merchants.offline_rewards import OfflineRewards
from stampwell.programs.pricing import Prices, price_program
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.rows import VoucherRow
from tests.offline.device import Device
from tests.web.customer import give_stamps
from tests.world import HeldCard, Offer, Shop


def allow(shop: Shop, up_to: int | None) -> None:
    """Rewards that cost at most so many cents."""
    merchant = Merchant.objects.get(id=shop.merchant.id)
    change_staff_limits(
        merchant,
        most_stamps_at_once=merchant.most_stamps_at_once,
        most_stamps_with_override=merchant.most_stamps_with_override,
        offline_rewards=OfflineRewards(up_to=up_to, currency="EUR"),
        actor=shop.actor,
    )


def price(offer: Offer, cents: int) -> None:
    prices = Prices(reward_cost=cents, currency="EUR")
    price_program(offer.shop.merchant, offer.program.id, prices, actor=offer.shop.actor)


def ready_voucher(card: HeldCard) -> VoucherRow:
    """The reward at the goal of a card that has just been filled."""
    give_stamps(card, card.row.goal)
    return card.open_vouchers[-1]


def reward_of(voucher: VoucherRow) -> str:
    return public_id("rwd", voucher.reward_id)


def handed_out(device: Device, voucher: VoucherRow, **more: Any) -> dict[str, Any]:
    """As the page writes it down."""
    return device.keep(voucher_code(voucher.id, voucher.issue), **{"reward": reward_of(voucher)} | more)
