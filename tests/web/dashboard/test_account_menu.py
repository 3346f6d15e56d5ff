"""What belongs to an account: its shops and their figures of today, and how the desk looks in its browser."""

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import OperationalError

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.merchants.founding import found_merchant
from stampwell.transactions import ask_each_node
from tests.following import follow_everything
from tests.moments import NOON
from tests.web.dashboard.desk import DeskClient, words
from tests.world import Shop


def test_the_other_shops_stand_in_the_menu(desk: DeskClient, lume: Shop, rossi: Shop) -> None:
    assert "All your shops today" not in words(desk.open("/cards/"))
    bakery = found_merchant(name="Bakery", locale="en", currency="EUR", time_zone="Europe/Riga", owner=lume.owner)

    desk.send("/shops/chosen/", shop=f"mer_{lume.merchant.id.hex}")
    page = desk.open("/cards/").content.decode()

    assert re.findall(r'name="shop" value="(\w+)"', page) == [f"mer_{bakery.id.hex}"]
    assert "All your shops today" in page
    assert "Rossi" not in page


def test_another_shop_that_does_not_answer_keeps_nobody_from_this_one(
    desk: DeskClient, lume: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bakery = found_merchant(name="Bakery", locale="en", currency="EUR", time_zone="Europe/Riga", owner=lume.owner)
    desk.send("/shops/chosen/", shop=f"mer_{lume.merchant.id.hex}")

    def fail_there(merchants: list[UUID], ask: Callable[[list[UUID]], Iterable[object]]) -> list[object]:
        if bakery.id in merchants:
            raise OperationalError("its node is down")
        return ask_each_node(merchants, ask)

    monkeypatch.setattr("stampwell.web.dashboard.desk.ask_each_node", fail_there)

    page = desk.open("/cards/")
    assert page.status_code == 200
    assert "Bakery" not in words(page)


# In Riga the next day has begun, in New York it has not.
@pytest.mark.moment(NOON + timedelta(hours=14))
def test_each_shop_shows_its_own_figures_of_today(desk: DeskClient, lume: Shop) -> None:
    found_merchant(name="Bakery", locale="en", currency="USD", time_zone="America/New_York", owner=lume.owner)
    add_stamp(lume.merchant, lume.publish().card().id, Purchase(count=3), actor=lume.actor)
    follow_everything()

    text = words(desk.open("/shops/"))

    assert "Bakery 0 0 0 Café Lume 3 1 0" in text


def test_light_or_dark_is_kept_by_the_browser(desk: DeskClient) -> None:
    answer = desk.send("/appearance/", appearance="dark", next="/cards/?order=name")

    assert answer.headers["Location"] == "/cards/?order=name"
    assert 'data-appearance="dark"' in desk.open("/cards/").content.decode()
    desk.send("/appearance/", appearance="device")
    assert 'data-appearance=""' in desk.open("/cards/").content.decode()


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_choosing_a_look_leads_to_pages_of_ours_alone(desk: DeskClient, wanted: str) -> None:
    assert desk.send("/appearance/", appearance="light", next=wanted).headers["Location"] == "/"


@pytest.mark.parametrize("kept", ["blue", '"><script>', ""])
def test_a_look_that_is_none_is_as_the_device_looks(desk: DeskClient, kept: str) -> None:
    desk.client.cookies["appearance"] = kept

    assert 'data-appearance=""' in desk.open("/cards/").content.decode()
