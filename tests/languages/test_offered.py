import pytest
from django.utils.translation import override

from stampwell.languages.offered import (
    active_locale,
    choose_locale,
    direction_of,
    list_languages,
    match_tag,
    offered_locales,
)


def test_six_languages_are_offered_under_their_own_names() -> None:
    assert list_languages() == [
        ("en", "English", "ltr"),
        ("lv", "Latviešu", "ltr"),
        ("et", "Eesti", "ltr"),
        ("uz", "Oʻzbekcha", "ltr"),
        ("kk", "Қазақша", "ltr"),
        ("ja", "日本語", "ltr"),
    ]


@pytest.mark.parametrize(
    ("tag", "locale"),
    [
        ("lv", "lv"),
        ("LV-lv", "lv"),
        ("ja-JP", "ja"),
        ("kk_KZ", "kk"),
        ("kk-Cyrl-KZ", "kk"),
        ("uz-Latn-UZ", "uz"),
        ("en-US-u-hc-h12", "en"),
        ("uz-Cyrl-UZ", "uz"),
        ("kk-Latn", "kk"),
    ],
)
def test_a_regional_tag_is_understood(tag: str, locale: str) -> None:
    assert match_tag(tag) == locale


@pytest.mark.parametrize("tag", ["de", "uz-AF", "uz-Arab", "kk-CN", "kk-Arab-CN", "xx", "", "en-xa-", "日本"])
def test_a_script_that_the_reader_cannot_read_is_not_offered(tag: str) -> None:
    assert match_tag(tag) in {None, "en"} if tag.startswith("en") else match_tag(tag) is None


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("ja-JP,ja;q=0.9,en;q=0.8", "ja"),
        ("de-DE,de;q=0.9,kk;q=0.7,ja;q=0.8", "ja"),
        ("de, fr", "et"),
        ("", "et"),
        ("*", "et"),
        ("ja;q=0, en;q=0.1", "en"),
        (";;q=x,,en;q=nope, <script>, lv ; q=0.5", "lv"),
        ("a" * 100_000, "et"),
    ],
)
def test_the_browser_chooses_and_the_shop_is_the_fallback(header: str, locale: str) -> None:
    assert choose_locale(header, "et") == locale


def test_an_unknown_fallback_ends_in_english() -> None:
    assert choose_locale("de", "xx") == "en"


def test_the_active_locale_is_always_an_offered_one() -> None:
    with override("de"):
        assert active_locale() == "en"
    with override("ja"):
        assert active_locale() == "ja"
    with override(None):
        assert active_locale() in offered_locales()


def test_directions_come_from_the_language() -> None:
    assert direction_of("ar") == "rtl"
    assert direction_of("uz") == "ltr"
