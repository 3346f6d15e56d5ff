"""Text and page of a mail say the same, in the reader's language, and the page loads nothing from anywhere."""

import html
import re
from typing import Any

import pytest
from django.utils.translation import override

from stampwell.clock import now
from stampwell.mail.queue import Content
from stampwell.mail.writing import write_content

LINK = "https://cards.shop.example/a/secret?x=1&y=<2>"
FACTS: dict[str, Any] = {
    "activate_url": LINK,
    "password_reset_url": LINK,
    "signup_url": LINK,
    "url": LINK,
    "shop": "Fish & “Chips” <b>",
    "person": "Ada <i>",
    "role": "owner",
    "expires": now(),
    "name": "Coffee & cake",
    "free": 7,
    "host": "hooks.example.com",
    "tried": 300,
    "until": now(),
}
TEMPLATES = [
    "account/email/email_confirmation",
    "account/email/email_confirmation_signup",
    "account/email/password_reset_key",
    "account/email/unknown_account",
    "dashboard/email/invitation",
    "mail/shop_invitation",
    "mail/low_codes",
    "mail/guessed_codes",
    "mail/webhook_off",
]


def words_of_page(content: Content) -> str:
    shown = re.sub(r"<(style|title)>.*?</\1>", "", content.html, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


@pytest.mark.parametrize("language", ["en", "lv", "et", "uz", "kk", "ja"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_text_and_page_say_the_same(template: str, language: str) -> None:
    with override(language):
        content = write_content(template, FACTS, button="Do it")

    text = " ".join(content.text.replace(LINK, f"Do it {LINK}").split())
    assert words_of_page(content) == f"Stampwell {content.subject} {text}"
    assert f'<html lang="{language}" dir="ltr">' in content.html
    assert content.html.count(f'href="{html.escape(LINK)}"') == 2


def test_a_page_loads_nothing() -> None:
    page = write_content("account/email/password_reset_key", FACTS).html

    assert re.findall(r"<(?:img|link|script|iframe)|url\(|@import| src=", page) == []
    assert set(re.findall(r'href="([^"]*)"', page)) == {html.escape(LINK)}


def test_without_another_word_the_subject_stands_on_the_button() -> None:
    content = write_content("account/email/password_reset_key", FACTS)

    assert ">Choose a new password</a>" in content.html
