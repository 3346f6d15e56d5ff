"""The double is never milder than Google: what it lets through in tests has to pass there."""

import pytest

from tests.doubles.google import ISSUER, Google, Refused
from tests.doubles.google_schema import faults_of

CLASS = f"{ISSUER}.coffee"
CARD = f"{ISSUER}.card"
OFFER = f"{ISSUER}.offer"
ROOT = "/walletobjects/v1"


@pytest.fixture
def linked(google: Google) -> Google:
    """A card with a place, a count and an offer beside it."""
    given = {"id": CARD, "classId": CLASS, "state": "ACTIVE", "loyaltyPoints": {"balance": {"string": "0/10"}}}
    google.objects["loyaltyClass"][CLASS] = {"id": CLASS}
    google.objects["offerObject"][OFFER] = {"id": OFFER}
    google.answer("POST", f"{ROOT}/loyaltyObject", given | {"merchantLocations": [{"latitude": 1, "longitude": 2}]})
    ids = {"linkedOfferObjectIds": {"addLinkedOfferObjectIds": [OFFER]}}
    google.answer("POST", f"{ROOT}/loyaltyObject/{CARD}/modifyLinkedOfferObjects", ids)
    return google


def test_an_update_leaves_links_and_what_it_names_as_empty(linked: Google) -> None:
    linked.answer("PATCH", f"{ROOT}/loyaltyObject/{CARD}", {"id": CARD, "state": "INACTIVE", "merchantLocations": []})

    assert linked.card()["state"] == "INACTIVE"
    assert linked.card()["merchantLocations"] == [{"latitude": 1, "longitude": 2}]
    assert linked.links == {CARD: [OFFER]}


def test_a_replacement_clears_links_and_what_it_does_not_name(linked: Google) -> None:
    linked.answer("PUT", f"{ROOT}/loyaltyObject/{CARD}", {"id": CARD, "classId": CLASS, "state": "INACTIVE"})

    assert linked.card() == {"id": CARD, "classId": CLASS, "state": "INACTIVE"}
    assert linked.links == {}


def test_a_fourth_notice_is_refused_with_the_whole_update(linked: Google) -> None:
    changes = [
        {"loyaltyPoints": {"balance": {"string": f"{count}/10"}}, "notifyPreference": "NOTIFY_ON_UPDATE"}
        for count in (1, 2, 3, 4)
    ]
    for change in changes[:3]:
        linked.answer("PATCH", f"{ROOT}/loyaltyObject/{CARD}", change)

    with pytest.raises(Refused) as refused:
        linked.answer("PATCH", f"{ROOT}/loyaltyObject/{CARD}", changes[3])

    assert (refused.value.status, refused.value.reason) == (403, "quotaExceeded")
    assert linked.card()["loyaltyPoints"]["balance"] == {"string": "3/10"}


@pytest.mark.parametrize("state", ["active", "STATE_UNSPECIFIED", "GONE"])
def test_values_of_old_are_refused(state: str) -> None:
    (fault,) = faults_of({"state": state}, "LoyaltyObject")

    assert fault.endswith(f"{state} is none of the values")
