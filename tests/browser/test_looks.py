"""The look of a card in the form: colours typed and picked, looks by trade, and the logo's file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import FilePayload, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.axe import assert_accessible
from tests.browser.boxes import box_of
from tests.browser.chromium import Phone
from tests.browser.tour import sign_in
from tests.world import open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def designer(live_server: LiveServer, new_phone: Callable[..., Phone], settings: Settings, tmp_path: Path) -> Phone:
    settings.DATA_DIR = tmp_path
    phone = new_phone(base_url=live_server.url, width=320)
    sign_in(phone, live_server, open_lume())
    phone.page.goto(reverse("new_program"))
    return phone


def picture(size: int) -> FilePayload:
    return {"name": "logo.png", "mimeType": "image/png", "buffer": b"x" * size}


def picker(page: Page) -> str:
    return page.locator("[data-picks=id_background]").input_value()


def test_a_pasted_colour_is_understood_and_the_picker_follows(designer: Phone) -> None:
    page = designer.page
    text = page.locator("[name=background]")

    text.fill(" ABC ")
    assert picker(page) == "#aabbcc"
    text.blur()
    expect(text).to_have_value("#aabbcc")
    page.locator("[data-picks=id_background]").fill("#004488")
    expect(text).to_have_value("#004488")

    brand = "getComputedStyle(document.querySelector('.wallet-card')).backgroundColor"
    assert page.evaluate(brand) == "rgb(0, 68, 136)"


def test_a_look_by_trade_is_one_tap_and_stays_marked_until_it_is_changed(designer: Phone) -> None:
    page = designer.page
    flowers = page.get_by_role("button", name="Flower shop")

    flowers.click()
    expect(flowers).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Café")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("[name=accent]")).to_have_value("#a3246a")
    expect(page.locator("[name=icon]:checked")).to_have_value("flower")
    assert picker(page) == "#e8f3e4"
    expect(page.locator("[data-colours]")).to_have_attribute("data-brand", "#e8f3e4")  # the preview has come
    assert_accessible(page)

    page.locator("[name=icon][value=leaf]").check()
    expect(flowers).to_have_attribute("aria-pressed", "false")


def test_a_chosen_file_says_its_name_and_size_and_can_be_taken_back(designer: Phone) -> None:
    page = designer.page
    field, remove = page.get_by_label("Logo"), page.get_by_role("button", name="Don’t use this file")
    expect(field).to_have_accessible_description("No file chosen PNG, JPEG or WebP, at most 2 MB.")

    field.set_input_files(picture(3000))
    expect(page.locator("[data-name]")).to_have_text("logo.png")
    expect(page.locator("[data-size]")).to_have_text("3 kB")
    assert_accessible(page)
    remove.click()

    expect(page.locator("[data-name]")).to_have_text("No file chosen")
    expect(field).to_be_focused()
    assert field.evaluate("it => it.files.length") == 0


def test_a_file_that_is_too_large_is_not_sent(designer: Phone) -> None:
    page = designer.page
    field = page.get_by_label("Logo")

    field.set_input_files(picture(2 * 1024 * 1024 + 1))

    expect(page.locator("#id_logo_file_error")).to_contain_text("at most 2 megabytes")
    assert field.evaluate("it => it.files.length") == 0
    assert_accessible(page)
    field.set_input_files(picture(1))
    expect(page.locator("#id_logo_file_error")).to_have_count(0)


def test_nothing_moves_when_the_scripts_come(live_server: LiveServer, new_phone: Callable[..., Phone]) -> None:
    shop, boxes = open_lume(), []
    for scripts in (True, False):
        phone = new_phone(base_url=live_server.url, width=320, java_script_enabled=scripts)
        sign_in(phone, live_server, shop)
        phone.page.goto(reverse("new_program"))
        boxes.append([box_of(phone.page.locator(f"[name={name}]").first) for name in ("background", "accent")])

    assert all(one.is_where(other) for one, other in zip(*boxes, strict=True)), boxes
