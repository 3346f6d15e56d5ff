"""What is typed or pasted for a machine to read is the same on every keyboard and out of every messenger."""

import sys
import unicodedata

import pytest

from stampwell.languages.typed import LONGEST, fold_digits, plain, plain_code, plain_number, plain_path

DIGITS = [letter for letter in map(chr, range(sys.maxunicode + 1)) if letter.isdecimal()]
UNSEEN = [
    *"\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad\u061c",
    *"\u180e\ufe0e\ufe0f\U000e0100\U000e0020\u034f\u3164\uffa0\u115f\u2800\x00\x07\x7f\x85\ue000\ufffe",
]
DASHES = [letter for letter in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(letter) == "Pd"]


def test_there_are_many_keyboards() -> None:
    assert len(DIGITS) > 600
    assert {"٣", "۳", "३", "３", "𝟛"} <= set(DIGITS)


@pytest.mark.parametrize("letter", DIGITS)
def test_each_digit_is_an_ascii_digit(letter: str) -> None:
    value = str(unicodedata.decimal(letter))

    assert fold_digits(letter) == plain(letter) == plain_number(letter) == value


def test_only_digits_are_folded() -> None:
    assert fold_digits("Āris ３ ½ ²") == "Āris 3 ½ ²"


@pytest.mark.parametrize("sign", UNSEEN, ids=lambda sign: f"U+{ord(sign):04X}")
def test_what_nobody_sees_is_gone(sign: str) -> None:
    assert plain_number(f"{sign}1475{sign}7256{sign}") == "14757256"
    assert plain_code(f"{sign}CGUE{sign}HKC{sign}") == "CGUEHKC"
    assert plain_path(f"{sign}https://shop.example/c/ca{sign}fe/1f{sign}") == "/c/cafe/1f"


@pytest.mark.parametrize("dash", [*DASHES, *"−ー─━"], ids=lambda sign: f"U+{ord(sign):04X}")
def test_each_dash_is_a_dash(dash: str) -> None:
    assert plain(f"8:00{dash}18:00") == "8:00-18:00"
    assert plain_number(f"1475{dash}7256") == "14757256"


@pytest.mark.parametrize("blank", [*" \t\n\r\u00a0\u2007\u2009\u202f\u205f\u3000\u2028"])
def test_each_blank_is_a_blank(blank: str) -> None:
    assert plain(f"{blank}1{blank}{blank}2{blank}") == "1 2"
    assert plain_number(f"1475{blank}7256{blank}") == "14757256"


@pytest.mark.parametrize("text", ["1475.7256", "1475/7256", "1475·7256", "#1475", "1475a", "+371", "", " ", "½"])
def test_a_number_is_one_only_if_nothing_else_is_in_it(text: str) -> None:
    wanted = {"1475.7256": "14757256", "1475/7256": "14757256", "1475·7256": "14757256"}

    assert plain_number(text) == wanted.get(text, "")


@pytest.mark.parametrize(
    "around",
    ["<{}>", '"{}"', "“{}”", "«{}»", "„{}“", "‹{}›", "「{}」", "({})", "[{}]", "'{}'", "{}.", "{},", "{}。", " {} \n"],
)
def test_what_stands_around_a_code_or_a_link_is_no_part_of_it(around: str) -> None:
    assert plain_code(around.format("CGUEHKC")) == "CGUEHKC"
    assert plain_path(around.format("https://shop.example/c/cafe/1f")) == "/c/cafe/1f"


@pytest.mark.parametrize("typed", ["123 456", "１２３４５６", "١٢٣‑٤٥٦", "“123456”"])
def test_a_code_is_the_same_on_every_keyboard(typed: str) -> None:
    assert plain_code(typed).replace("-", "") == "123456"


@pytest.mark.parametrize(
    "link",
    [
        "https://shop.example/c/cafe/1f?utm_source=x&utm_medium=y",
        "https://shop.example/c/cafe/1f#top",
        "https://shop.example/c/cafe/1f/?a=/v/cafe/22#/v",
        "HTTPS://SHOP.EXAMPLE/c/cafe/1f",
        "HTTP://Shop.Example:8000/C/CAFE/1F",
        "shop.example/c/cafe/1f",
        "https://shop.example/c/cafe/1f/",
        "https://shop.example/c/cafe/1f//",
        "https://shop.example/c/\n  cafe/1f",
        "ｈｔｔｐｓ://shop.example/c/cafe/1f",
        "https://shop.example/c/%63afe/1f",
    ],
)
def test_a_link_leads_to_the_same_place_however_it_was_passed_on(link: str) -> None:
    assert plain_path(link) == "/c/cafe/1f"


@pytest.mark.parametrize("text", ["", "CGUEHKC", "javascript://shop.example/c/cafe/1f", "mailto:a@b.example", "://"])
def test_what_is_no_link_leads_nowhere(text: str) -> None:
    assert plain_path(text) == ""


def test_what_is_endless_is_cut_off() -> None:
    assert len(plain("\ufdfa" * 10_000)) <= LONGEST * 18
    assert plain_number("1" * 100_000) == "1" * LONGEST
