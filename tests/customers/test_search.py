"""What customers are found by: the text that is kept for it, and the index over it."""

import logging
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection

from stampwell.customers.models import Customer
from stampwell.customers.search_index import prepare_search_index
from stampwell.customers.search_text import search_patterns, search_text
from tests.world import Shop


def text_of(name: str = "", email: str = "", phone: str = "") -> str:
    return search_text(name=name, email=email, phone=phone)


def fits(words: str, text: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s LIKE ALL(%s)", [text, search_patterns(words)])
        found: bool = cursor.fetchone()[0]
        return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [
        "anna",
        "BERZ",
        "kalniņa",
        "marija anna",
        "an",
        "370",
        "0001",
        "+371 2000",
        "(2000) 1234",
        "٢٠٠٠",
        "00371 2000 1234",
        "02000 1234",
        "2000‑1234",
        "２０００",
    ],
)
def test_beginnings_of_words_and_parts_of_numbers_fit(words: str) -> None:
    assert fits(words, text_of("Anna-Marija Bērziņa Kalniņa", "am@lume.example", "+371 2000 1234, 370"))


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["nna", "anna zane", "20", "2001", "bērziņš", "n%a", "_nna"])
def test_the_inside_of_words_and_the_inside_of_short_numbers_do_not(words: str) -> None:
    assert not fits(words, text_of("Anna Bērziņa", phone="+371 2000 1234"))


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["佐藤", "佐", "қайр", "кайр", "оль", "たな", "タナ"])
def test_every_script_is_found(words: str) -> None:
    assert fits(words, text_of("佐藤 Қайрат Ольга たなか"))


def test_the_index_sees_letters_that_the_servers_locale_does_not_know() -> None:
    assert text_of("Ольга 佐藤").isascii()
    assert text_of("Ольга") != text_of("Олька")


def test_words_of_signs_alone_leave_nothing_to_look_for() -> None:
    assert search_patterns("% _ \\ --") == []


def test_the_text_is_never_empty_so_that_it_tells_who_was_not_folded_yet() -> None:
    assert text_of() == " "


@pytest.mark.django_db
def test_rows_of_before_are_filled_in_and_can_be_cut_off_in_between(lume: Shop, rossi: Shop) -> None:
    migration = import_module("stampwell.migrations.0007_customer_search")
    for shop in (lume, rossi):
        offer = shop.publish()
        for name in ("Anna", "Zane", ""):
            offer.card(name=name, phone="+371 2000 1234")
    kept = set(Customer.objects.values_list("id", "search"))
    half = Customer.objects.filter(merchant=lume.merchant).order_by("-id")[:2]
    Customer.objects.filter(id__in=[row.id for row in half]).update(search="")

    with connection.schema_editor(atomic=False) as editor:
        migration.fill(None, editor)

    assert set(Customer.objects.values_list("id", "search")) == kept


@pytest.mark.django_db
def test_the_indexes_are_there() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'customer'")
        made = {definition for (definition,) in cursor.fetchall()}

    assert any("gin (merchant_id, search gin_trgm_ops)" in definition for definition in made)
    assert any("(merchant_id, email varchar_pattern_ops)" in definition for definition in made)


@pytest.fixture
def without_extensions(transactional_db: None) -> Iterator[None]:
    """As on a server where the product may make none."""
    name = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
        cursor.execute(f"REVOKE CREATE ON DATABASE {name} FROM CURRENT_USER")
        yield
        cursor.execute(f"GRANT CREATE ON DATABASE {name} TO CURRENT_USER")
        prepare_search_index()


def test_without_the_extensions_the_operator_is_told_what_to_run(
    without_extensions: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        prepare_search_index()

    assert "Let a superuser run in this database: CREATE EXTENSION pg_trgm;" in caplog.text


def test_an_index_whose_making_was_cut_off_is_made_again(transactional_db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX customer_by_words")
        prepare_search_index()
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'customer_by_words'::regclass")

        assert cursor.fetchone() == (True,)


def test_whoever_changes_a_customers_details_changes_what_they_are_found_by() -> None:
    """There is no such step yet; the first one that forgets it is found here."""
    changes = [
        f"{path.name}: {found[0]}"
        for path in (Path(__file__).parents[2] / "stampwell").rglob("*.py")
        for found in re.finditer(r"UPDATE customer\b[^\"]*|Customer\.objects[^\n]*\.update\([^)]*\)", path.read_text())
        if re.search(r"\b(?:name|email|phone)\b", found[0]) and "search" not in found[0]
    ]

    assert changes == []


@pytest.mark.parametrize(
    ("words", "patterns"),
    [
        ("anna Anna ANNA", ["% anna%"]),
        ("an anna a", ["% anna%"]),
        ("anna bo", ["% anna%", "% bo%"]),
        ("bo anna", ["% anna%", "% bo%"]),
        ("a b " * 25, ["% a%", "% b%"]),
    ],
)
def test_a_word_that_another_one_begins_with_is_not_looked_for_beside_it(words: str, patterns: list[str]) -> None:
    assert search_patterns(words) == patterns


def test_an_email_is_one_word_for_the_index_too() -> None:
    text = text_of(email="anna.b-c@gmail.com")

    assert text.startswith(" anna")
    assert re.fullmatch(r" \w+", text, re.ASCII)
    assert text != text_of(email="anna.b.c@gmail.com")


@pytest.mark.django_db
def test_an_email_is_found_by_its_beginning_and_not_by_its_host() -> None:
    text = text_of("Bo", email="anna@gmail.com")

    assert fits("anna", text)
    assert not fits("gmail", text)
    assert not fits("gmail.com", text)
