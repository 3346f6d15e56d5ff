"""The right plural form at run time, with Django's own catalogues loaded beside ours.

Django's Uzbek knows one form and its Latvian another order; neither may decide for our sentences.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel import Locale
from babel.messages import Catalog
from babel.messages.pofile import read_po
from django.test import override_settings
from django.utils.translation import ngettext, npgettext, override

from stampwell.languages.catalogues import PLURAL_FORMS, compile_catalogue, write_catalogue

STAMPS = ("%(count)s stamp", "%(count)s stamps")
BORROWED = (
    "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
    "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
)


@pytest.fixture(autouse=True)
def _forms_named_by_category(tmp_path: Path) -> Iterator[None]:
    """Catalogues in which every plural form says which category it is: "zero %(count)s"."""
    for locale, (categories, _rule) in PLURAL_FORMS.items():
        catalog = Catalog(locale)
        forms = tuple(f"{category} %(count)s" for category in categories)
        catalog.add(STAMPS, forms)
        catalog.add(STAMPS, tuple(f"row: {form}" for form in forms), context="row")
        po = tmp_path / f"{locale}.po"
        po.write_text(write_catalogue(locale, catalog))
        with po.open("rb") as stream:
            compile_catalogue(read_po(stream, locale=locale), tmp_path / locale / "LC_MESSAGES" / "django.mo")
    with override_settings(LOCALE_PATHS=[tmp_path]):
        yield


@pytest.mark.parametrize("locale", PLURAL_FORMS)
def test_every_number_gets_the_form_that_cldr_says(locale: str) -> None:
    category_of = Locale.parse(locale).plural_form

    with override(locale):
        said = [ngettext(*STAMPS, number) % {"count": number} for number in range(1201)]

    assert said == [f"{category_of(number)} {number}" for number in range(1201)]


@pytest.mark.parametrize(
    ("number", "category"),
    [
        (0, "zero"),
        (1, "one"),
        (2, "other"),
        (9, "other"),
        (10, "zero"),
        (11, "zero"),
        (12, "zero"),
        (19, "zero"),
        (20, "zero"),
        (21, "one"),
        (22, "other"),
        (100, "zero"),
        (101, "one"),
        (111, "zero"),
        (121, "one"),
        (1000, "zero"),
        (1001, "one"),
    ],
)
def test_latvian_counts_as_latvians_do(number: int, category: str) -> None:
    with override("lv"):
        assert ngettext(*STAMPS, number) == f"{category} %(count)s"


@pytest.mark.parametrize("locale", PLURAL_FORMS)
def test_a_plural_with_a_context_gets_its_form_too(locale: str) -> None:
    category = Locale.parse(locale).plural_form(21)

    with override(locale):
        assert npgettext("row", *STAMPS, 21) == f"row: {category} %(count)s"


@pytest.mark.parametrize("locale", ["lv", "et", "uz", "ja"])
@pytest.mark.parametrize("number", [0, 1, 2, 10, 11, 21])
def test_djangos_own_plurals_keep_working(locale: str, number: int) -> None:
    with override(locale):
        said = ngettext(*BORROWED, number) % {"limit_value": number, "show_value": 0}

    assert not said.startswith("Ensure")
    assert str(number) in said


def test_english_needs_no_catalogue() -> None:
    with override("en"):
        assert [ngettext(*STAMPS, number) % {"count": number} for number in (0, 1, 2)] == [
            "0 stamps",
            "1 stamp",
            "2 stamps",
        ]


@pytest.mark.parametrize(("locale", "forms"), PLURAL_FORMS.items())
def test_the_categories_are_cldrs_in_cldrs_order(locale: str, forms: tuple[tuple[str, ...], str]) -> None:
    order = ("zero", "one", "two", "few", "many", "other")
    known = Locale.parse(locale).plural_form.tags | {"other"}

    assert forms[0] == tuple(category for category in order if category in known)
