"""Rewards of a shop with locations in two time zones: Riga, where the shop is, and London, two hours behind."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from stampwell.clock import stopped_at
from stampwell.events.actors import Actor
from stampwell.ids import public_id
from stampwell.merchants.changing import add_location
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import Location
from stampwell.programs.rules import say_how_long
from stampwell.programs.terms import terms_of
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.refusals import VoucherExpired, VoucherNotReady, WrongTime
from stampwell.vouchers.reversing import reverse_redemption
from stampwell.wallet.content import show_voucher
from tests.cards.test_stamping import stamp
from tests.world import HeldCard, Shop

NIGHT = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)  # the evening of 1 December in London, 2 December in Riga
pytestmark = pytest.mark.moment(NIGHT - timedelta(hours=12))


@pytest.fixture
def soho(lume: Shop) -> Location:
    draft = LocationDraft(name="Soho", time_zone="Europe/London")
    soho = add_location(lume.merchant, draft, actor=lume.actor)
    lume.merchant.refresh_from_db()
    return soho


def at(location: Location) -> Actor:
    return Actor(source="scanner", location_id=location.id)


PHONE = Actor(source="card")


def card_for(shop: Shop, given_at: Location, moment: datetime = NIGHT, **reward: Any) -> HeldCard:
    """A card of one stamp that was filled there at that moment."""
    terms = {"name": "Tea", "path": "self_redeem", **reward}
    card = shop.publish(goal=1, milestones=[{"stamps": 1, "reward": terms}]).card()
    with stopped_at(moment):
        stamp(card, actor=at(given_at))
    return card


def is_used(shop: Shop, card: HeldCard, moment: datetime, actor: Actor) -> bool:
    """Whether it can be; used or not, it is as before."""
    voucher = Voucher.objects.get(card_id=card.id)
    with stopped_at(moment):
        try:
            done = redeem_voucher(shop.merchant, voucher.id, actor=actor)
        except (VoucherExpired, VoucherNotReady, WrongTime):
            return False
        reverse_redemption(shop.merchant, done.redemption.id, reason="", actor=shop.actor)
    return True


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


def test_hours_of_a_reward_are_those_of_the_place(lume: Shop, soho: Location) -> None:
    morning: dict[str, Any] = {"weekdays": [3], "hours": [["08:00", "11:00"]]}  # 2 December is a Wednesday
    anywhere = card_for(lume, soho, **morning)
    in_soho = card_for(lume, soho, **morning, location_ids=[public_id("loc", soho.id)])

    def usable(card: HeldCard, actor: Actor) -> list[int]:
        return [hour for hour in range(5, 13) if is_used(lume, card, utc(2, hour), actor)]

    assert usable(anywhere, at(soho)) == [8, 9, 10]
    assert usable(anywhere, at(lume.location)) == usable(anywhere, PHONE) == [6, 7, 8]
    assert usable(in_soho, PHONE) == usable(in_soho, at(soho)) == [8, 9, 10]


def test_the_day_before_midnight_is_that_of_the_place(lume: Shop, soho: Location) -> None:
    card = card_for(lume, soho, weekdays=[2])  # Tuesday, 1 December

    assert is_used(lume, card, utc(1, 23, 59), at(soho))
    assert not is_used(lume, card, utc(1, 22), at(lume.location))
    assert not is_used(lume, card, utc(2, 0), at(soho))


def test_a_voucher_of_today_lasts_until_midnight_at_the_last_place(lume: Shop, soho: Location) -> None:
    """Valid for a day: the rest of this day, and the next one."""
    by_london, by_riga = (card_for(lume, place, valid_days=1) for place in (soho, lume.location))

    assert is_used(lume, by_london, utc(2, 23, 59), at(soho))
    assert is_used(lume, by_london, utc(2, 23, 59), at(lume.location))
    assert not is_used(lume, by_london, utc(3, 0), at(soho))
    assert is_used(lume, by_riga, utc(3, 23, 59), at(lume.location))
    assert not is_used(lume, by_riga, utc(4, 0), at(lume.location))


def test_a_reward_of_one_location_ends_by_its_clock(lume: Shop, soho: Location) -> None:
    places = [public_id("loc", lume.location.id)]
    card = card_for(lume, lume.location, valid_days=1, location_ids=places, active_after_seconds=86_400)

    assert not is_used(lume, card, utc(2, 21, 59), at(lume.location))
    assert is_used(lume, card, utc(2, 22), at(lume.location))
    assert is_used(lume, card, utc(4, 21, 59), at(lume.location))
    assert not is_used(lume, card, utc(4, 22), at(lume.location))


def test_a_reward_that_is_given_back_ends_with_a_day_again(lume: Shop, soho: Location) -> None:
    card = card_for(lume, soho, valid_days=1)
    voucher = Voucher.objects.get(card_id=card.id)
    with stopped_at(utc(2, 12)):
        used = redeem_voucher(lume.merchant, voucher.id, actor=at(soho))
    with stopped_at(utc(4, 12)):
        reverse_redemption(lume.merchant, used.redemption.id, reason="", actor=lume.actor)

    voucher.refresh_from_db()
    assert voucher.expires == utc(5, 0)


def test_the_end_is_told_as_a_day_of_the_place(lume: Shop, soho: Location, client: Client) -> None:
    card = card_for(lume, soho, valid_days=7)
    voucher = Voucher.objects.get(card_id=card.id)
    assert voucher.expires == utc(9, 0)  # midnight in London, two in the morning in Riga

    with stopped_at(NIGHT):
        page = client.get(card.url, headers={"accept-language": "en"}).content.decode()
        with merchant_transaction(lume.merchant.id):
            on_pass = show_voucher(lume.merchant, card.open_vouchers[0])
    assert "Use it by: 8 Dec 2026" in page
    assert on_pass.last_moment is not None
    assert on_pass.last_moment.isoformat() == "2026-12-08T23:59:59+00:00"
    with stopped_at(utc(9, 0)), pytest.raises(VoucherExpired) as refused:
        redeem_voucher(lume.merchant, voucher.id, actor=PHONE)
    assert refused.value.facts["until"].zone.key == "Europe/London"


def test_a_last_day_is_the_last_everywhere(lume: Shop, soho: Location) -> None:
    card = card_for(lume, soho, valid_until="2026-12-09T00:00:00Z")
    reward = terms_of(lume.merchant.id, Voucher.objects.get(card_id=card.id).version_id).milestones[0].reward

    with override("en"):
        assert [*say_how_long(lume.merchant, reward)] == ["Use it by: 8 Dec 2026"]
