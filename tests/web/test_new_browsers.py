"""A browser that an account did not use before is told to its owner by mail."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from stampwell.clock import now, stopped_at
from stampwell.mail.models import Mail
from stampwell.merchants.models import User
from stampwell.requests.known_browsers import MOST, meet_browser
from stampwell.requests.models import KnownBrowser
from stampwell.tokens import new_secret, secret_hash
from stampwell.web.new_browsers import COOKIE, LASTS, MOST_MAILS
from tests.mailbox import letters
from tests.web.dashboard.test_opening import FORM
from tests.web.test_sign_ins import LAPTOP, PIXEL, is_signed_in, signed_in
from tests.world import PASSWORD, Shop

pytestmark = pytest.mark.django_db


def sign_in_again(browser: Client, user: User) -> None:
    browser.post("/accounts/logout/")
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert is_signed_in(browser)


def told() -> int:
    return Mail.objects.filter(kind="new_browser").count()


def test_of_a_second_browser_the_owner_reads_what_when_and_what_to_do(lume: Shop) -> None:
    signed_in(lume.owner, PIXEL)
    assert letters() == [], "the first one is the owner's own"

    signed_in(lume.owner, LAPTOP)

    [letter] = letters()
    assert (letter.to, letter.subject) == ([lume.owner.email], "A new browser signed in to your account")
    assert "Firefox on Windows\nSigned in: 23 Nov 2026, 12:00 (Europe/Riga)" in letter.body
    assert f"\n\n{settings.BASE_URL}/accounts/sign-ins/\n\n" in letter.body


def test_a_browser_that_is_known_is_told_no_more(lume: Shop) -> None:
    phone, laptop = signed_in(lume.owner, PIXEL), signed_in(lume.owner, LAPTOP)

    with stopped_at(now() + timedelta(days=300)):
        for browser in (phone, laptop):
            sign_in_again(browser, lume.owner)

    assert len(letters()) == 1


def test_who_opens_a_shop_is_told_nothing_of_the_browser_that_they_did_it_with(db: None) -> None:
    browser = Client(headers={"accept-language": "en", "user-agent": LAPTOP})
    browser.post("/open-your-shop/", FORM)
    owner = User.objects.get(email=FORM["email"].lower())
    browser.post("/accounts/logout/")
    browser.post("/accounts/login/", {"login": owner.email, "password": FORM["password"]})

    assert is_signed_in(browser)
    assert told() == 0
    browser = Client(headers={"accept-language": "en", "user-agent": PIXEL})
    browser.post("/accounts/login/", {"login": owner.email, "password": FORM["password"]})
    assert told() == 1


def test_the_mail_is_in_the_language_of_the_shop_and_not_of_the_browser(lume: Shop) -> None:
    signed_in(lume.owner, PIXEL)

    Client(headers={"accept-language": "ja", "user-agent": LAPTOP}).post(
        "/accounts/login/", {"login": lume.owner.email, "password": PASSWORD}
    )

    assert [letter.subject for letter in letters()] == ["A new browser signed in to your account"]


def test_a_wrong_password_is_no_sign_in(lume: Shop) -> None:
    signed_in(lume.owner, PIXEL)

    answer = Client().post("/accounts/login/", {"login": lume.owner.email, "password": PASSWORD + "!"})

    assert COOKIE not in answer.cookies
    assert (letters(), KnownBrowser.objects.count()) == ([], 1)


def test_the_browser_keeps_a_secret_of_160_bits_and_the_database_its_hash(lume: Shop) -> None:
    browser = signed_in(lume.owner, PIXEL)

    cookie = browser.cookies[COOKIE]
    assert len(bytes.fromhex(cookie.value)) == 20
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", LASTS.total_seconds())
    assert bytes(KnownBrowser.objects.get().secret_hash) == secret_hash(cookie.value)


def test_two_people_who_share_a_browser_are_both_known_there(lume: Shop, rossi: Shop) -> None:
    browser = signed_in(lume.owner, LAPTOP)
    signed_in(rossi.owner, PIXEL)
    for user in (rossi.owner, lume.owner, rossi.owner):
        sign_in_again(browser, user)

    assert [letter.to for letter in letters()] == [[rossi.owner.email]], "once, when it was new to her"


def test_who_put_a_cookie_into_a_browser_is_not_taken_for_it_later(lume: Shop) -> None:
    signed_in(lume.owner, PIXEL)
    laptop, stranger = (Client(headers={"user-agent": LAPTOP}) for _number in range(2))
    for browser in (laptop, stranger):
        browser.cookies[COOKIE] = new_secret() if browser is laptop else laptop.cookies[COOKIE].value
    for browser in (laptop, stranger):
        browser.post("/accounts/login/", {"login": lume.owner.email, "password": PASSWORD})

    assert len(letters()) == 2


def test_the_browser_of_another_account_is_new_to_this_one(lume: Shop, rossi: Shop) -> None:
    signed_in(lume.owner, PIXEL)
    rivals = signed_in(rossi.owner, LAPTOP)

    sign_in_again(rivals, lume.owner)

    assert [letter.to for letter in letters()] == [[lume.owner.email]]


def test_after_ten_mails_in_an_hour_no_more_are_sent_and_who_signs_in_gets_in(lume: Shop) -> None:
    signed_in(lume.owner, PIXEL)

    browsers = [signed_in(lume.owner, LAPTOP) for _number in range(MOST_MAILS + 2)]

    assert len(letters()) == MOST_MAILS
    assert all(is_signed_in(browser) for browser in browsers)


def test_of_an_account_the_latest_browsers_are_known_and_the_table_does_not_grow(lume: Shop, rossi: Shop) -> None:
    theirs = meet_browser(rossi.owner.pk, "").secret
    oldest, *others = [meet_browser(lume.owner.pk, "").secret for _number in range(MOST + 1)]

    assert KnownBrowser.objects.filter(user=lume.owner).count() == MOST
    assert not meet_browser(lume.owner.pk, others[0]).is_new
    assert meet_browser(lume.owner.pk, oldest).is_new
    assert not meet_browser(rossi.owner.pk, theirs).is_new


def test_with_the_account_goes_what_is_known_of_its_browsers(lume: Shop) -> None:
    user = User.objects.create_user("di@lume.example", PASSWORD)
    signed_in(user, PIXEL)

    user.delete()

    assert KnownBrowser.objects.count() == 0
