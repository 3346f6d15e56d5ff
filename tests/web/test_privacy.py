"""The page on which a shop says who it is and what becomes of its customers' data."""

import html
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from stampwell.clock import new_id, now
from stampwell.customers.noting import add_note
from stampwell.imports.models import CardImport
from stampwell.merchants.changing import change_messages
from stampwell.merchants.closing import close_shop
from stampwell.merchants.founding import issue_api_key
from stampwell.merchants.imprint import ImprintText, change_imprint
from stampwell.wallet.apple.development_chain import make_development_chain
from stampwell.wallet.configuration import development_folder
from stampwell.wallet.google.account import make_development_account
from tests.web.customer import path_of
from tests.world import Shop

PATH = "/p/cafe-lume"


@pytest.fixture
def phone() -> Client:
    return Client(headers={"accept-language": "en"})


def page_of(phone: Client) -> str:
    answer = phone.get(PATH)
    assert answer.status_code == 200
    return html.unescape(" ".join(answer.text.split()))


def test_it_says_who_is_responsible_and_how_to_reach_them(phone: Client, lume: Shop) -> None:
    assert "Café Lume has not entered its contact details yet. Ask the staff." in page_of(phone)

    text = ImprintText(
        legal_name="Lume & Co",
        legal_form="SIA",
        registration_number="40001234567",
        address="Brīvības 1\nRīga",
        phone="+371 2000 0000",
        email="hello@lume.example",
    )
    change_imprint(lume.merchant, text, actor=lume.actor)

    page = page_of(phone)
    assert "Lume & Co" in page
    assert "Registration number: 40001234567" in page
    assert 'href="tel:+37120000000"' in page
    assert 'href="mailto:hello@lume.example"' in page
    assert "has not entered" not in page
    assert "It is there to help and is not legal advice." in page


def test_the_owners_words_are_text_and_nothing_else(phone: Client, lume: Shop) -> None:
    words = "<script>alert(1)</script>\n<b>We</b> & {{ you }} {% load x %}"
    change_imprint(lume.merchant, ImprintText(words=words, legal_name='"><img src=x>'), actor=lume.actor)

    page = phone.get(PATH).text

    assert html.escape(words) in page
    assert "<script>alert" not in page
    assert "<img" not in page


def test_it_says_what_the_shop_really_does(phone: Client, lume: Shop) -> None:
    quiet = page_of(phone)
    for said in ("When you join, the shop asks for nothing.", "You get no news and no offers by email."):
        assert said in quiet
    for unsaid in ("the shop notes", "earlier list", "its till", "other software"):
        assert unsaid not in quiet

    offer = lume.publish(asks_for=["email"])
    change_messages(lume.merchant, writes_to_customers=True, actor=lume.actor)
    add_note(lume.merchant, offer.card().row.customer_id, "Likes tea", staff_member_id=lume.ada.id)
    issue_api_key(lume.merchant, name="Till", scopes=["customers:read"])
    CardImport.objects.create(
        merchant=lume.merchant,
        name="x",
        digest=b"",
        size=1,
        encoding="utf-8",
        separator=",",
        source="desk",
        written=now(),
    )

    page = page_of(phone)
    assert "When you join, the shop asks for this; you may leave it empty:" in page
    assert "<li>Email</li>" in page
    assert "<li>Birthday</li>" not in page
    for said in ("News and offers go only to those who agreed.", "the shop notes", "earlier list", "its till"):
        assert said in page
    assert "got its link by email, once" not in page
    CardImport.objects.update(mail_job_id=new_id())
    assert "got its link by email, once" in page_of(phone)
    CardImport.objects.update(undone=now() + timedelta(seconds=1))
    assert "earlier list" not in page_of(phone)


@pytest.mark.parametrize("offered", [True, False])
def test_wallets_are_named_where_they_are_offered(
    phone: Client, lume: Shop, settings: Settings, tmp_path: Path, *, offered: bool
) -> None:
    settings.DATA_DIR, settings.WALLET_OFFER_DEVELOPMENT = tmp_path, offered
    make_development_chain(development_folder())
    make_development_account(development_folder())

    page = page_of(phone)

    assert ("Apple Wallet" in page, "Google Wallet" in page) == (offered, offered)


def test_a_page_of_its_own_is_linked_instead(phone: Client, lume: Shop) -> None:
    link = "https://lume.example/privacy?x=1&y=2"
    change_imprint(lume.merchant, ImprintText(legal_name="Lume", link=link), actor=lume.actor)

    answer = phone.get(PATH)

    assert f'href="{html.escape(link)}" rel="noopener noreferrer"' in answer.text
    assert "What is kept" not in answer.text
    assert "“My data”" in answer.text, "what one can do stays"


def test_join_page_card_my_data_and_lost_card_lead_there(phone: Client, lume: Shop) -> None:
    offer = lume.publish()
    card = path_of(offer.card())

    for path in (f"/j/cafe-lume/{offer.program.slug}", card, f"{card}/my-data", f"{card}/history", "/l/cafe-lume"):
        assert f'href="{PATH}"' in phone.get(path).text, path


def test_it_speaks_the_readers_language_and_an_unknown_shop_has_none(lume: Shop) -> None:
    latvian = Client(headers={"accept-language": "lv"}).get(PATH)

    assert "Privātums un saziņa" in latvian.text
    assert Client().get("/p/nowhere").status_code == 404
    assert Client().post(PATH).status_code == 405


def test_a_closed_shop_still_says_who_it_is(phone: Client, lume: Shop) -> None:
    close_shop(lume.merchant.id)

    assert "Who is responsible" in page_of(phone)
