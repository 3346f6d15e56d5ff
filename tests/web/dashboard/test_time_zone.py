"""Another time zone for the shop, at the desk."""

import pytest

from stampwell.insight.counting_anew import COUNT_ANEW
from stampwell.jobs.models import Job
from stampwell.merchants.changing import add_location
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import Merchant
from tests.cards.test_stamping import stamp
from tests.web.dashboard.desk import DeskClient, words
from tests.world import Shop

PATH = "/settings/time-zone/"


def zone_of(shop: Shop) -> str:
    return Merchant.objects.get(id=shop.merchant.id).time_zone


def test_a_page_says_what_moves_before_it_is_done(desk: DeskClient, lume: Shop) -> None:
    for name, zone in (("Tallinn", "Europe/Tallinn"), ("Soho", "Europe/London")):
        add_location(lume.merchant, LocationDraft(name=name, time_zone=zone), actor=lume.actor)
    stamp(lume.publish(goal=1, milestones=[{"stamps": 1, "reward": {"name": "Tea", "valid_days": 7}}]).card())

    plain, sheet = words(desk.open(PATH)), words(desk.open(f"{PATH}?time_zone=Europe/London"))

    assert "What changes" not in plain
    assert "These locations get the new time zone too: Café Lume." in sheet
    assert "These locations keep their own time zone: Tallinn." in sheet
    assert "This holds for 1 reward that a customer has now." in sheet
    assert "in the morning, by the new clock" in sheet
    assert "The figures are counted anew" in sheet
    assert zone_of(lume) == "Europe/Riga"


def test_the_shop_gets_another_time_zone(desk: DeskClient, lume: Shop) -> None:
    answer = desk.send(PATH, time_zone="Europe/London")

    assert answer.status_code == 302
    assert zone_of(lume) == "Europe/London"
    assert Job.objects.get().kind == COUNT_ANEW
    assert "United Kingdom: London" in words(desk.open("/settings/"))
    assert "Europe/Riga" in words(desk.open("/settings/changes/"))


@pytest.mark.parametrize("wrong", ["Europe/Atlantis", "", "x" * 5000])
def test_a_zone_that_there_is_not_is_refused_beside_the_field(desk: DeskClient, lume: Shop, wrong: str) -> None:
    assert desk.send(PATH, time_zone=wrong).status_code == 422
    assert desk.open(f"{PATH}?time_zone={wrong[:100]}").status_code == 422
    assert zone_of(lume) == "Europe/Riga"
