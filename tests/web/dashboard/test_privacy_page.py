"""What the owner says about the shop's privacy: what can be read is kept, anything else stays in its field."""

import pytest

from stampwell.merchants.imprint import ImprintText, read_imprint
from tests.web.dashboard.desk import DeskClient, words
from tests.world import Shop

PATH = "/settings/privacy/"


def test_what_was_entered_is_kept_and_shown_to_customers(desk: DeskClient, lume: Shop) -> None:
    answer = desk.send(
        PATH,
        legal_name=" Lume  & Co ",
        legal_form="SIA",
        registration_number="40001234567",
        address="Brīvības 1\r\nRīga",
        phone="+371 ２０００",
        email="Hello@Lume.example",
        words="We   are\r\n\r\n\r\n\r\nkind.\u202e",
        link="",
    )

    assert answer.status_code == 302
    assert read_imprint(lume.merchant.id) == ImprintText(
        legal_name="Lume & Co",
        legal_form="SIA",
        registration_number="40001234567",
        address="Brīvības 1\nRīga",
        phone="+371 2000",
        email="hello@lume.example",
        words="We are\n\nkind.",
    )
    assert 'href="/p/cafe-lume"' in desk.open(PATH).content.decode()
    assert "Lume & Co" in words(desk.open("/settings/changes/")).replace("&amp;", "&")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("lume.example/privacy", "https://lume.example/privacy"),
        ("  https://lume.example/a\u200bb \n", "https://lume.example/ab"),
        ("https://kafejnīca.example/privātums", "https://kafejnīca.example/privātums"),
    ],
)
def test_an_address_is_kept_as_a_link(desk: DeskClient, lume: Shop, typed: str, kept: str) -> None:
    assert desk.send(PATH, link=typed).status_code == 302
    assert read_imprint(lume.merchant.id).link == kept


@pytest.mark.parametrize(
    "typed",
    [
        "http://lume.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://lume.example/",
        "https://lume.example@evil.example/",
        "https://user:secret@lume.example/",
        "https://lume.example\\@evil.example",
        "https://" + "a" * 500 + ".example",
        "https://lume.example/" + "a" * 500,
        "https://[::1",
        "//",
        "https://lume.example/\x00",
    ],
)
def test_what_is_no_page_over_https_is_refused_at_its_field(desk: DeskClient, lume: Shop, typed: str) -> None:
    answer = desk.send(PATH, legal_name="Lume", link=typed)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert read_imprint(lume.merchant.id) == ImprintText()


@pytest.mark.parametrize(
    ("field", "typed"),
    [("words", "x" * 5001), ("address", "x" * 501), ("phone", "no"), ("email", "x@"), ("legal_name", "x\x00")],
)
def test_what_is_too_long_or_cannot_be_is_refused(desk: DeskClient, lume: Shop, field: str, typed: str) -> None:
    assert desk.send(PATH, **{field: typed}).status_code == 422
    assert read_imprint(lume.merchant.id) == ImprintText()
