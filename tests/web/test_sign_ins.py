"""Where an account is signed in, and how that ends."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from stampwell.clock import stopped_at
from stampwell.merchants.models import User
from stampwell.requests.models import Session
from stampwell.web.browser_names import browser_of, system_of
from stampwell.web.sign_ins import SEEN_EVERY
from tests.moments import START
from tests.web.dashboard.desk import words
from tests.world import PASSWORD, Shop

pytestmark = pytest.mark.django_db

MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15"
PIXEL = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"


def signed_in(user: User, agent: str) -> Client:
    """By the page, as everybody signs in."""
    browser = Client(headers={"accept-language": "en", "user-agent": agent})
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return browser


def ids_on(browser: Client) -> list[str]:
    page = browser.get("/accounts/sign-ins/").content.decode()
    return re.findall(r'name="sign_in" value="([0-9a-f]+)"', page)


def is_signed_in(browser: Client) -> bool:
    return browser.get("/accounts/sign-ins/").status_code == 200


def test_each_browser_is_listed_in_words_and_this_one_is_marked(lume: Shop) -> None:
    signed_in(lume.owner, PIXEL)
    laptop = signed_in(lume.owner, LAPTOP)

    said = words(laptop.get("/accounts/sign-ins/"))

    assert "Firefox on Windows This browser" in said
    assert "Chrome on Android Last used:" in said
    assert said.count("This browser") == 1


def test_nothing_on_the_page_is_a_key_to_a_session(lume: Shop) -> None:
    signed_in(lume.owner, PIXEL)
    page = signed_in(lume.owner, LAPTOP).get("/accounts/sign-ins/").content.decode()

    assert not [key for key in Session.objects.values_list("session_key", flat=True) if key in page]


def test_a_browser_that_is_signed_out_is_out_at_once_and_stays_out(lume: Shop) -> None:
    phone, laptop = signed_in(lume.owner, PIXEL), signed_in(lume.owner, LAPTOP)

    laptop.post("/accounts/sign-ins/end/", {"sign_in": ids_on(laptop)[0]})

    assert (is_signed_in(phone), is_signed_in(laptop)) == (False, True)
    assert phone.get("/cards/").status_code == 302
    assert ids_on(laptop) == []


def test_all_others_end_and_this_one_goes_on(lume: Shop) -> None:
    others = [signed_in(lume.owner, agent) for agent in (PIXEL, MAC)]
    laptop = signed_in(lume.owner, LAPTOP)

    laptop.post("/accounts/sign-ins/end-others/")

    assert [is_signed_in(browser) for browser in (*others, laptop)] == [False, False, True]


def test_nobody_ends_the_session_of_somebody_else(lume: Shop, rossi: Shop) -> None:
    ada, rival = signed_in(lume.owner, LAPTOP), signed_in(rossi.owner, PIXEL)
    signed_in(lume.owner, PIXEL)

    rival.post("/accounts/sign-ins/end/", {"sign_in": ids_on(ada)[0]})
    rival.post("/accounts/sign-ins/end-others/")

    assert ids_on(rival) == []
    assert (len(ids_on(ada)), is_signed_in(rival)) == (1, True)


def test_what_an_old_password_opened_is_not_listed(lume: Shop) -> None:
    signed_in(lume.owner, PIXEL)
    lume.owner.set_password("another " + PASSWORD)
    lume.owner.save()
    laptop = Client(headers={"accept-language": "en", "user-agent": LAPTOP})
    laptop.post("/accounts/login/", {"login": lume.owner.email, "password": "another " + PASSWORD})

    assert ids_on(laptop) == []


def test_the_last_use_is_written_down_now_and_then_and_not_each_time(lume: Shop) -> None:
    phone = signed_in(lume.owner, PIXEL)
    row = Session.objects.filter(user_id=lume.owner.pk)

    with stopped_at(START + SEEN_EVERY - timedelta(seconds=1)):
        phone.get("/cards/")
    assert row.get().seen == START
    with stopped_at(later := START + SEEN_EVERY + timedelta(seconds=1)):
        phone.get("/cards/")
    assert row.get().seen == later


def test_a_session_of_the_release_before_gets_its_account_with_its_next_use(lume: Shop) -> None:
    phone = signed_in(lume.owner, PIXEL)
    Session.objects.update(user_id=None, seen=None)

    phone.get("/cards/")

    assert Session.objects.filter(user_id=lume.owner.pk).count() == 1


def test_a_session_that_was_not_used_since_the_release_before_ends_with_the_others(lume: Shop, rossi: Shop) -> None:
    phones = [signed_in(user, PIXEL) for user in (lume.owner, rossi.owner)]
    Session.objects.update(user_id=None, seen=None)
    laptop = signed_in(lume.owner, LAPTOP)

    laptop.post("/accounts/sign-ins/end-others/")

    assert [is_signed_in(browser) for browser in (*phones, laptop)] == [False, True, True]


def test_a_page_that_asks_for_no_session_reads_none(lume: Shop) -> None:
    phone = signed_in(lume.owner, PIXEL)
    Session.objects.update(seen=None)
    offer = lume.publish()

    phone.get(f"/j/{lume.merchant.slug}/{offer.program.slug}")

    assert Session.objects.get(user_id=lume.owner.pk).seen is None


def test_who_signs_out_is_gone_from_the_list(lume: Shop) -> None:
    phone, laptop = signed_in(lume.owner, PIXEL), signed_in(lume.owner, LAPTOP)

    phone.post("/accounts/logout/")

    assert ids_on(laptop) == []
    assert SESSION_KEY not in phone.session


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (MAC, ("Safari", "Mac")),
        (PIXEL, ("Chrome", "Android")),
        (LAPTOP, ("Firefox", "Windows")),
        (
            MAC.replace("Macintosh; Intel", "iPhone; CPU iPhone OS 26_0 like"),
            ("Safari", "iPhone"),
        ),
        (PIXEL.replace("Chrome", "SamsungBrowser/29.0 Chrome"), ("Samsung Internet", "Android")),
        (
            LAPTOP.replace("Gecko/20100101 Firefox/145.0", "Chrome/142.0 Safari/537.36 Edg/142.0"),
            ("Edge", "Windows"),
        ),
        (PIXEL.replace("Chrome/142.0.0.0", "Chrome/142.0.0.0 YaBrowser/25.10"), ("Yandex", "Android")),
        ("curl/8.5", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_browser_is_named_as_its_owner_names_it(agent: str, words: tuple[str, str]) -> None:
    assert (browser_of(agent), system_of(agent)) == words
