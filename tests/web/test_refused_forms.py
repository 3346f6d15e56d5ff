"""A form that looks as if another site had sent it: the page says why, and what it says to do helps."""

import pytest
from django.conf import settings
from django.test import Client

from stampwell.ids import public_id
from stampwell.web_front import UNREADABLE_COOKIES
from tests.web.dashboard.desk import words
from tests.world import Shop

TOKEN = "a" * 32


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True, headers={"accept-language": "en"})


@pytest.fixture
def join(lume: Shop) -> str:
    return f"/j/{lume.merchant.slug}/{public_id('prg', lume.publish().program.id)}"


def with_cookie(browser: Client) -> Client:
    browser.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    return browser


def test_without_cookies_the_page_says_so(browser: Client, join: str) -> None:
    answer = browser.post(join, {})

    assert answer.status_code == 403
    assert "does not keep cookies" in words(answer)
    assert "Allow cookies" in words(answer)


def test_a_cookie_that_nobody_can_read_is_not_taken_for_none(browser: Client, join: str) -> None:
    answer = browser.post(join, {}, **{UNREADABLE_COOKIES: True})  # type: ignore[arg-type]

    assert answer.status_code == 403
    assert "Another website has left a cookie here that we cannot read." in words(answer)
    assert "delete the cookies of 127.0.0.1" in words(answer)


def test_a_hidden_origin_is_named_and_who_runs_the_site_learns_why(browser: Client, join: str) -> None:
    answer = with_cookie(browser).post(join, {}, headers={"origin": "null"})

    assert "did not say where this form comes from" in words(answer)
    assert "Referrer-Policy: no-referrer" in words(answer)


def test_so_is_a_missing_referer_over_https(browser: Client, join: str) -> None:
    answer = with_cookie(browser).post(join, {}, secure=True)

    assert "did not say where this form comes from" in words(answer)


def test_another_address_is_told_the_right_one(browser: Client, join: str) -> None:
    answer = with_cookie(browser).post(join, {}, headers={"origin": "https://elsewhere.example"})

    assert f"Open the page at {settings.BASE_URL}{join}" in words(answer)
    assert f'href="{settings.BASE_URL}{join}"' in answer.content.decode()
    assert "elsewhere.example" not in answer.content.decode()


def test_an_old_page_is_opened_again_where_it_stood(browser: Client, lume: Shop) -> None:
    """The form's own address is one that only forms lead to."""
    answer = with_cookie(browser).post(
        "/shops/chosen/", {"csrfmiddlewaretoken": "b" * 32}, headers={"referer": "http://testserver/shops/"}
    )

    assert "open for too long" in words(answer)
    assert 'href="/shops/"' in answer.content.decode()


@pytest.mark.parametrize("referer", ["http://elsewhere.example/x", "javascript:alert(1)", "http://[", "//x/y", ""])
def test_nobody_is_led_to_another_site(browser: Client, join: str, referer: str) -> None:
    answer = with_cookie(browser).post(join, {"csrfmiddlewaretoken": "b" * 32}, headers={"referer": referer})

    assert answer.status_code == 403
    assert f'href="{join}"' in answer.content.decode()


def test_an_address_that_only_forms_lead_to_is_no_blank_page(lume: Shop) -> None:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(lume.owner)

    answer = browser.get("/shops/chosen/")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "There is no page here." in words(answer)
