"""The owner says after how long customers who no longer come are deleted, and sees how many that concerns."""

from datetime import timedelta

from django.test import Client

from stampwell.clock import stopped_at
from stampwell.customers.models import Retention
from tests.following import follow_everything
from tests.moments import START
from tests.web.dashboard.desk import DeskClient, words
from tests.web.signing_in import sign_in
from tests.world import Shop

PATH = "/settings/retention/"


def months() -> list[int]:
    return list(Retention.objects.values_list("months", flat=True))


def test_it_says_how_many_it_concerns_before_it_is_switched_on(lume: Shop) -> None:
    offer = lume.publish()
    for _card in range(3):
        offer.card()
    follow_everything()
    with stopped_at(START + timedelta(days=500)):
        offer.card()
        follow_everything()
        desk = DeskClient(lume.owner)

        page = words(desk.open(PATH))
        desk.send(PATH, months="12")

        assert "After 12 months (today: 3 of 4)" in page
        assert "After 18 months (today: 0 of 4)" in page
        assert months() == [12]
        assert "Deleted after 12 months" in words(desk.open("/settings/changes/"))


def test_it_is_switched_off_again_and_only_what_is_offered_is_taken(desk: DeskClient, lume: Shop) -> None:
    assert desk.send(PATH, months="24").status_code == 302
    for wrong in ("1", "0", "-12", "x", "１２０"):
        assert desk.send(PATH, months=wrong).status_code == 422
    assert months() == [24]

    assert desk.send(PATH, months="").status_code == 302

    assert months() == []


def test_whoever_signed_in_long_ago_confirms_it_first(lume: Shop) -> None:
    client = Client()
    sign_in(client, lume.owner, seconds_ago=3600)

    assert "reauthenticate" in client.post(PATH, {"months": "12"})["Location"]
    assert months() == []
