"""Django and allauth speak on our pages in our words, our letters and our plural forms."""

import re

import pytest
from babel.messages import Catalog
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext, override

from stampwell.languages.catalogues import PLURAL_FORMS, read_catalogue, renew_catalogue, wanted_messages
from stampwell.languages.extracting import borrowed_messages
from stampwell.merchants.models import User


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    return wanted_messages()


@pytest.mark.parametrize("locale", PLURAL_FORMS)
def test_all_that_they_say_is_translated_here_and_ours_wins(locale: str, wanted: Catalog) -> None:
    catalog = renew_catalogue(read_catalogue(locale), wanted)  # as `update` does it

    with override(locale):
        for message in borrowed_messages():
            if message.id and not message.context:
                ours = catalog.get(message.id)
                assert ours is not None
                if isinstance(message.id, str):
                    assert gettext(message.id) == ours.string != ""
                else:
                    one, more = message.id
                    assert {ngettext(one, more, number) for number in range(30)} == set(ours.string or ())


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "This password is too short. It must contain at least 15 characters."),
        ("lv", "Šī parole ir pārāk īsa. Tajā jābūt vismaz 15 rakstzīmēm."),
        ("et", "Parool on liiga lühike. Selles peab olema vähemalt 15 märki."),
        ("uz", "Bu parol juda qisqa. Unda kamida 15 ta belgi boʻlishi kerak."),
        ("kk", "Бұл құпия сөз тым қысқа. Онда кемінде 15 таңба болуы керек."),
        ("ja", "パスワードが短すぎます。15文字以上にしてください。"),
    ],
)
def test_a_short_password_is_refused_in_good_grammar(locale: str, said: str) -> None:
    with override(locale), pytest.raises(ValidationError) as refused:
        password_validation.validate_password("fox and hen")

    with override(locale):
        assert said in refused.value.messages


@pytest.mark.parametrize("locale", PLURAL_FORMS)
def test_a_password_like_the_address_names_the_field_in_the_readers_language(locale: str) -> None:
    ada = User(email="ada.of.the.mill@lume.example")

    with override(locale), pytest.raises(ValidationError) as refused:
        password_validation.validate_password("ada.of.the.mill@lume", ada)

    with override(locale):
        assert any(gettext("Email address") in message for message in refused.value.messages)
        assert not re.search(r"\bemail\b", " ".join(refused.value.messages))
