"""Names stand in the order of the reader's language."""

import random

import pytest
from django.utils.translation import override

from stampwell.languages.ordering import key_in, sorted_by_name
from stampwell.web.dashboard.country_defaults import list_currencies, list_time_zones

SORTED = {
    "lv": "Ada Anna Āris Bella Bo Carlo Čārlijs Ieva Inga Īve Ķēniņš Ōki Tanaka Zane Žanna",
    "et": "Ada Anna Šura Zane Žanna Tanaka Wanda Õie Ärni Öpik Ülo Xenia Yoko",
    "uz": "Ahmad Dilnoza Nodira Olim Zafar Oʻktam Oʻtkir Gʻani Gʻayrat Sharif Choʻlpon",
    "kk": "Айгүл Әйгерім Болат Гүлнар Ғалым Ерлан Қайрат Ольга Өмір Ұлан Іңкәр Adam Zoe",
    "en": "Ada Åke Anna Bella Émile Eric Ōki Žanna Zoe Ольга Яна あい カナ 佐藤",
    "ja": "Ada Zane あい アオ ガク かな さとう 佐藤",
}


@pytest.mark.parametrize("locale", SORTED)
def test_names_stand_as_the_language_puts_them(locale: str) -> None:
    wanted = SORTED[locale].split()
    mixed = wanted[:]
    random.Random(7).shuffle(mixed)

    with override(locale):
        assert sorted_by_name(mixed, str) == wanted


def test_small_letters_and_plain_ones_come_first() -> None:
    with override("en"):
        assert sorted_by_name(["Re", "ré", "re", "Ré"], str) == ["re", "Re", "ré", "Ré"]


def test_blanks_signs_and_digits_come_before_letters() -> None:
    with override("en"):
        assert sorted_by_name(["Aa", "A a", "A-a", "1", "A1", "１2"], str) == ["1", "１2", "A a", "A-a", "A1", "Aa"]


@pytest.mark.parametrize("text", ["", "\u0301", "👨‍👩‍👧‍👦", "ﷺ", "\ud7ff", "İ", "x" * 10_000, "\u0301" * 10_000, "ŉ"])
@pytest.mark.parametrize("locale", [*SORTED, "xx"])
def test_every_text_has_a_place(locale: str, text: str) -> None:
    assert key_in(locale, text) == key_in(locale, text)
    assert key_in(locale, text) != key_in(locale, f"a{text}")


@pytest.mark.parametrize("locale", SORTED)
def test_currencies_and_places_stand_in_the_readers_order(locale: str) -> None:
    with override(locale):
        for names in (list_currencies(), list_time_zones()):
            shown = [name for _code, name in names]
            assert shown == sorted(shown, key=lambda name: key_in(locale, name))
