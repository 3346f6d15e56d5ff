"""The sign of the minute at the scanner and on the customer's screen: the same one, and gone when nobody knows it."""

import re
from datetime import timedelta

from django.test import Client

from stampwell.clock import stopped_at
from stampwell.vouchers.checking import LIVE, check_own_use
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
    assert len(on_screen) == 2
    assert len(at_counter) == 31
    assert on_screen.items() <= at_counter.items()
    assert at_counter.keys() == elsewhere.keys()
    assert at_counter != elsewhere


def test_only_a_screen_that_still_moves_has_signs(client: Client, lume: Shop) -> None:
    where = voucher_path(card_with_reward(lume.publish(**one_reward("self_redeem"))))
    before = client.get(where).text + client.get(f"{where}/signs").text
    client.post(f"{where}/use")
    with stopped_at(START + LIVE):
        after = client.get(where).text + client.get(f"{where}/signs").text

    assert signs_in(before) == signs_in(after) == {}


def test_the_screen_of_the_customer_is_told_the_next_sign_as_late_as_it_needs_it(client: Client, lume: Shop) -> None:
    where = voucher_path(card_with_reward(lume.publish(**one_reward("self_redeem"))))
    client.post(f"{where}/use")
    page = client.get(where).text
    assert f'data-ahead="1" data-more-url="{where}/signs"' in page

    for second in range(0, 300, 20):
        at = START + timedelta(seconds=second)
        with stopped_at(at):
            told = signs_in(client.get(f"{where}/signs").text)
            in_page = signs_in(client.get(where).text)
        minute = int(at.timestamp() // 60)
        assert told == in_page
        assert [60_000 * minute] == list(told)[:1]
        assert set(told) <= {60_000 * minute, 60_000 * (minute + 1)}


def test_no_sign_is_told_of_a_use_that_staff_have_checked(client: Client, lume: Shop) -> None:
    card = card_with_reward(lume.publish(**one_reward("self_redeem")))
    where, voucher = voucher_path(card), card.open_vouchers[0]
    client.post(f"{where}/use")
    assert signs_in(client.get(f"{where}/signs").text)

    check_own_use(lume.merchant, voucher.id, actor=lume.actor)

    assert signs_in(client.get(f"{where}/signs").text) == {}


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
