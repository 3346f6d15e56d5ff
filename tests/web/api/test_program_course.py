"""Pausing and ending a program by the API, and what a till is then told."""

import pytest

from stampwell.ids import public_id
from tests.kept import made_once
from tests.web.api.client import ApiClient
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


def path_of(offer: Offer) -> str:
    return f"/programs/{public_id('prg', offer.program.id)}"


def test_a_program_is_paused_goes_on_and_is_closed(api: ApiClient, offer: Offer) -> None:
    card, path = offer.card(), path_of(offer)
    stamps = f"/cards/{public_id('crd', card.id)}/stamps"

    paused = api.post(f"{path}/pause", {"stamping": True})
    assert (paused.status, paused.json["state"]) == (201, "paused")
    assert api.post(stamps).code == "stamping_paused"
    assert api.post("/scans", {"code": card.code}).code == "stamping_paused"
    assert api.post("/cards", {"program_id": public_id("prg", offer.program.id)}).code == "joining_paused"

    assert api.post(f"{path}/resumption").json["state"] == "published"
    assert api.post(stamps).status == 201

    assert api.post(f"{path}/closing").json["state"] == "closed"
    assert api.post(stamps).code == "program_over"
    assert api.post("/cards", {"program_id": public_id("prg", offer.program.id)}).code == "program_closed"
    assert api.post(f"{path}/pause").code == "program_over"


def test_a_last_day_may_be_given(api: ApiClient, offer: Offer) -> None:
    later = api.post(f"{path_of(offer)}/closing", {"last_day": "2999-12-31"}).json

    assert (later["state"], later["closed_at"]) == ("published", "2999-12-31T22:00:00Z")
    assert api.post(f"{path_of(offer)}/closing", {"last_day": "2000-01-01"}).code == "last_day_unclear"
    assert api.post(f"{path_of(offer)}/closing", {"last_day": "soon"}).code == "invalid_request"


def test_a_refused_scan_is_written_down(api: ApiClient, offer: Offer) -> None:
    api.post(f"{path_of(offer)}/pause", {"stamping": True})

    api.post("/scans", {"code": offer.card().code})

    newest = api.get("/events?limit=200").json["items"][-1]
    assert (newest["type"], newest["data"]["reason"]) == ("scan.refused", "stamping_paused")


def test_nobody_pauses_the_program_of_another_shop(rossi: Shop, offer: Offer) -> None:
    rival = ApiClient(rossi.api_key())

    for act in ("pause", "resumption", "closing"):
        assert rival.post(f"{path_of(offer)}/{act}").code == "not_found"
