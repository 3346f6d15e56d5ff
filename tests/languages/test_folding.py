"""What two people write differently for the same name is folded into the same text."""

import pytest

from stampwell.languages.folding import fold, folded_words
from stampwell.languages.normal_form import stands_alone

UNSEEN = "\u200b"  # nobody sees it, and with it a text is not folded letter by letter
LETTERS = [letter for letter in map(chr, range(0x3100)) if stands_alone(letter)]
NEIGHBOURS = " -'aZßéİıżŉ´¨½²ʻйЁәのガー佐"


@pytest.mark.parametrize(
    ("written", "looked_for"),
    [
        ("Bērziņš", "berzins"),
        ("BĒRZIŅŠ", "berzins"),
        ("Be\u0304rzin\u0327s\u030c", "berzins"),
        ("Kõiv Väino", "koiv vaino"),
        ("Strauß", "strauss"),
        ("İstanbul", "istanbul"),
        ("Łukasz Søren", "lukasz soren"),
        ("Gʻayrat", "gayrat"),
        ("G‘ayrat", "g'ayrat"),
        ("O’ktam´", "oktam"),
        ("Қайрат Әйгерім", "кайрат айгерим"),
        ("Семён", "семен"),
        ("たなか", "タナカ"),
        ("ﾀﾅｶ", "たなか"),
        ("ｶﾞｷﾞ", "がぎ"),
        ("ＡＮＮＡ", "anna"),
        ("٠١٢۳४５", "012345"),
        ("İlker Işık", "ilker IŞIK"),
        ("İLKER", "ılker"),
        ("葛\U000e0100城", "葛城"),
        ("❤\ufe0f", "❤"),
        ("Бе\u0308рза", "Берза"),
        ("An\u200bna\u00ad", "anna"),
        ("\u202aAnna\u202c", "anna"),
    ],
)
def test_the_same_name_in_two_writings_is_the_same(written: str, looked_for: str) -> None:
    assert fold(written) == fold(looked_for)


@pytest.mark.parametrize(("one", "other"), [("й", "и"), ("が", "か"), ("ぱ", "は"), ("佐藤", "佐籐"), ("o", "о")])
def test_a_mark_that_makes_another_letter_stays(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("text", ["Bērziņš", "İ", "たなか", "Қайрат", "ｶﾞ", "´o`", "नमस्ते", "각", "ﬁ", "½", "ẞ"])
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_words_stand_between_spaces_hyphens_and_signs() -> None:
    assert folded_words(" Anna-Marija  O’Neil,jun. %_\\ ") == ["anna", "marija", "oneil", "jun"]
    assert folded_words("佐藤・花子 नमस्ते") == ["佐藤", "花子", "नमस्ते"]


@pytest.mark.parametrize("neighbour", NEIGHBOURS)
def test_a_letter_that_stands_alone_is_folded_as_among_others(neighbour: str) -> None:
    assert stands_alone(neighbour)
    for letter in LETTERS:
        for text in (letter + neighbour, neighbour + letter):
            assert fold(text) == fold(text + UNSEEN)


def test_a_letter_that_takes_of_its_neighbours_does_not_stand_alone() -> None:
    assert not [letter for letter in "\u0301\u3099\uff9e각ｶ\u093f\u00ad\u200d\ufa19" if stands_alone(letter)]
