from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import override_settings
from django.utils.translation import gettext, ngettext, override

from stampwell.languages.formatting import Money, format_money
from stampwell.languages.offered import choose_locale, is_offered, list_languages
from stampwell.languages.pseudo import compile_pseudo, pseudo_settings, pseudo_translate


@pytest.mark.parametrize(
    "text",
    ["Show the card to the staff.", "%(count)s stamps of <b>%(goal)s</b>", "{max} at most &amp; 5 %% off"],
)
def test_pseudo_text_is_longer_and_keeps_what_is_filled_in(text: str) -> None:
    said = pseudo_translate(text)

    assert said.startswith("⟦")
    assert said.endswith("⟧")
    assert len(said) >= len(text) + 4
    for kept in ("%(count)s", "%(goal)s", "<b>", "</b>", "{max}", "&amp;", "%%"):
        assert (kept in said) == (kept in text)


def test_every_sentence_comes_out_in_brackets(tmp_path: Path) -> None:
    compile_pseudo(tmp_path)

    with override_settings(**pseudo_settings(tmp_path)), override("en-xa"):
        said = gettext("Check the link or number and try again.")
        borrowed = ngettext(
            "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
            "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
            2,
        )
        page = Template("{% load i18n %}{% translate 'Skip to the content' %}").render(Context())
        price = format_money(Money(1250, "EUR"))

    assert said.startswith("⟦Çhéçk thé")
    assert borrowed.startswith("⟦Éñšüré")
    assert page.startswith("⟦Škíp tö thé")
    assert price == "€12.50"


def test_it_is_offered_only_where_it_is_switched_on(tmp_path: Path) -> None:
    with override_settings(**pseudo_settings(tmp_path)):
        assert choose_locale("en-xa", "lv") == "en-xa"
        assert ("en-xa", "⟦Pseudo⟧", "ltr") in list_languages()

    assert not is_offered("en-xa")
    assert choose_locale("en-XA", "lv") == "en"
