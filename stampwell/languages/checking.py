"""What is wrong with the catalogues: unfinished, broken or mixed messages, found without reading them."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from babel.messages import Catalog, Message

from stampwell.languages.catalogues import (
    PLURAL_FORMS,
    read_catalogue,
    translated_locales,
    wanted_messages,
)
from stampwell.languages.extracting import extract_messages, first_form
from stampwell.languages.terms import PLACEHOLDER, TAG, bare_words, has_rejected_word, has_wrong_quotes
from stampwell.languages.wording import find_wording_problems

SOURCE_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        the and of to is are with your you for this that it not has have from will be by was can or at an on
        no if when here there their they its must may only then than which who what how
        """,
    )
)
# Words that the language has itself, spelt alike.
OWN_WORDS = {"lv": {"no", "to", "an", "par"}, "et": {"on", "no", "is", "an"}, "uz": {"it", "or", "on", "an"}}
SCRIPTS = {
    "lv": {"LATIN"},
    "et": {"LATIN"},
    "uz": {"LATIN", "MODIFIER"},
    "kk": {"CYRILLIC"},
    "ja": {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "FULLWIDTH", "IDEOGRAPHIC", "MODIFIER"},
}
WRONG_UZBEK_LETTER = re.compile(r"[oOgG]['`´‘’ʼ]")


@dataclass(frozen=True)
class Problem:
    locale: str
    message: str
    what: str

    def __str__(self) -> str:
        return f"{self.locale}: {self.what}: {self.message}"


def find_problems() -> list[Problem]:
    """Everything that keeps the languages from being complete, in the code and in the catalogues."""
    problems = [Problem("en", where, what) for where, what in find_wording_problems()] + find_source_problems()
    wanted = wanted_messages()  # once for all languages: it reads the whole code
    for locale in translated_locales():
        catalog = read_catalogue(locale)
        problems += find_missing(locale, catalog, wanted)
        problems += find_catalogue_problems(locale, catalog)
    return problems


def find_source_problems() -> list[Problem]:
    """English is the source of all, and has quotes and words of its own too."""
    return [
        Problem("en", text, "quotation marks or words that words.md decided against")
        for message in extract_messages()
        for text in ([message.id] if isinstance(message.id, str) else message.id)
        if has_wrong_quotes("en", text) or has_rejected_word("en", text)
    ]


def find_missing(locale: str, catalog: Catalog, wanted: Catalog) -> list[Problem]:
    """Sentences of the code that the catalogue has not heard of, and the other way round."""
    here = {(first_form(message.id), message.context) for message in catalog if message.id}
    there = {(first_form(message.id), message.context) for message in wanted if message.id}
    return [Problem(locale, text, "not in the catalogue, run update") for text, _ in sorted(there - here, key=str)] + [
        Problem(locale, text, "no longer in the code, run update") for text, _ in sorted(here - there, key=str)
    ]


def find_catalogue_problems(locale: str, catalog: Catalog) -> list[Problem]:
    problems = []
    if catalog.num_plurals != len(PLURAL_FORMS[locale][0]):
        problems.append(Problem(locale, "Plural-Forms", "the header does not say CLDR's number of plural forms"))
    for message in catalog:
        if message.id:
            problems += [Problem(locale, first_form(message.id), what) for what in message_problems(locale, message)]
    return problems


def message_problems(locale: str, message: Message) -> Iterator[str]:
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if message.fuzzy:
        yield "fuzzy"
    if not all(forms):
        yield "empty"
        return
    if message.pluralizable and len(forms) != len(PLURAL_FORMS[locale][0]):
        yield "wrong number of plural forms"
    for place, text in enumerate(forms):
        source = message.id if isinstance(message.id, str) else message.id[-1]
        if not _has_same_placeholders(locale, source, text, place if message.pluralizable else None):
            yield "other placeholders than the source"
        for what, is_wrong in TEXT_CHECKS.items():
            if is_wrong(locale, source, text):
                yield what


def has_source_words(locale: str, _source: str, text: str) -> bool:
    words = re.findall(r"(?<![\w’ʻʼ'])[a-z]+(?![\w’ʻʼ'])", bare_words(text).lower())
    return bool(set(words) & (SOURCE_WORDS - OWN_WORDS.get(locale, set())))


def has_other_script(locale: str, _source: str, text: str) -> bool:
    """A word in a script that the language is not written in; single letters (a size, a key) may stand."""
    return any(_script_of(word) not in SCRIPTS[locale] for word in re.findall(r"[^\W\d_]{2,}", bare_words(text)))


def _is_same_as_source(_locale: str, source: str, text: str) -> bool:
    return text == source and bool(re.search(r"[^\W\d_]{2,}", bare_words(source)))


def _has_other_tags(_locale: str, source: str, text: str) -> bool:
    return sorted(TAG.findall(source)) != sorted(TAG.findall(text))


def _has_other_edges(_locale: str, source: str, text: str) -> bool:
    return (source != source.strip()) != (text != text.strip())


def _has_wrong_uzbek_letter(locale: str, _source: str, text: str) -> bool:
    return locale == "uz" and bool(WRONG_UZBEK_LETTER.search(text))


TEXT_CHECKS: dict[str, Callable[[str, str, str], bool]] = {
    "same as the source": _is_same_as_source,
    "other tags than the source": _has_other_tags,
    "blanks at the edge differ from the source": _has_other_edges,
    "English words left over": has_source_words,
    "words in another script": has_other_script,
    "oʻ and gʻ are written with U+02BB": _has_wrong_uzbek_letter,
    "quotation marks of another language": lambda locale, _source, text: has_wrong_quotes(locale, text),
    "a word that words.md decided against": lambda locale, _source, text: has_rejected_word(locale, text),
}


def _has_same_placeholders(locale: str, source: str, text: str, form: int | None) -> bool:
    wanted, found = set(PLACEHOLDER.findall(source)), set(PLACEHOLDER.findall(text))
    if wanted == found:
        return True
    # "One stamp" may do without the number where the form means exactly one; Latvian's also means 21.
    means_exactly_one = form == 0 and PLURAL_FORMS[locale][1] == "n != 1"
    return means_exactly_one and found < wanted and len(wanted - found) == 1


def _script_of(word: str) -> str:
    return unicodedata.name(word[0], "UNKNOWN").split()[0].removesuffix("-HIRAGANA")
