"""The sign of the minute at the scanner and on the customer's screen: the same one, and gone when nobody knows it."""

import re
from datetime import timedelta

from django.test import Client

from stampwell.clock import stopped_at
from tests.moments import START
from tests.web.customer import card_with_reward, one_reward, voucher_path
from tests.web.scanner.phone import Phone
from tests.world import Shop

SIGNS = "/scanner/minute-signs"
_SIGN = re.compile(r'class="minute-sign (\w+)" data-minute="(\d+)"(?: hidden)?>.*?#(\w+)".*?<span>([^<]+)</span>', re.S)


def signs_in(page: str) -> dict[int, tuple[str, ...]]:
    """By the beginning of their minute, in milliseconds."""
    return {int(begins): (colour, shape, word) for colour, begins, shape, word in _SIGN.findall(page)}


def phone_of(shop: Shop) -> Phone:
    phone = Phone(shop).enrol()
    phone.sign_in(shop.hire("Bo"))
    return phone


def test_the_scanner_shows_what_the_screen_of_the_customer_shows(client: Client, lume: Shop, rossi: Shop) -> None:
    where = voucher_path(card_with_reward(lume.publish(**one_reward("self_redeem"))))
    client.post(f"{where}/use")
    with stopped_at(START + timedelta(minutes=3)):
        on_screen = signs_in(client.get(where).text)
        at_counter = signs_in(phone_of(lume).get(SIGNS).text)
        rossi.publish(**one_reward("self_redeem"))
        elsewhere = signs_in(phone_of(rossi).get(SIGNS).text)

    minute = int((START + timedelta(minutes=3)).timestamp() // 60) * 60_000
    assert minute == min(on_screen) == min(at_counter)
    assert len(on_screen) == 3
    assert len(at_counter) == 31
    assert on_screen.items() <= at_counter.items()
    assert at_counter.keys() == elsewhere.keys()
    assert at_counter != elsewhere


def test_only_a_screen_that_still_moves_has_signs(client: Client, lume: Shop) -> None:
    where = voucher_path(card_with_reward(lume.publish(**one_reward("self_redeem"))))
    before = client.get(where).text
    client.post(f"{where}/use")
    with stopped_at(START + timedelta(minutes=5)):
        after = client.get(where).text

    assert signs_in(before) == signs_in(after) == {}


def test_the_scanner_has_signs_where_customers_use_rewards_themselves(lume: Shop) -> None:
    phone = phone_of(lume)
    lume.publish(**one_reward("staff_scan"))
    assert "minute-signs" not in phone.get().text

    lume.publish(**one_reward("self_redeem"))

    page = phone.get().text
    assert f'data-more-url="{SIGNS}"' in page
    assert signs_in(page) == signs_in(phone.get(SIGNS).text)


def test_the_sign_of_this_minute_has_its_place_before_the_page_knows_the_time(lume: Shop) -> None:
    phone = phone_of(lume)
    lume.publish(**one_reward("self_redeem"))

    for page in (phone.get().text, phone.get(SIGNS).text):
        assert re.findall(r'data-minute="(\d+)">', page) == [str(min(signs_in(page)))]


def test_nobody_is_told_the_signs_who_is_not_signed_in_at_the_shop(client: Client, lume: Shop) -> None:
    phone = Phone(lume).enrol()

    assert signs_in(client.get(SIGNS).text) == {}
    assert phone.get(SIGNS).headers["Location"] == "/scanner/people"
