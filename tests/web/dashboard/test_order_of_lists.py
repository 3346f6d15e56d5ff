"""Whoever looks for a name in a list finds it where their language puts it."""

import re

import pytest

from stampwell.merchants.changing import add_location
from stampwell.merchants.enrolling import invite_station
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import StaffMember
from tests.web.dashboard.desk import DeskClient
from tests.world import Shop

# In the order in which they are made; Estonian sorts Õ behind W, English beside O.
NAMES = ["Õie", "Žanna", "Wim", "Oskar", "Zane"]
IN_ORDER = {
    "en": ["Õie", "Oskar", "Wim", "Zane", "Žanna"],
    "lv": ["Õie", "Oskar", "Wim", "Zane", "Žanna"],
    "et": ["Oskar", "Zane", "Žanna", "Wim", "Õie"],
}


@pytest.fixture
def filled(lume: Shop) -> Shop:
    for name in NAMES:
        lume.hire(name)
        draft = LocationDraft(name=name, time_zone="Europe/Riga")
        add_location(lume.merchant, draft, actor=lume.actor)
        invite_station(lume.merchant, lume.location, kind="scanner", name=name)
        lume.publish(name=name)
    return lume


def listed(page: str, within: str) -> list[str]:
    """Those of NAMES that stand in a part of the page, each once."""
    part = page[page.index(within) :].partition("</section>")[0]
    return list(dict.fromkeys(re.findall("|".join(NAMES), re.sub(r"<[^>]*>", " ", part))))


@pytest.mark.parametrize("locale", IN_ORDER)
@pytest.mark.parametrize(
    ("path", "within"),
    [
        ("/team/", 'id="people"'),
        ("/team/", 'id="devices"'),
        ("/settings/", 'id="locations"'),
        ("/programs/", "<main"),
        ("/team/devices/new/", "<select"),
        ("/settings/keys/new/", "<select"),
    ],
)
def test_a_list_is_in_the_order_of_the_readers_language(
    desk: DeskClient, filled: Shop, locale: str, path: str, within: str
) -> None:
    page = desk.client.get(path, headers={"accept-language": locale}).content.decode()

    assert listed(page, within) == IN_ORDER[locale]


def test_owners_stand_before_managers_and_managers_before_cashiers(desk: DeskClient, lume: Shop) -> None:
    lume.hire("Abe")
    lume.hire("Zoe", StaffMember.Role.MANAGER)

    page = desk.open("/team/").content.decode()

    assert re.findall(r"<bdi>(\w+)</bdi>", page[page.index("<main") :]) == ["ada", "Zoe", "Abe"]
