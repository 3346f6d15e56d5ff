"""A kept answer and an event hold what a card shows, and that does not grow with the card."""

import pytest

from stampwell.cards.describing import MOST_VOUCHERS
from stampwell.cards.earning import Purchase
from stampwell.cards.giving import give_voucher
from stampwell.cards.stamping import add_stamp
from stampwell.events.models import Event
from stampwell.requests.models import StoredAnswer
from tests.kept import made_once
from tests.web.api.client import ApiClient
from tests.web.scanner.phone import Phone
from tests.world import HeldCard, Shop

pytestmark = pytest.mark.django_db

MANY = 3 * MOST_VOUCHERS
LARGEST = 32 * 1024  # bytes


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    """One with far more open vouchers than anybody earns."""
    offer = lume.publish(earning={"by": "visit", "cooldown_seconds": 0})
    card, reward = offer.card(), offer.terms.milestones[0].reward.id
    for _voucher in range(MANY):
        give_voucher(lume.merchant, card.id, reward, actor=lume.actor)
    return card


def test_a_card_shows_the_first_of_its_vouchers_and_counts_the_others(lume: Shop, card: HeldCard) -> None:
    shown = ApiClient(lume.api_key()).get(f"/cards/crd_{card.id.hex}").json

    assert (len(shown["vouchers"]), shown["more_vouchers"]) == (MOST_VOUCHERS, MANY - MOST_VOUCHERS)
    assert [voucher["id"] for voucher in shown["vouchers"]] == [
        f"vch_{row.id.hex}" for row in card.open_vouchers[:MOST_VOUCHERS]
    ]
    assert all(voucher["web_url"] for voucher in shown["vouchers"])


def test_all_of_them_are_listed(lume: Shop, card: HeldCard) -> None:
    listed = ApiClient(lume.api_key()).get(f"/vouchers?card_id=crd_{card.id.hex}&limit=200").json["items"]

    assert len(listed) == MANY


def test_what_is_kept_does_not_grow_with_the_card(lume: Shop, card: HeldCard) -> None:
    api, phone = ApiClient(lume.api_key()), Phone(lume).enrol()
    phone.sign_in(lume.hire("Bo"))

    assert api.post(f"/cards/crd_{card.id.hex}/stamps").status == 201
    assert api.post("/scans", {"code": card.code}).status == 201
    assert phone.scan(card.code).outcome == "stamped"
    add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)

    kept = [len(bytes(answer.body)) for answer in StoredAnswer.objects.all()]
    events = [len(str(event.data)) for event in Event.objects.filter(type="stamp.added")]
    assert (len(kept), len(events)) == (3, 4)
    assert max(kept) < LARGEST
    assert max(events) < LARGEST
