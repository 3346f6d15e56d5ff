"""Changing the terms of a program by the API."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from stampwell.clock import now, stopped_at
from stampwell.ids import public_id
from stampwell.job_kinds import KINDS
from stampwell.jobs.worker import JobWorker
from stampwell.schedule import begin_announced_terms
from tests.jobs.conftest import queue as queue
from tests.kept import made_once
from tests.web.api.client import ApiClient
from tests.world import BISCUIT, COFFEE, Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning={"by": "visit", "cooldown_seconds": 0})


def path_of(offer: Offer) -> str:
    return f"/programs/{public_id('prg', offer.program.id)}"


def with_goal(goal: int, **more: Any) -> dict[str, Any]:
    return {
        "name": "Coffee card",
        "goal": goal,
        "milestones": [BISCUIT, COFFEE | {"stamps": goal}],
        "earning": {"by": "visit", "cooldown_seconds": 0},
        **more,
    }


def test_better_terms_are_given_to_everybody_by_a_job(queue: None, api: ApiClient, offer: Offer) -> None:
    card = public_id("crd", offer.card().id)
    api.post(f"/cards/{card}/stamps", {"count": 9})

    changed = api.post(f"{path_of(offer)}/versions", with_goal(8, apply="everybody"), key="once")
    again = api.post(f"{path_of(offer)}/versions", with_goal(8, apply="everybody"), key="once")

    assert (changed.status, changed.json["for_customers"]) == (201, "better")
    assert (changed.json["program"]["version"], changed.json["program"]["goal"]) == (2, 8)
    assert again.body == changed.body
    JobWorker(KINDS).empty_the_queue()
    job = api.get(f"/jobs/{changed.json['job_id']}").json
    assert (job["state"], job["done"], job["report"]) == ("done", 1, {"moved": 1, "rewards": 1})
    moved = api.get(f"/cards/{card}").json
    assert (moved["round"], moved["stamps"], moved["goal"]) == (2, 1, 8)
    told = [event for event in api.get("/events?limit=200").json["items"] if event["type"] == "card.terms_changed"]
    assert [event["data"]["card"]["id"] for event in told] == [card]


def test_new_rounds_are_meant_where_nothing_is_said(api: ApiClient, offer: Offer) -> None:
    card = public_id("crd", offer.card().id)

    changed = api.post(f"{path_of(offer)}/versions", with_goal(8)).json

    assert (changed["program"]["goal"], changed["job_id"]) == (8, None)
    assert api.get(f"/cards/{card}").json["goal"] == 10


def test_what_is_worse_needs_notice_and_then_begins(api: ApiClient, offer: Offer) -> None:
    offer.card()
    path = f"{path_of(offer)}/versions"

    for apply in ("new_rounds", "everybody", {"at": (now() + timedelta(days=13)).isoformat()}):
        refused = api.post(path, with_goal(12, apply=apply))
        assert (refused.status, refused.code, refused.json["facts"]["days"]) == (409, "notice_needed", 14)
    earliest = refused.json["facts"]["earliest"]
    announced = api.post(path, with_goal(12, apply={"at": earliest})).json

    assert announced["for_customers"] == "worse"
    assert (announced["program"]["goal"], announced["program"]["version"]) == (10, 1)
    assert announced["program"]["announced"] == {"version": 2, "starts_at": earliest}
    with stopped_at(datetime.fromisoformat(earliest)):
        begin_announced_terms()
        program = api.get(path_of(offer)).json
    assert (program["goal"], program["version"], program["announced"]) == (12, 2, None)


def test_what_is_of_another_kind_is_not_for_everybody(api: ApiClient, offer: Offer) -> None:
    offer.card()
    other = with_goal(10) | {"milestones": [BISCUIT, {"stamps": 10, "reward": {"name": "Juice"}}]}

    refused = api.post(f"{path_of(offer)}/versions", other | {"apply": "everybody"})

    assert (refused.status, refused.code) == (409, "not_better")


@pytest.mark.parametrize(
    ("apply", "code"),
    [
        ({"at": "2000-01-01T00:00:00Z"}, "start_unclear"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "start_unclear"),
        ({"at": "9999-12-31T23:59:59-14:00"}, "start_unclear"),
        ({"at": "2999-12-31T22:00:00"}, "invalid_request"),
        ({"at": "soon"}, "invalid_request"),
        ({"at": None}, "invalid_request"),
        ({}, "invalid_request"),
        ("nobody", "invalid_request"),
    ],
)
def test_a_start_that_cannot_be_is_refused(api: ApiClient, offer: Offer, apply: object, code: str) -> None:
    refused = api.post(f"{path_of(offer)}/versions", with_goal(8, apply=apply))

    assert (refused.status, refused.code) == (422, code)
    assert api.get(path_of(offer)).json["announced"] is None


def test_nobody_changes_the_program_of_another_shop(rossi: Shop, offer: Offer) -> None:
    rival = ApiClient(rossi.api_key())

    assert rival.post(f"{path_of(offer)}/versions", with_goal(8)).status == 404
