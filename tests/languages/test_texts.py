from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stampwell.languages.folding import fold
from stampwell.languages.normal_form import stands_alone
from stampwell.languages.texts import (
    LanguageNotOffered,
    TextMissing,
    TextTooLong,
    clean_lines,
    clean_text,
    read_texts,
    text_in,
)


def test_a_string_is_in_the_merchants_language() -> None:
    assert read_texts("Kafijas karte", locale="lv", limit=50) == {"lv": "Kafijas karte"}


def test_texts_by_locale_are_kept_by_locale_and_empty_ones_left_out() -> None:
    given_texts = {"en": " Coffee  card ", "lv": "Kafijas karte", "ja": "  "}

    assert read_texts(given_texts, locale="lv", limit=50) == {"en": "Coffee card", "lv": "Kafijas karte"}


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(LanguageNotOffered) as refusal:
        read_texts({"en": "Coffee card", "xx": "?"}, locale="en", limit=50)

    assert refusal.value.facts == {"given": "xx", "offered": "en, lv, et, uz, kk, ja"}


@pytest.mark.parametrize("nothing", ["", "   ", "\u200b\u202e", {}, {"en": "\u2066\u2069"}])
def test_a_text_that_cannot_be_seen_is_refused(nothing: str | dict[str, str]) -> None:
    with pytest.raises(TextMissing):
        read_texts(nothing, locale="en", limit=50)


def test_a_text_that_is_too_long_is_refused_with_both_lengths() -> None:
    with pytest.raises(TextTooLong) as refusal:
        read_texts({"en": "ok", "ja": "珈" * 51}, locale="en", limit=50)

    assert refusal.value.facts == {"length": 51, "limit": 50}


def test_the_reader_gets_the_nearest_language() -> None:
    texts = {"lv": "Kafija", "ja": "コーヒー"}

    assert text_in(texts, "ja", "lv") == "コーヒー"
    assert text_in(texts, "et", "lv") == "Kafija"
    assert text_in(texts, "et", "uz") == "Kafija"
    assert text_in({}, "en", "en") == ""


@pytest.mark.parametrize(
    ("given_text", "seen"),
    [
        ("a\u202eb\u202cc\u2066d\u2069e\u200ef\u061cg", "abcdefg"),
        ("zero\u200bwidth\ufeff \u2060soft\u00adhyphen", "zerowidth softhyphen"),
        ("bell\x07 nul\x00 esc\x1b[31m", "bell nul esc[31m"),
        ("one\n\ttwo\u2028three\xa0four", "one two three four"),
        ("\ud800broken", "broken"),
        ("blank\u3164\u2800fill", "blankfill"),
        ("e\u0301", "é"),
    ],
)
def test_what_cannot_be_seen_is_taken_out(given_text: str, seen: str) -> None:
    assert clean_text(given_text) == seen


@pytest.mark.parametrize(
    "text",
    [
        "قهوة مجانية",
        "می\u200cخواهم",  # Persian keeps the letters apart
        "क्\u200dष",  # Hindi joins them
        "קפה חינם",
        "👨\u200d👩\u200d👧 ❤️ 🏳️\u200d🌈 👩🏽\u200d🍳",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "Oʻzbekcha Қазақша 日本語 Āžē",
    ],
)
def test_ordinary_writing_and_emoji_stay(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize("name", ["\ufa19谷", "\ufa46", "\ufa11崎", "\U0002f81a", "葛\U000e0100城"])
def test_the_letters_of_a_japanese_name_stay_as_they_are_written(name: str) -> None:
    assert clean_text(f" {name}  Cafe\u0301") == f"{name} Café"
    assert fold(name) == fold(normalize("NFKC", name))  # so whoever types the usual letter finds it


def test_joiners_between_latin_letters_are_taken_out() -> None:
    assert clean_text("FREE\u200dCOF\u200cFEE") == "FREECOFFEE"


def test_lines_stay_lines() -> None:
    assert clean_lines(" one \r\n\n\n\ntwo\u202e ") == "one\n\ntwo"


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


def test_letters_that_stand_alone_are_cleaned_as_among_others() -> None:
    for letter in filter(stands_alone, map(chr, range(0x3100))):
        assert clean_text(f"a{letter}b") == clean_text(f"a{letter}b\u200b")
