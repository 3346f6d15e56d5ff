"""Whatever somebody types, pastes or holds up as a code, it is a code or it is refused, never an error, and at once.

STAMPWELL_TEST_CODES=200000 bin/test tests/counter/test_any_code.py
"""

import os
import random
from urllib.parse import quote

import pytest

from stampwell.counter.scanning import can_be_guessed, recognise
from stampwell.languages.typed import plain_code, plain_number, plain_path
from stampwell.receipts.codes import (
    LENGTH,
    UnknownReceiptCode,
    code_with,
    group_signs,
    is_genuine,
    looks_like_code,
    read_code,
    write_code,
)
from stampwell.receipts.series_codes import Place, count_receipt, is_code_at, place_in_code, write_code_at
from stampwell.vouchers.api_codes import draw_api_code, group_api_code, is_api_code, read_api_code
from tests.kept import made_once
from tests.processor import Longest
from tests.world import HeldCard, Shop

CASES = int(os.environ.get("STAMPWELL_TEST_CODES", "3000"))
LONGEST = 1.0  # seconds of the processor, for one code
LOOKED_UP = 10  # of so many codes one is looked for in the shop as well
SECRET = b"0123456789abcdef"
PIECES = (
    *("R", "V", "C", "SW1:", "13916564", ":", "48291314", "7K2M9QXAB4T", "0", "O", "I", "l", "U", "-", " ", "\u2010"),
    *(
        "https://",
        "http:",
        "//",
        "/",
        "r/cafe-lume/",
        "/c/cafe-lume/",
        "v",
        "?",
        "#",
        "%",
        "%00",
        "%2F",
        "%ff",
        "f" * 32,
    ),
    *(
        "\0",
        "\ufeff",
        "\u200b",
        "\u00a0",
        "\u2028",
        "\ud800",
        "٤",
        "²",
        "①",
        "Ａ",
        "Ｒ",
        "İ",
        "ß",
        "ﷺ",
        "😀",
        "é",
        "e\u0301",
    ),
    *("=1+1", "'", '"', "\\", "\n", "\t", "\x1c", "\x85", "B" * 32, "9" * 40, "[" * 30, "]", "xn--", "@", "\U000e0100"),
)
LONG = ("R" * 50_000, "/" * 50_000, "\u0301" * 50_000, "ﷺ" * 5_000, "%2F" * 10_000, "9" * 50_000, " " * 50_000)


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    return lume.publish().card()


def genuine(chance: random.Random, card: HeldCard) -> str:
    """A code that is one, of every kind and as it is written out."""
    series = Place(chance.randrange(2**20), chance.randrange(1000), chance.randrange(1440), chance.randrange(2**30))
    own, batch = draw_api_code(), write_code(SECRET, chance.randrange(2**40), chance.randrange(2**20))
    receipt = chance.choice([batch, write_code_at(series, SECRET)])
    made_up = code_with("".join(chance.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=LENGTH - 2)))
    links = (f"https://stamps.example/r/cafe-lume/{receipt}", card.url)
    return chance.choice(
        [own, group_api_code(own), receipt, group_signs(receipt), made_up, *links, card.code, card.row.short_number]
    )


def text_of(chance: random.Random, card: HeldCard) -> str:
    """A code with signs changed, cut out or put in, or pieces of codes in any order."""
    if chance.random() < 0.002:
        return genuine(chance, card) + chance.choice(LONG)
    if chance.random() < 0.4:
        return "".join(chance.choices(PIECES, k=chance.randrange(12)))
    signs = list(genuine(chance, card))
    for _change in range(chance.choice((0, 0, 1, 2, 6))):
        place = chance.randrange(len(signs) + 1)
        signs[place : place + chance.randrange(4)] = chance.choice(("", chance.choice(PIECES), _letter(chance)))
    text = "".join(signs)
    return quote(text, errors="replace") if chance.random() < 0.05 else text


def _letter(chance: random.Random) -> str:
    return chr(chance.choice((chance.randrange(0x80), chance.randrange(0x110000))))


def read_as_any(text: str) -> int:
    """By every reader of codes; how many know it as one of theirs."""
    plain_code(text), plain_number(text), plain_path(text), can_be_guessed(text), count_receipt(text)
    signs = read_api_code(text)
    if signs and is_api_code(signs):
        assert read_api_code(group_api_code(signs)) == signs
    looks_like_code(text)
    try:
        code = read_code(text)
    except UnknownReceiptCode:
        return int(bool(signs))
    place = place_in_code(code)
    is_genuine(code, SECRET), is_code_at(code, place, SECRET)
    assert looks_like_code(text)
    assert read_code(group_signs(code_with(code.letters))) == code
    return 1


def test_any_text_is_a_code_or_refused(card: HeldCard) -> None:
    read, longest, looked_up = 0, Longest(), Longest()
    for number in range(CASES):
        chance = random.Random(number)
        text = text_of(chance, card)
        try:
            with longest.timed():
                read += read_as_any(text)
            if number % LOOKED_UP == 0:
                text = text.encode("utf-8", "replace").decode()  # halves of a letter come through no door
                with looked_up.timed():
                    recognise(card.shop.merchant, text)
        except Exception as error:
            raise AssertionError(f"case {number}: {text[:200]!r}") from error

    print(f"{CASES} codes, {read} known: {longest}; looked up: {looked_up}")
    assert read > CASES / 10, "what nobody takes for a code proves little"
    assert longest.seconds < LONGEST
    assert looked_up.seconds < LONGEST
