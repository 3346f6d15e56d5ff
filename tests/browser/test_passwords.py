"""Passwords and PINs can be looked at while they are typed, and are not lost because of another field."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from stampwell.merchants.hiring import invite_person
from stampwell.merchants.models import Merchant
from tests.browser.axe import assert_accessible
from tests.browser.boxes import box_of
from tests.browser.chromium import Phone
from tests.browser.tour import sign_in
from tests.world import PASSWORD, open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(live_server: LiveServer, new_phone: Callable[..., Phone]) -> Phone:
    phone = new_phone(base_url=live_server.url, width=320)
    phone.watch.allow("status of 422")
    return phone


def test_a_password_is_shown_while_somebody_looks_and_is_sent_as_a_password(phone: Phone) -> None:
    page = phone.page
    page.goto("/accounts/login/")
    field, button = page.get_by_label("Password"), page.get_by_role("button", name="Show the password")
    field.fill("four words in a row")

    button.click()
    expect(field).to_have_attribute("type", "text")
    expect(field).to_have_attribute("spellcheck", "false")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert_accessible(page)
    field.evaluate("it => it.form.addEventListener('submit', (event) => event.preventDefault())")
    field.press("Enter")

    expect(field).to_have_attribute("type", "password")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(field).to_have_value("four words in a row")


def test_every_password_and_every_pin_can_be_shown(phone: Phone, live_server: LiveServer) -> None:
    shop = open_lume()
    phone.page.goto(reverse("open_shop"))
    assert fields_without_button(phone.page) == (1, [])
    phone.page.goto(reverse("account_login"))
    assert fields_without_button(phone.page) == (1, [])
    sign_in(phone, live_server, shop)
    for name, count in (("account_change_password", 3), ("account_reauthenticate", 1), ("new_person", 1)):
        phone.page.goto(reverse(name))
        assert fields_without_button(phone.page) == (count, [])


def fields_without_button(page: Page) -> tuple[int, list[str]]:
    fields = page.locator("input[type=password]").all()
    without = [field.get_attribute("name") or "" for field in fields if not has_button(page, field.get_attribute("id"))]
    return len(fields), without


def has_button(page: Page, field: str | None) -> bool:
    return page.locator(f'button[aria-controls="{field}"]:visible').count() == 1


def test_without_scripts_there_is_no_button_and_the_field_is_as_wide(
    live_server: LiveServer, new_phone: Callable[..., Phone]
) -> None:
    with_scripts, without = (
        new_phone(base_url=live_server.url),
        new_phone(base_url=live_server.url, java_script_enabled=False),
    )
    boxes = []
    for phone in (with_scripts, without):
        phone.page.goto("/accounts/login/")
        boxes.append(box_of(phone.page.locator("[name=password]")))

    expect(without.page.get_by_role("button", name="Show the password")).to_have_count(0)
    assert boxes[0].is_where(boxes[1]), boxes


def test_a_new_shop_is_checked_before_its_password_is_sent(phone: Phone) -> None:
    page = phone.page
    page.goto(reverse("open_shop"))
    page.get_by_label("Your email").fill("ada")
    page.get_by_label("Password").fill("too short")

    page.get_by_role("button", name="Open the shop").click()

    expect(page.get_by_label("Name of the shop")).to_be_focused()
    assert page.locator(".field > .error").all_inner_texts() == [
        "Enter the name of the shop.",
        "Enter a valid email address.",
        "This password is too short. It must contain at least 15 characters.",
    ]
    expect(page.get_by_label("Password")).to_have_value("too short")
    expect(page.get_by_label("Password")).to_have_accessible_description(re.compile("Four or five words.*too short"))
    assert_accessible(page)

    page.get_by_label("Password").fill("ten stamps make a coffee")
    expect(page.locator(".field > .error")).to_have_count(2)
    page.get_by_label("Name of the shop").fill("Café Lume")
    page.get_by_label("Your email").fill("ada＠lume.example")
    page.get_by_role("button", name="Open the shop").click()
    page.wait_for_url("**/programs/new/")
    assert Merchant.objects.count() == 1


def test_an_invited_person_is_told_of_a_short_password_before_it_is_sent(phone: Phone) -> None:
    shop, page = open_lume(), phone.page
    _, link = invite_person(
        shop.merchant, email="eve@lume.example", name="Eve", role="manager", locale="en", by=shop.ada
    )
    page.goto(reverse("accept_invitation", args=[shop.merchant.slug, link]))
    page.get_by_label("Password").fill("too short")

    page.get_by_role("button", name="Make an account and join").click()

    expect(page.locator(".field > .error")).to_contain_text("at least 15 characters")
    expect(page.get_by_label("Password")).to_have_value("too short")


def test_new_passwords_that_differ_are_not_sent(phone: Phone, live_server: LiveServer) -> None:
    shop, page, sent = open_lume(), phone.page, list[str]()
    sign_in(phone, live_server, shop)
    page.goto(reverse("account_change_password"))
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    page.locator("[name=oldpassword]").fill(PASSWORD)
    page.locator("[name=password1]").fill("four words in a row")
    page.locator("[name=password2]").fill("five words in a row")

    page.get_by_role("button", name="Save the new password").click()

    expect(page.locator("[name=password2]")).to_be_focused()
    expect(page.locator(".field > .error")).to_have_text("You must type the same password each time.")
    expect(page.locator("[name=oldpassword]")).to_have_value(PASSWORD)
    assert sent == []


def test_what_only_the_server_sees_is_said_and_the_password_is_asked_for_again(phone: Phone) -> None:
    shop, page = open_lume(), phone.page
    page.goto(reverse("open_shop"))
    page.get_by_label("Name of the shop").fill("Café Nord")
    page.get_by_label("Your email").fill(shop.owner.email)
    page.get_by_label("Password").fill("ten stamps make a coffee")

    page.get_by_role("button", name="Open the shop").click()

    expect(page.get_by_label("Your email")).to_be_focused()
    expect(page.get_by_label("Name of the shop")).to_have_value("Café Nord")
    expect(page.locator("#id_password_error")).to_have_text("Enter it once more: for your safety it was not kept.")
    assert "ten stamps" not in page.content()
    assert_accessible(page)
