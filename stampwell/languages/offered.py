"""Which languages are offered, what they call themselves, and which one a visitor gets."""

from collections.abc import Iterator
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global
from django.conf import settings
from django.utils.translation import get_language

PSEUDO = "en-xa"  # every sentence as ⟦šéñţéñçé⟧; only where settings.STAMPWELL_PSEUDO is on

OWN_NAMES = {
    "en": "English",
    "lv": "Latviešu",
    "et": "Eesti",
    "uz": "Oʻzbekcha",
    "kk": "Қазақша",
    "ja": "日本語",
    PSEUDO: "⟦Pseudo⟧",
}
# English is read all over the world here, so it says 22 November 2026 and 14:05, which nobody misreads.
CONVENTIONS = {"en": "en-GB", PSEUDO: "en-GB"}
# Scripts that readers of the language learnt at school, besides the one we write: an Uzbek who set the phone
# to Cyrillic reads Latin Uzbek better than English; one from Afghanistan (Arabic script) does not.
SCRIPTS_ALSO_READ = {("uz", "Cyrl"), ("kk", "Latn")}


def offered_locales() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def is_offered(locale: str) -> bool:
    return locale in offered_locales()


def name_language(locale: str) -> str:
    """The language's name in that language, as in a switcher: "Latviešu"."""
    return OWN_NAMES.get(locale) or babel_locale(locale).get_display_name() or locale


def direction_of(locale: str) -> str:
    return "ltr" if locale == PSEUDO else str(babel_locale(locale).text_direction)


def list_languages() -> list[tuple[str, str, str]]:
    """What a language switcher shows: (locale, own name, direction)."""
    return [(locale, name_language(locale), direction_of(locale)) for locale in offered_locales()]


def choose_locale(accept_language: str, fallback: str) -> str:
    """The first language of an Accept-Language header that we offer, else `fallback` (the merchant's)."""
    for tag in wanted_tags(accept_language):
        if (locale := match_tag(tag)) is not None:
            return locale
    return fallback if is_offered(fallback) else settings.LANGUAGE_CODE


@lru_cache(maxsize=1_000)  # whatever a page formats asks which language it is for
def match_tag(tag: str) -> str | None:
    """The offered locale that serves a reader of `tag` ("ja-JP" → "ja"), None if there is none."""
    wanted = tag.strip().replace("_", "-").lower()
    if is_offered(wanted):
        return wanted
    language = wanted.split("-")[0]
    if not is_offered(language):
        return None
    script = _script_of(wanted)
    if script == _script_of(language) or (language, script) in SCRIPTS_ALSO_READ:
        return language
    return None


def wanted_tags(accept_language: str) -> list[str]:
    """Tags of the header, most wanted first; whatever cannot be read is left out."""
    found = [
        (-quality, place, tag)
        for place, (tag, quality) in enumerate(_read_parts(accept_language[:500]))
        if quality > 0 and tag != "*"
    ]
    return [tag for _quality, _place, tag in sorted(found)]


def active_locale() -> str:
    """The language the reader sees now, as one of the offered codes."""
    active = get_language() or settings.LANGUAGE_CODE
    return match_tag(active) or settings.LANGUAGE_CODE


@cache
def babel_locale(locale: str) -> Locale:
    """Whose dates and numbers the readers of `locale` expect."""
    return Locale.parse(CONVENTIONS.get(locale, locale), sep="-")


def _read_parts(header: str) -> Iterator[tuple[str, float]]:
    for part in header.split(","):
        tag, _semicolon, weight = part.strip().partition(";")
        tag = tag.strip()
        if not tag or not all(piece.isalnum() and piece.isascii() for piece in tag.split("-") if tag != "*"):
            continue
        try:
            yield tag, float(weight.strip().removeprefix("q=") or 1) if weight else 1.0
        except ValueError:
            continue


def _script_of(tag: str) -> str:
    """The script of a tag, by what CLDR finds likely where the tag does not say: kk-CN → Arab."""
    language, *others = tag.split("-")
    for piece in others:
        if len(piece) == 4 and piece.isalpha():
            return piece.title()
    likely = get_global("likely_subtags")
    regions = [piece.upper() for piece in others if len(piece) == 2]
    full = likely.get(f"{language}_{regions[0]}" if regions else language) or likely.get(language, "")
    return str(full).split("_")[1] if full else ""
