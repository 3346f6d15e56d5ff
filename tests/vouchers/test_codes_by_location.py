"""A reward whose code is another one at each location's till."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from stampwell.cards.giving import give_voucher
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.access import Scope
from stampwell.merchants.founding import issue_api_key
from stampwell.merchants.models import Location
from stampwell.programs.refusals import CodeElsewhere
from stampwell.refusal import NotFound
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.refusals import WhereNeeded, WrongLocation
from stampwell.vouchers.revealing import Revealed, reveal_code
from tests.kept import made_once
from tests.web.api.client import ApiClient
from tests.web.customer import voucher_path
from tests.web.dashboard.desk import DeskClient, words
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db


def loc(place: Location) -> str:
    return public_id("loc", place.id)


def tea(codes: dict[str, str], **reward: Any) -> dict[str, Any]:
    code = {"kind": "static", "code": "FREETEA", "code_by_location": codes}
    return {"name": "Tea", "path": "redeem_code", "redeem_code": code, **reward}


def offer_of(shop: Shop, codes: dict[str, str], **reward: Any) -> Offer:
    return shop.publish(goal=1, milestones=[{"stamps": 1, "reward": tea(codes, **reward)}])


@pytest.fixture
@made_once
def mill(lume: Shop) -> Location:
    return Location.objects.create(merchant=lume.merchant, name="Mill", time_zone="Europe/Riga")


@pytest.fixture
@made_once
def offer(lume: Shop, mill: Location) -> Offer:
    return offer_of(lume, {loc(mill): "MILL10"})


def card_with_voucher(offer: Offer) -> HeldCard:
    card = offer.card()
    give_voucher(offer.shop.merchant, card.id, offer.terms.milestones[0].reward.id, actor=offer.shop.actor)
    return card


def voucher_of(offer: Offer) -> UUID:
    return card_with_voucher(offer).open_vouchers[0].id


def show(offer: Offer, voucher_id: UUID, place: Location | None = None) -> Revealed:
    return reveal_code(offer.shop.merchant, voucher_id, location_id=place.id if place else None)


def test_each_location_has_its_code_and_the_others_the_one_for_all(lume: Shop, offer: Offer, mill: Location) -> None:
    assert show(offer, voucher_of(offer), mill).code == "MILL10"
    assert show(offer, voucher_of(offer), lume.location).code == "FREETEA"


def test_what_is_shown_stays_wherever_the_customer_says_to_be_next(lume: Shop, offer: Offer, mill: Location) -> None:
    voucher_id = voucher_of(offer)
    first = show(offer, voucher_id, mill)

    assert show(offer, voucher_id, lume.location) == first
    assert show(offer, voucher_id) == first
    (event,) = Event.objects.filter(type="voucher.revealed")
    assert (event.source, event.location_id) == ("card", mill.id)
    assert "MILL10" not in str(event.data)


def test_where_it_depends_on_the_location_nothing_is_shown_without_one(lume: Shop, offer: Offer) -> None:
    voucher_id = voucher_of(offer)

    with pytest.raises(WhereNeeded):
        show(offer, voucher_id)

    assert Voucher.objects.get(id=voucher_id).state == "ready"


def test_a_reward_of_one_location_shows_its_code_without_a_question(lume: Shop, mill: Location) -> None:
    offer = offer_of(lume, {loc(mill): "MILL10"}, location_ids=[loc(mill)])

    assert show(offer, voucher_of(offer)).code == "MILL10"


def test_no_code_is_shown_for_a_location_where_the_reward_does_not_count(
    lume: Shop, rossi: Shop, mill: Location
) -> None:
    harbour = Location.objects.create(merchant=lume.merchant, name="Harbour", time_zone="Europe/Riga")
    offer = offer_of(lume, {loc(mill): "MILL10"}, location_ids=[loc(mill), loc(harbour)])
    voucher_id = voucher_of(offer)

    with pytest.raises(WrongLocation):
        show(offer, voucher_id, lume.location)
    with pytest.raises(NotFound):
        show(offer, voucher_id, rossi.location)

    assert Voucher.objects.get(id=voucher_id).state == "ready"


@pytest.mark.parametrize(
    ("codes", "code_format", "refused"),
    [
        ({"mill": "4006381333932"}, "ean13", (422, "code_does_not_fit")),
        ({"mill": ""}, "text", (422, "invalid_request")),
        ({"rossi": "ROSSI10"}, "text", (404, "not_found")),
        ({"nowhere": "X"}, "text", (404, "not_found")),
    ],
)
def test_codes_of_locations_are_judged_when_they_are_published(
    lume: Shop, rossi: Shop, mill: Location, codes: dict[str, str], code_format: str, refused: tuple[int, str]
) -> None:
    ids = {"mill": loc(mill), "rossi": loc(rossi.location), "nowhere": "nowhere"}
    reward = tea({ids[place]: code for place, code in codes.items()})
    reward["redeem_code"] |= {"format": code_format, "code": "4006381333931"}

    reply = ApiClient(lume.api_key()).post(
        "/programs", {"name": "Card", "goal": 1, "milestones": [{"stamps": 1, "reward": reward}]}
    )

    assert (reply.status, reply.code) == refused


def test_a_code_for_a_location_where_the_reward_does_not_count_is_refused(lume: Shop, mill: Location) -> None:
    with pytest.raises(CodeElsewhere):
        offer_of(lume, {loc(mill): "MILL10"}, location_ids=[loc(lume.location)])


def test_the_customer_says_with_one_tap_where_they_are(
    client: Client, lume: Shop, offer: Offer, mill: Location
) -> None:
    where = voucher_path(card_with_voucher(offer))

    asked = client.get(f"{where}/code").text
    unsaid = client.post(f"{where}/code")
    wrong = client.post(f"{where}/code", {"location": "nowhere"})
    client.post(f"{where}/code", {"location": loc(mill)})
    page = client.get(where).text

    assert [name in asked for name in (lume.location.name, "Mill", "Yes, show the code")] == [True, True, False]
    assert f'name="location" value="{loc(mill)}"' in asked
    assert (unsaid.status_code, "Choose the location you are at." in unsaid.text) == (422, True)
    assert wrong.status_code == 404
    assert ("MILL10" in page, "FREETEA" in page) == (True, False)


def test_a_program_sees_the_codes_of_locations_if_it_may_see_codes(lume: Shop, offer: Offer, mill: Location) -> None:
    path = f"/vouchers/{public_id('vch', voucher_of(offer))}"
    bound = issue_api_key(lume.merchant, name="Till", scopes=list(Scope), location=mill)[1]

    def codes_for(key: str, path: str) -> object:
        found = ApiClient(key).get(path).json
        code = found["redeem_code"] if "vouchers" in path else found["milestones"][0]["reward"]["redeem_code"]
        return code["code"], code.get("code_by_location", {})

    both = ("FREETEA", {loc(mill): "MILL10"})
    assert codes_for(lume.api_key(), path) == both
    assert codes_for(bound, path) == ("MILL10", {})
    assert codes_for(lume.api_key(Scope.VOUCHERS_READ), path) == (None, {})
    program = f"/programs/{public_id('prg', offer.program.id)}"
    assert codes_for(lume.api_key(), program) == both
    assert codes_for(lume.api_key(Scope.PROGRAMS_READ), program) == (None, {})
    assert "MILL10" not in str([event.data for event in Event.objects.all()])


def test_the_form_asks_for_the_codes_of_locations_and_keeps_them(lume: Shop, mill: Location) -> None:
    desk, field = DeskClient(lume.owner), f"goal-reward-code_at_{loc(mill)}"
    code = {"goal-reward-path": "redeem_code", "goal-reward-code": "FREETEA"}
    desk.publish(**code, **{field: "MILL10"})
    (program,) = ApiClient(lume.api_key()).get("/programs").json["items"]
    edit, was = f"/programs/{program['id']}/edit/", {"goal-reward-was": program["milestones"][-1]["reward"]["id"]}

    def codes() -> object:
        found = ApiClient(lume.api_key()).get(f"/programs/{program['id']}").json
        return found["milestones"][-1]["reward"]["redeem_code"]["code_by_location"]

    page = desk.open(edit).content.decode()
    desk.publish(edit, **code, **was)  # as a page of the release before sends it
    kept = codes()
    unfit = desk.publish(edit, **code, **was, **{field: "TEE\u2603", "goal-reward-code_format": "code128"})
    desk.publish(edit, **code, **was, **{field: ""})

    assert 'value="MILL10"' in page
    assert kept == {loc(mill): "MILL10"}
    assert 'class="field wrong"' in unfit.content.decode()
    assert codes() == {}


def test_a_shop_of_one_location_is_asked_for_one_code(lume: Shop) -> None:
    assert "Another code at some locations" not in words(DeskClient(lume.owner).open("/programs/new/"))
