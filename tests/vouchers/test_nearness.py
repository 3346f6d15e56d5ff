"""Where a reward wants it, a phone that uses it alone is asked where it is."""

from typing import Any

import pytest
from msgspec import convert

from stampwell.counter.handing_over import hand_over
from stampwell.events.actors import CUSTOMER
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.changing import add_location
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import Location
from stampwell.programs.drafting import ProgramDraft, why_not_publish
from stampwell.programs.refusals import PlaceNotAsked
from stampwell.vouchers.models import Redemption
from stampwell.vouchers.nearness import (
    NEAR,
    ROUGH,
    NotNearKnownPlace,
    PlaceNotTold,
    Spot,
    TooFarAway,
    is_near,
    metres_between,
)
from stampwell.web.card.where import read_spot
from tests.moments import START
from tests.web.customer import card_with_reward, one_reward
from tests.world import HeldCard, Shop

pytestmark = pytest.mark.django_db
RIGA = Spot(56.94965, 24.10519)
SIGULDA = Spot(57.15000, 24.85000)


def metres_north(metres: float, accuracy: float = 10) -> Spot:
    return Spot(RIGA.latitude + metres / 111_195, RIGA.longitude, accuracy)


def reward_card(shop: Shop, *, spot: Spot | None = RIGA, **terms: Any) -> HeldCard:
    if spot:
        place = {"latitude": spot.latitude, "longitude": spot.longitude}
        Location.objects.filter(merchant=shop.merchant).update(**place)
    return card_with_reward(shop.publish(**one_reward("self_redeem", **{"place_check": True, **terms})))


def use(card: HeldCard, spot: Spot | None) -> None:
    hand_over(card.shop.merchant, card.open_vouchers[0].id, path="self_redeem", actor=CUSTOMER, spot=spot)


def test_distances_are_those_of_the_earth() -> None:
    assert metres_between(RIGA, SIGULDA) == pytest.approx(50_200, rel=0.01)
    assert metres_between(Spot(0, 179.999), Spot(0, -179.999)) == pytest.approx(222, rel=0.01)


def test_in_doubt_it_is_for_the_customer() -> None:
    assert is_near(metres_north(NEAR - 5, accuracy=0), [SIGULDA, RIGA])
    assert not is_near(metres_north(NEAR + 5, accuracy=0), [SIGULDA, RIGA])
    assert is_near(metres_north(NEAR + 5, accuracy=20), [RIGA])


def test_near_the_shop_it_is_used_and_only_that_is_kept(lume: Shop) -> None:
    card = reward_card(lume)

    use(card, metres_north(50))

    told = Event.objects.get(merchant=lume.merchant, type="voucher.redeemed").data
    assert told["nearness"] == "near"
    assert str(RIGA.latitude)[:5] not in str(told)


@pytest.mark.parametrize(
    ("spot", "refusal"),
    [(SIGULDA, TooFarAway), (None, PlaceNotTold), (metres_north(0, accuracy=ROUGH + 1), PlaceNotTold)],
)
def test_whoever_is_elsewhere_or_does_not_say_shows_it_to_the_staff(
    lume: Shop, spot: Spot | None, refusal: type[Exception]
) -> None:
    card = reward_card(lume)

    with pytest.raises(refusal):
        use(card, spot)
    assert not Redemption.objects.exists()

    hand_over(lume.merchant, card.open_vouchers[0].id, actor=lume.actor)  # staff always can
    assert "nearness" not in Event.objects.get(merchant=lume.merchant, type="voucher.redeemed").data


def test_where_another_location_has_no_position_nobody_is_told_that_they_are_not_near_the_shop(lume: Shop) -> None:
    """Whoever is refused may stand in it; where it does not count for the reward, they do not."""
    anywhere = reward_card(lume)
    here = reward_card(lume, location_ids=[public_id("loc", lume.location.id)])
    add_location(lume.merchant, LocationDraft(name="Sigulda", time_zone="Europe/Riga"), actor=lume.actor)
    lume.merchant.refresh_from_db()

    for card, refusal in ((anywhere, NotNearKnownPlace), (here, TooFarAway)):
        with pytest.raises(TooFarAway) as refused:
            use(card, SIGULDA)
        assert type(refused.value) is refusal


@pytest.mark.parametrize("terms", [{"spot": None}, {"place_check": False}])
def test_nothing_is_asked_where_no_location_says_where_it_is_or_the_reward_does_not_want_it(
    lume: Shop, terms: dict[str, Any]
) -> None:
    card = reward_card(lume, **terms)

    use(card, None)

    assert Redemption.objects.filter(merchant=lume.merchant).exists()


def test_only_a_reward_that_customers_use_alone_asks(lume: Shop) -> None:
    draft = convert({"name": "Tea card", **one_reward("staff_scan", place_check=True)}, ProgramDraft)

    assert isinstance(why_not_publish(lume.merchant, draft, START), PlaceNotAsked)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"lat": "", "lon": "", "accuracy": ""},
        {"lat": "x", "lon": "1", "accuracy": "1"},
        {"lat": "91", "lon": "1", "accuracy": "1"},
        {"lat": "nan", "lon": "1", "accuracy": "1"},
        {"lat": "1", "lon": "inf", "accuracy": "1"},
        {"lat": "1", "lon": "1", "accuracy": "-1"},
        {"lat": "1", "lon": "1", "accuracy": "nan"},
    ],
)
def test_what_is_no_place_on_earth_is_none(sent: dict[str, str]) -> None:
    assert read_spot(sent) is None
