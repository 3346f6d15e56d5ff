"""What a phone says by itself when a pass has changed: that a reward is ready, and never that one was used."""

from datetime import timedelta
from typing import Any

import pytest

from stampwell import clock
from stampwell.schedule import age_vouchers
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.revealing import reveal_code
from tests.kept import made_once
from tests.moments import START, end_of_day
from tests.wallet.following import catch_up
from tests.wallet.phone import HeldByPhone, Phone
from tests.web.customer import AT_ONCE, give_stamps, path_of
from tests.world import HeldCard, Shop

pytestmark = pytest.mark.django_db

SETTLED = START + timedelta(hours=1)  # until then every phone was brought up to date
CODE = {"kind": "static", "code": "FREE", "format": "qr"}
MILESTONES: list[dict[str, Any]] = [
    {"stamps": 1, "reward": {"name": "A biscuit", "path": "redeem_code", "redeem_code": CODE, "valid_days": 1}},
    {"stamps": 3, "reward": {"name": "A coffee", "path": "staff_scan", "active_after_seconds": 3600}},
]


def after(seconds: float) -> Any:
    return clock.stopped_at(SETTLED + timedelta(seconds=seconds))


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    with after(-60):
        return lume.publish(earning=AT_ONCE, goal=3, milestones=MILESTONES).card()


@pytest.fixture
def held(phone: Phone, card: HeldCard) -> HeldByPhone:
    with after(-30):
        held = phone.add(f"{path_of(card)}/apple")
        assert held.register().status_code == 201
        return held


def stamp(card: HeldCard, seconds: float, count: int = 1) -> None:
    with after(seconds):
        give_stamps(card, count)


def heard(held: HeldByPhone, seconds: float) -> str | None:
    """What stands on the lock screen after an update at that moment: Wallet compares the field's values."""
    old = held.opened.field("ready")["value"]
    with after(seconds):
        age_vouchers()
        catch_up()
        held.update()
    field = held.opened.field("ready")
    if field["value"] == old or "changeMessage" not in field:
        return None
    return str(field["changeMessage"].replace("%@", field["value"]))


def test_a_reward_is_announced_once(held: HeldByPhone, card: HeldCard) -> None:
    stamp(card, 0)

    assert heard(held, 1) == "Reward ready: A biscuit"
    assert heard(held, 2) is None


def test_stamps_that_came_after_it_do_not_silence_it(held: HeldByPhone, card: HeldCard) -> None:
    """Changes of a minute are one push, and a phone may be switched off for days."""
    stamp(card, 0)
    stamp(card, 20)

    assert heard(held, 61) == "Reward ready: A biscuit"


def test_a_reward_that_is_used_leaves_the_others_unannounced(held: HeldByPhone, card: HeldCard) -> None:
    stamp(card, 0, 4)
    assert heard(held, 1) == "Reward ready: 2 × A biscuit"

    with after(10):
        redeem_voucher(card.shop.merchant, card.open_vouchers[0].id, actor=card.shop.actor)

    assert heard(held, 11) is None
    assert held.opened.field("ready")["value"] == "A biscuit"


def test_a_code_that_is_shown_leaves_the_others_unannounced(held: HeldByPhone, card: HeldCard) -> None:
    stamp(card, 0, 4)
    assert heard(held, 1) == "Reward ready: 2 × A biscuit"

    with after(10):
        reveal_code(card.shop.merchant, card.open_vouchers[0].id)

    assert heard(held, 11) is None
    assert held.opened.field("ready")["value"] == "A biscuit"


def test_a_reward_that_expires_leaves_the_others_unannounced(held: HeldByPhone, card: HeldCard) -> None:
    stamp(card, 0)
    stamp(card, 30, 3)
    assert heard(held, 31) == "Reward ready: 2 × A biscuit"
    assert heard(held, 3_700) == "Reward ready: 2 × A biscuit and A coffee"

    both_end = end_of_day(SETTLED + timedelta(seconds=30), 1) - SETTLED
    assert heard(held, both_end.total_seconds() + 1) is None
    assert held.opened.field("ready")["value"] == "A coffee"


def test_a_reward_that_becomes_ready_later_is_announced_then(held: HeldByPhone, card: HeldCard) -> None:
    stamp(card, 0, 3)
    stamp(card, 600)
    assert heard(held, 601) == "Reward ready: 2 × A biscuit"

    assert heard(held, 3_601) == "Reward ready: 2 × A biscuit and A coffee"
