"""The desk on a laptop: what stands beside something else keeps its words whole."""

from collections.abc import Callable

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import Phone
from tests.browser.large_text import LOOK
from tests.browser.tour import Tour, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_no_word_of_the_desk_breaks(live_server: LiveServer, new_phone: Callable[..., Phone]) -> None:
    tour, phone = Tour(), new_phone(base_url=live_server.url, locale="lv", width=1280, height=900)
    phone.watch.allow("404|401|403")
    sign_in(phone, live_server, tour.shop)

    faults = {}
    for path in tour.owners_pages():
        phone.page.goto(path)
        faults[path] = phone.page.evaluate(LOOK, 100)

    assert {path: found for path, found in faults.items() if found} == {}
