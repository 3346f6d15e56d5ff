"""The calls that plan what is shown next in the place of a code."""

from datetime import timedelta

import pytest

from stampwell.clock import stopped_at
from stampwell.ids import public_id
from stampwell.merchants.access import Scope
from stampwell.merchants.models import Location
from tests.programs.test_replacing_codes import TODAY, TURN, mill, offer, plan, reward_of, turn_of
from tests.vouchers.test_codes_by_location import loc, tea, voucher_of
from tests.web.api.client import ApiClient
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db
__all__ = ["mill", "offer"]  # fixtures


def asked(offer: Offer, **changes: object) -> dict[str, object]:
    reward = public_id("rwd", reward_of(offer))
    return {"reward_id": reward, "next_code": "NEWTEA", "first_day": TURN.isoformat(), **changes}


def test_it_is_planned_listed_and_taken_back(lume: Shop, offer: Offer, mill: Location) -> None:
    api = ApiClient(lume.api_key())
    made = api.post("/code-successors", asked(offer))
    own = api.post("/code-successors", asked(offer, next_code="MILL11", location_id=loc(mill), overlap_days=1))

    assert (made.status, own.status) == (201, 201)
    assert (made.json["code"], made.json["next_code"], own.json["code"]) == ("FREETEA", "NEWTEA", "MILL10")
    assert made.json["old_removed_at"] is None
    assert api.get("/code-successors").json["items"] == [made.json, own.json]
    assert api.get("/code-successors?limit=1").json["items"] == [made.json]
    path = f"/code-successors/{own.json['id']}"
    assert api.get(path).json == own.json
    assert api.post(f"{path}/reversal").json == own.json
    assert api.get(path).status == 404


def test_that_the_old_code_is_deleted_is_said_once(lume: Shop, offer: Offer) -> None:
    row, api = plan(offer), ApiClient(lume.api_key())
    path = f"/code-successors/{public_id('csu', row.id)}"
    early = api.post(f"{path}/removal")
    with stopped_at(turn_of(offer)):
        late = api.post(f"{path}/reversal")
    with stopped_at(row.old_until):
        first, second = (api.post(f"{path}/removal").json["old_removed_at"] for _time in range(2))

    assert (early.status, early.code) == (409, "old_code_still_shown")
    assert (late.status, late.code) == (409, "successor_begun")
    assert first == second is not None


def test_terms_that_cannot_show_a_planned_code_name_both(lume: Shop, offer: Offer) -> None:
    plan(offer, "NÉWTEA")
    api = ApiClient(lume.api_key())
    reward = tea({}) | {"redeem_code": {"kind": "static", "code": "FREETEA", "format": "code128"}}
    terms = {"name": "Tea", "goal": 1, "milestones": [{"stamps": 1, "reward": reward}]}

    new = api.post("/programs", terms)
    next_version = api.post(f"/programs/{public_id('prg', offer.program.id)}/versions", terms)

    assert [(one.status, one.code) for one in (new, next_version)] == [(422, "next_code_does_not_fit")] * 2
    facts = {"code": "FREETEA", "next_code": "NÉWTEA", "format": "Code 128"}
    assert new.json["facts"] == next_version.json["facts"] == facts


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"next_code": "freetea"}, (409, "code_taken")),
        ({"next_code": " "}, (422, "invalid_request")),
        ({"next_code": "N" * 201}, (422, "invalid_request")),
        ({"overlap_days": 0}, (422, "invalid_request")),
        ({"first_day": (TODAY - timedelta(days=1)).isoformat()}, (422, "day_too_far")),
        ({"first_day": "soon"}, (422, "invalid_request")),
        ({"location_id": "loc_" + "0" * 32}, (404, "not_found")),
        ({"next": "X"}, (422, "invalid_request")),
    ],
)
def test_what_cannot_be_is_refused(
    lume: Shop, offer: Offer, changes: dict[str, object], refused: tuple[int, str]
) -> None:
    answer = ApiClient(lume.api_key()).post("/code-successors", asked(offer, **changes))

    assert (answer.status, answer.code) == refused


def test_a_key_that_only_reads_sees_no_code(lume: Shop, offer: Offer) -> None:
    plan(offer)
    reader = ApiClient(lume.api_key(Scope.PROGRAMS_READ))

    (told,) = reader.get("/code-successors").json["items"]

    assert (told["code"], told["next_code"]) == (None, None)
    assert reader.post("/code-successors", asked(offer)).status == 403


def test_a_ready_voucher_tells_the_code_of_the_moment(lume: Shop, offer: Offer) -> None:
    plan(offer)
    path, api = f"/vouchers/{public_id('vch', voucher_of(offer))}", ApiClient(lume.api_key())
    before = api.get(path).json["redeem_code"]["code"]
    with stopped_at(turn_of(offer)):
        after = api.get(path).json["redeem_code"]["code"]

    assert (before, after) == ("FREETEA", "NEWTEA")
