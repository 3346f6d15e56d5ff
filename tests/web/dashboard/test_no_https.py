"""Where phones cannot scan because of the server's address, the desk says so, and what to do."""

import pytest
from django.utils.translation import gettext, override
from pytest_django import Settings

from stampwell.ids import public_id
from stampwell.languages.catalogues import translated_locales
from tests.web.dashboard.desk import DeskClient, words
from tests.world import Shop

NO_CAMERA, NOWHERE = "Phones cannot scan with the camera yet.", "Phones cannot open this address yet."


def pages(desk: DeskClient, shop: Shop) -> list[str]:
    """Settings, and the two pages on which a phone becomes a scanner."""
    place = public_id("loc", shop.location.id)
    invited = desk.send("/team/devices/new/", name="Counter", location=place)
    return [words(page) for page in (desk.open("/settings/"), desk.open("/team/devices/new/"), invited)]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://cards.example.com", ""),
        ("http://cards.example.com", NO_CAMERA),
        ("http://192.168.1.20:8000", NO_CAMERA),
        ("http://127.0.0.1:8000", NOWHERE),
        ("http://localhost:8000", NOWHERE),
    ],
)
def test_an_address_at_which_phones_cannot_scan_is_told(
    desk: DeskClient, lume: Shop, settings: Settings, address: str, told: str
) -> None:
    settings.BASE_URL, settings.HTTPS = address, address.startswith("https://")

    for page in pages(desk, lume):
        assert [said for said in (NO_CAMERA, NOWHERE) if said in page] == [told][: bool(told)]
        assert ("Ask the person who runs the server" in page) is bool(told)


@pytest.mark.parametrize("locale", translated_locales())
def test_it_is_told_in_every_language(desk: DeskClient, settings: Settings, locale: str) -> None:
    desk.client.cookies[settings.LANGUAGE_COOKIE_NAME] = locale
    with override(locale):
        said = gettext(NOWHERE)

    assert said != NOWHERE
    assert said in words(desk.open("/settings/"))
