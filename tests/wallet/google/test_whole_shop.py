"""A change of the whole shop at Google: its classes are sent again, its cards only where they show it."""

import pytest
from pytest_django import Settings

from stampwell.merchants.changing import change_location
from stampwell.merchants.describing import Position
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.models import GoogleObject, WalletFeed
from stampwell.programs.currency import change_merchant
from stampwell.schedule import remake_outdated_passes, spread_shop_changes
from stampwell.wallet.google.dispatch import send_due_cards
from stampwell.wallet.google.queue import EVERY_CARD
from stampwell.wallet.google.save_button import save_link
from stampwell.wallet.whole_shop import spread_further
from tests.doubles.google import Google
from tests.following import follow_everything
from tests.web.customer import AT_ONCE, give_stamps, one_reward
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db


def save(card: HeldCard) -> None:
    save_link(card.shop.merchant, card.id)
    catch_up()


def catch_up() -> None:
    """The worker's steps for Google; at the end nothing is left to do."""
    follow_everything()
    send_due_cards()
    spread_shop_changes()
    send_due_cards()


def rename(shop: Shop, name: str) -> None:
    change_merchant(shop.merchant, name=name, locale="en", currency="EUR", actor=shop.actor)


def asked(google: Google) -> list[tuple[str, str]]:
    return [(one.method, one.path.split("/")[3]) for one in google.asked]


@pytest.fixture
def cards(google: Google, offer: Offer) -> list[HeldCard]:
    """Three that were saved; Google has them as they are."""
    cards = [offer.card() for _number in range(3)]
    for card in cards:
        save(card)
    google.asked.clear()
    return cards


def test_a_new_name_changes_the_class_and_no_card(google: Google, cards: list[HeldCard], lume: Shop) -> None:
    rename(lume, "Lume & Daughters")
    catch_up()

    assert asked(google) == [("PATCH", "loyaltyClass")]
    (there,) = google.objects["loyaltyClass"].values()
    assert there["issuerName"] == "Lume & Daughters"
    assert google.refused == []
    assert not GoogleObject.objects.filter(due__isnull=False).exists()
    assert WalletFeed.objects.get().google_after is None


def test_a_place_changes_the_class_and_no_card(google: Google, cards: list[HeldCard], lume: Shop) -> None:
    draft = LocationDraft(name="Café Lume", time_zone="Europe/Riga", position=Position(56.9496, 24.1052))
    change_location(lume.merchant, lume.location.id, draft, actor=lume.actor)
    catch_up()

    assert asked(google) == [("PATCH", "loyaltyClass")]
    (there,) = google.objects["loyaltyClass"].values()
    assert there["merchantLocations"] == [{"latitude": 56.9496, "longitude": 24.1052}]


def test_the_class_of_every_version_in_use_is_changed(
    google: Google, cards: list[HeldCard], offer: Offer, lume: Shop
) -> None:
    save(lume.publish(offer.program, name="Coffee card, new", earning=AT_ONCE).card())
    google.asked.clear()
    rename(lume, "Lume & Daughters")
    catch_up()

    assert asked(google) == [("PATCH", "loyaltyClass")] * 2
    assert {there["issuerName"] for there in google.objects["loyaltyClass"].values()} == {"Lume & Daughters"}


def test_a_reward_beside_the_card_gets_the_new_name(google: Google, lume: Shop) -> None:
    card = lume.publish(**one_reward("staff_scan")).card()
    save(card)
    give_stamps(card, 2)
    catch_up()
    google.asked.clear()
    rename(lume, "Lume & Daughters")
    catch_up()

    assert asked(google) == [("PATCH", "loyaltyClass"), ("PATCH", "offerClass")]
    (there,) = google.objects["offerClass"].values()
    assert there["issuerName"] == "Lume & Daughters"


def test_a_rivals_class_is_left_alone(google: Google, cards: list[HeldCard], lume: Shop, rossi: Shop) -> None:
    save(rossi.publish(earning=AT_ONCE).card())
    google.asked.clear()
    rename(lume, "Lume & Daughters")
    catch_up()

    assert asked(google) == [("PATCH", "loyaltyClass")]
    assert "Rossi" in {there["issuerName"] for there in google.objects["loyaltyClass"].values()}


def test_ten_new_names_in_a_moment_are_one_request(google: Google, cards: list[HeldCard], lume: Shop) -> None:
    for number in range(10):
        rename(lume, f"Lume {number}")
    catch_up()

    assert asked(google) == [("PATCH", "loyaltyClass")]


def test_a_removed_card_is_not_sent(google: Google, cards: list[HeldCard], lume: Shop) -> None:
    GoogleObject.objects.filter(kind="card").update(removed="2026-11-22T12:00Z")
    rename(lume, "Lume & Daughters")
    catch_up()

    assert google.asked == []


def test_cards_become_due_some_at_a_time_and_what_waits_comes_first(
    google: Google, cards: list[HeldCard], lume: Shop
) -> None:
    rename(lume, "Lume & Daughters")
    follow_everything()

    assert spread_further(lume.merchant.id, EVERY_CARD, most=2) == 2
    assert spread_further(lume.merchant.id, EVERY_CARD, most=2) == 0  # until those two are sent
    assert send_due_cards() == 2
    assert spread_further(lume.merchant.id, EVERY_CARD, most=2) == 1
    assert send_due_cards() == 1
    assert asked(google) == [("PATCH", "loyaltyClass")]


def test_a_new_base_address_changes_every_card(
    google: Google, cards: list[HeldCard], lume: Shop, settings: Settings
) -> None:
    settings.BASE_URL = "https://cards.lume.example"
    remake_outdated_passes()
    catch_up()

    assert sorted(asked(google)) == [("PATCH", "loyaltyClass"), *[("PATCH", "loyaltyObject")] * 3]
    for there in google.objects["loyaltyObject"].values():
        assert there["heroImage"]["sourceUri"]["uri"].startswith("https://cards.lume.example/")
    google.asked.clear()
    remake_outdated_passes()
    catch_up()
    assert google.asked == []
