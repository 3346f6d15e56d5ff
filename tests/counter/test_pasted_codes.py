"""A card is found by what a person pastes or types, whatever a keyboard or a messenger made of it."""

import pytest

from stampwell.counter.own_codes import UnknownCode
from stampwell.counter.scanning import recognise
from tests.kept import made_once
from tests.web.api.client import ApiClient
from tests.world import HeldCard, Shop

WRITTEN = [
    "\u202a{}\u202c",
    "\u200e{}",
    "\ufeff{}\u200b",
    "\u00a0{}\u3000",
    "<{}>",
    "“{}”",
    "{}.",
    "\n{}\r\n",
]


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    return lume.publish().card()


def finds(card: HeldCard, text: str) -> bool:
    found = recognise(card.shop.merchant, text)
    return bool(found.card and found.card.id == card.id and found.refusal is None)


@pytest.mark.parametrize("written", WRITTEN)
def test_a_code_a_link_and_a_number_are_known_with_what_a_messenger_adds(card: HeldCard, written: str) -> None:
    for text in (card.code, card.code.lower(), card.url, card.row.short_number):
        assert finds(card, written.format(text)), text


@pytest.mark.parametrize("sign", list("-‐‑‒–—―−－ー.·/\u200b\u00ad \u00a0\u2009"))
def test_a_number_is_known_with_every_sign_between_its_groups(card: HeldCard, sign: str) -> None:
    number = card.row.short_number

    assert finds(card, f"{number[:4]}{sign}{number[4:]}")


@pytest.mark.parametrize("zero", list("０٠۰०০๐߀𝟘"))
def test_a_number_is_known_in_every_kind_of_digits(card: HeldCard, zero: str) -> None:
    assert finds(card, "".join(chr(ord(zero) + int(digit)) for digit in card.row.short_number))


def test_a_code_is_known_in_wide_letters_and_in_parts(card: HeldCard) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in card.code)

    assert finds(card, wide)
    assert finds(card, f"{card.code[:10]}\n{card.code[10:]}")


@pytest.mark.parametrize("end", ["?utm_source=x", "#top", "/?a=b#c", "/", ".", "?x=1&y=2", "%20"])
def test_a_link_is_known_with_what_was_put_behind_it(card: HeldCard, end: str) -> None:
    assert finds(card, card.url + end) == (end != "%20")
    assert finds(card, card.url.upper() + end.replace("%20", ""))


def test_a_link_of_another_shop_is_unknown(card: HeldCard, rossi: Shop) -> None:
    theirs = rossi.publish().card()

    assert isinstance(recognise(card.shop.merchant, f"<{theirs.url}?utm_source=x>").refusal, UnknownCode)


def test_the_api_reads_codes_and_numbers_in_the_same_way(lume: Shop, card: HeldCard) -> None:
    api = ApiClient(lume.api_key())
    given = api.post(f"/cards/crd_{card.id.hex}/stamps", {"count": 10}).json["vouchers_issued"][0]
    number = "".join(chr(ord("０") + int(digit)) for digit in card.row.short_number)

    assert api.post("/scans", {"code": f"\u200e“{given['web_url'].upper()}#x”"}).json["voucher"]["id"] == given["id"]
    (voucher,) = api.get(f"/vouchers?code=%E2%80%8E{given['code'].lower()}%EF%BB%BF").json["items"]
    assert voucher["id"] == given["id"]
    (found,) = api.get(f"/cards?short_number={number[:4]}%E2%80%93{number[4:]}").json["items"]
    assert found["id"] == f"crd_{card.id.hex}"
