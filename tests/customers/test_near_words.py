"""Words that are one letter off, as the database looks for them."""

import pytest
from django.db import connection

from stampwell.customers.near_words import near
from stampwell.customers.search_text import search_text

pytestmark = pytest.mark.django_db


def fits(words: str, name: str) -> bool:
    """Whether one of the ways in finds the name, as the statement asks it."""
    meant = near(words)
    if meant is None:
        return False
    text = search_text(name=name, email="", phone="")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s LIKE ALL(%s) AND %s ~ ALL(%s) AND EXISTS ("
            "SELECT FROM unnest(%s::text[], %s::text[]) h(begins, spelt) WHERE %s LIKE begins AND %s ~ spelt)",
            [
                text,
                meant.beginnings,
                text,
                meant.others,
                [half.like for half in meant.halves],
                [half.spelling for half in meant.halves],
                text,
                text,
            ],
        )
        found: bool = cursor.fetchone()[0]
        return found


def slips(word: str) -> set[str]:
    """Every way to be one letter off behind the first letter."""
    places = range(1, len(word))
    other = "x" if word.isascii() else "щ"
    return {
        *(word[:place] + other + word[place + 1 :] for place in places),
        *(word[:place] + word[place + 1 :] for place in places),
        *(word[:place] + other + word[place:] for place in places),
        *(word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :] for place in range(2, len(word))),
    }


@pytest.mark.parametrize("name", ["berzins", "karimova", "сарсенов", "annab", "oliver"])
def test_every_slip_behind_the_first_letter_is_forgiven(name: str) -> None:
    assert [slip for slip in sorted(slips(name)) if not fits(slip, name)] == []


def test_the_beginning_of_a_name_is_enough() -> None:
    assert fits("karmov", "Karimova-Petrova Anna")


@pytest.mark.parametrize("words", ["xerzins", "brezisn", "ber", "anx", "2000 7777", "kalnins berzinz"])
def test_two_slips_the_first_letter_and_what_is_short_are_not(words: str) -> None:
    assert not fits(words, "Berzins Anna")


def test_each_of_several_words_may_be_off() -> None:
    assert fits("ana berzinz", "Berzins Anna")
    assert not fits("zana berzinz", "Berzins Anna")


@pytest.mark.parametrize("words", ["a" * 2_000, "ж" * 100, "佐" * 100, "ab " * 60])
def test_no_words_are_too_long_for_the_database(words: str) -> None:
    assert not fits(words, "Berzins Anna")
