"""The pages of an account: everybody can use them, in every language, also with large text."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from pytest_django.live_server_helper import LiveServer

from stampwell.languages.catalogues import translated_locales
from tests.browser.account_pages import walk_account_pages
from tests.browser.axe import assert_accessible
from tests.browser.chromium import Phone
from tests.browser.large_text import faults_of_large_text
from tests.world import open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def nobody_tried_before(transactional_db: None) -> Iterator[None]:
    """Wrong passwords count for a while, also for the next test."""
    cache.clear()
    yield
    cache.clear()


def test_everybody_can_use_the_pages_of_an_account(live_server: LiveServer, new_phone: Callable[..., Phone]) -> None:
    phone = new_phone(base_url=live_server.url, width=320)

    for _page in walk_account_pages(phone, live_server, open_lume()):
        assert_accessible(phone.page)


@pytest.mark.parametrize("locale", translated_locales())
@pytest.mark.long
def test_the_pages_of_an_account_keep_their_words_whole_when_they_are_large(
    live_server: LiveServer, new_phone: Callable[..., Phone], locale: str
) -> None:
    phone = new_phone(base_url=live_server.url, locale=locale, width=320, height=640)

    pages = walk_account_pages(phone, live_server, open_lume())
    found = {page: faults_of_large_text(phone.page) for page in pages}

    assert {page: faults for page, faults in found.items() if faults} == {}
