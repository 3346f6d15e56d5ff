"""The owner's first day on a phone: shop, program, poster, first card, first stamps, first reward."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.models import Card
from stampwell.programs.models import ProgramVersion
from stampwell.vouchers.models import Redemption
from stampwell.web.body_sizes import LONGEST, longest_body
from tests.browser.axe import assert_accessible
from tests.browser.camera import read_code
from tests.browser.chromium import Phone
from tests.following import follow_everything
from tests.web.dashboard.desk import page_of
from tests.world import HeldCard, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(live_server: LiveServer, new_phone: Callable[..., Phone], settings: Settings, tmp_path: Path) -> Phone:
    settings.DATA_DIR, settings.BASE_URL = tmp_path, live_server.url
    phone = new_phone(base_url=live_server.url, timezone_id="Europe/Riga")
    phone.watch.allow("status of 4(09|22)")  # a form with a mistake, a stamp too soon: said on the page
    return phone


def sign_up(page: Page) -> None:
    page.goto("/")
    assert_accessible(page)
    page.get_by_role("link", name="Open your shop").click()
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Riga")
    page.get_by_label("Name of the shop").fill("Café Lume")
    page.get_by_label("Your email").fill("ada@lume.example")
    page.get_by_label("Password").fill("ten stamps make a coffee")
    assert_accessible(page)
    page.get_by_role("button", name="Open the shop").click()


def fill_program(page: Page) -> None:
    page.get_by_label("Name of the card").fill("Coffee card")
    page.locator("[name='goal']").fill("4")
    page.locator("[name='goal-reward-name']").fill("A free coffee")
    page.locator("[name='goal-reward-path'][value=redeem_code]").check()
    page.locator("[name='goal-reward-code']").fill("FREECOFFEE")


def test_from_nothing_to_the_first_reward(phone: Phone) -> None:
    page = phone.page
    sign_up(page)
    fill_program(page)
    expect(page.locator("#preview .as-wallet .stamp")).to_have_count(4)
    page.get_by_role("button", name="Publish the card").click()

    expect(page.get_by_role("heading", name="How customers get this card")).to_be_visible()
    assert_accessible(page)
    join_link = page.locator("#join-link").inner_text()
    page.get_by_role("button", name="Close this message").click()  # on a phone it lies over the code
    assert read_code(page.locator(".share-code .code").screenshot()) == join_link
    with page.expect_download() as poster:
        page.get_by_role("button", name="Latviešu").click()
    assert poster.value.path().read_bytes().startswith(b"%PDF")

    page.goto(join_link)
    page.locator("form.form button[value=web]").click()
    page.goto("/cards/")
    page.locator("a.whole-row").click()
    page.get_by_role("spinbutton", name="Stamps").fill("4")
    page.get_by_role("button", name="Stamp by hand").click()
    expect(page.get_by_text("A reward is ready on this card.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Hand out").click()
    expect(page.get_by_text("Handed out: A free coffee. The voucher is used.")).to_be_visible()

    assert Redemption.objects.count() == 1
    assert (Card.objects.get().round, Card.objects.get().stamps) == (2, 0)
    follow_everything()
    page.goto("/")
    figures = page.locator(".tile", has_text="Rewards handed out").locator(".figure")
    expect(figures).to_have_text(["1", "1"])  # today, and in these seven days


def test_enter_in_a_field_publishes_nothing(phone: Phone) -> None:
    page = phone.page
    sign_up(page)
    page.goto("/programs/new/")
    name = page.get_by_label("Name of the card")
    name.fill("Half a card")

    name.press("Enter")
    page.locator("[name='goal']").press("Enter")
    page.locator("[name='earning_by'][value=visit]").press("Enter")
    page.get_by_text("From when and for how long").click()
    page.locator("[name='goal-reward-last_day']").press("Enter")

    expect(page).to_have_url(re.compile(r"/programs/new/$"))
    expect(name).to_have_value("Half a card")
    assert not ProgramVersion.objects.exists()


def test_the_preview_follows_the_form_in_colour_and_words(phone: Phone) -> None:
    page = phone.page
    sign_up(page)

    page.get_by_label("Name of the card").fill("Kafijas karte")
    with page.expect_request("**/programs/preview/") as asked:
        page.locator("[name=background]").fill("#004488")
    # The web server's front, which this test's server has not, lets no file come with it.
    assert longest_body("/programs/preview/", asked.value.headers["content-type"]) == LONGEST
    expect(page.locator("#preview .as-wallet rect").first).to_have_attribute("fill", "#004488")

    brand = "getComputedStyle(document.querySelector('.wallet-card')).backgroundColor"
    assert page.evaluate(brand) == "rgb(0, 68, 136)"
    assert page.locator("#preview .is-program").first.text_content() == "Kafijas karte"


def test_a_mistake_takes_the_owner_to_its_field(phone: Phone) -> None:
    page = phone.page
    sign_up(page)
    fill_program(page)
    page.locator("[name='goal-reward-code_format']").select_option("ean13")

    page.get_by_role("button", name="Publish the card").click()

    expect(page.locator("[name='goal-reward-code']")).to_be_focused()
    expect(page.locator("#id_goal-reward-code_error")).to_contain_text("EAN-13 cannot hold the character “F”.")
    assert_accessible(page)
    assert not ProgramVersion.objects.exists()


def test_a_double_tap_stamps_once(phone: Phone) -> None:
    shop = open_lume()
    card: HeldCard = shop.publish(earning={"cooldown_seconds": 0}).card()
    page = phone.page
    page.goto("/accounts/login/")
    assert_accessible(page)
    page.get_by_label("Email").fill(shop.owner.email)
    page.get_by_label("Password").fill("ten stamps make a coffee")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(page_of(card))

    page.get_by_role("button", name="Stamp by hand").dblclick()

    expect(page.get_by_text("1 stamp added.")).to_be_visible()
    assert card.row.stamps == 1


def test_without_scripts_a_program_still_gets_more_rewards(
    live_server: LiveServer, new_phone: Callable[..., Phone]
) -> None:
    page = new_phone(base_url=live_server.url, java_script_enabled=False).page
    page.goto("/open-your-shop/")
    page.locator("[name=name]").fill("Café Lume")
    page.locator("[name=email]").fill("ada@lume.example")
    page.locator("[name=password]").fill("ten stamps make a coffee")
    page.get_by_role("button", name="Open the shop").click()
    fill_program(page)

    page.get_by_role("button", name="Add a reward along the way").click()
    page.locator("[name='milestone-0-stamps']").fill("2")
    page.locator("[name='milestone-0-name']").fill("A biscuit")
    page.get_by_role("button", name="Publish the card").click()

    expect(page.get_by_role("heading", name="How customers get this card")).to_be_visible()
    assert ProgramVersion.objects.get().goal == 4
