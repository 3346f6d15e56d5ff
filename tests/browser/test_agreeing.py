"""A manager agrees on the phone of whoever works there: the pad, on a small phone, in two languages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from stampwell.clock import now
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.changing import change_staff_limits
from stampwell.merchants.models import StaffMember
from stampwell.merchants.pins import set_pin
from stampwell.merchants.protection import Protection
from tests.browser.axe import assert_accessible
from tests.browser.boxes import box_of
from tests.browser.chromium import CAMERA_SECONDS, Phone
from tests.browser.stations import open_scanner
from tests.tiers import first_of
from tests.world import open_lume

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ALSO = "13579"
WORDS = {
    "en": {
        "number": "Number below the code",
        "send": "Send the number",
        "title": "A manager has to agree",
        "why": "Without a manager one person gives at most 1 stamp a day.",
        "wrong": "Wrong PIN",
        "agree": "Agree",
        "stamped": "1 of 10 stamps",
    },
    "lv": {
        "number": "Numurs zem koda",
        "send": "Nosūtīt numuru",
        "title": "Vajadzīga vadītāja piekrišana",
        "why": "Bez vadītāja viens darbinieks dienā pievieno ne vairāk kā 1 zīmogu.",
        "wrong": "Nepareizs PIN kods",
        "agree": "Piekrist",
        "stamped": "1 no 10 zīmogiem",
    },
}


@pytest.mark.parametrize("language", first_of(["en", "lv"]))
def test_a_manager_agrees_on_the_pad(new_phone: Callable[..., Phone], live_server: LiveServer, language: str) -> None:
    shop, words = open_lume(), WORDS[language]
    bo, eve = shop.hire("Bo"), shop.hire("Eve", StaffMember.Role.MANAGER)
    set_pin(shop.merchant, eve.id, ALSO)
    protection = Protection(most_stamps_by_person_a_day=1)
    change_staff_limits(
        shop.merchant, most_stamps_at_once=10, most_stamps_with_override=5, protection=protection, actor=shop.actor
    )
    offer = shop.publish()
    first, card = offer.card(), offer.card()
    phone = new_phone(locale=language)
    page, panel = phone.page, phone.page.locator("[data-result]")
    open_scanner(phone, shop, live_server.url)

    def scan(number: str) -> None:
        page.get_by_label(words["number"]).fill(number)
        page.get_by_role("button", name=words["send"]).click()

    scan(first.row.short_number)
    expect(panel).to_contain_text(words["stamped"], timeout=CAMERA_SECONDS * 1000)
    panel.locator("[data-next]").click()
    scan(card.row.short_number)
    expect(panel).to_contain_text(words["title"], timeout=CAMERA_SECONDS * 1000)
    expect(panel).to_contain_text(words["why"])
    agree = page.get_by_role("button", name=words["agree"], exact=True)
    assert box_of(agree).is_tappable()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert_accessible(page)

    for digit in "0000":
        panel.get_by_role("button", name=digit, exact=True).click()
    agree.click()
    expect(panel).to_contain_text(words["wrong"])
    assert card.row.stamps == 0
    for digit in ALSO:
        panel.get_by_role("button", name=digit, exact=True).click()
    agree.click()

    expect(panel).to_contain_text(words["stamped"])
    event = Event.objects.filter(merchant=shop.merchant, type="stamp.added", at__lte=now()).latest("at")
    assert (event.staff_member_id, event.data["agreed_by"]) == (bo.id, public_id("stf", eve.id))
