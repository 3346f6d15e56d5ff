"""A program that is put off as a draft, found again, and published."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from stampwell.programs.models import Program, SavedDraft
from tests.browser.axe import assert_accessible
from tests.browser.chromium import Phone
from tests.browser.tour import sign_in
from tests.world import open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_owner_puts_off_a_program_and_publishes_it_later(
    live_server: LiveServer, new_phone: Callable[..., Phone]
) -> None:
    phone = new_phone(base_url=live_server.url, width=390, height=844)
    sign_in(phone, live_server, open_lume())
    page = phone.page
    page.goto("/programs/new/")
    page.locator("[name=name]").fill("Tea card")
    page.locator("[name=name]").press("Enter")
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("Before it can be published, complete or correct: Reward.")).to_be_visible()
    assert_accessible(page)

    page.goto("/programs/")
    assert_accessible(page)
    page.get_by_role("link", name="Tea card New program").click()
    page.locator("[name=goal-reward-name]").fill("A pot of tea")
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("It is complete and can be published.")).to_be_visible()
    assert not Program.objects.exists()
    page.get_by_role("button", name="Publish the card").click()

    expect(page.get_by_role("heading", name="Tea card")).to_be_visible()
    assert (Program.objects.count(), SavedDraft.objects.count()) == (1, 0)
