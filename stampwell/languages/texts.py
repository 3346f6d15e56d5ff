"""Texts that the owner writes, in as many languages as the owner likes."""

import re
import unicodedata
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from stampwell.languages.normal_form import normal_form, stands_alone
from stampwell.languages.offered import is_offered, offered_locales
from stampwell.refusal import Kind, Refusal

type Texts = dict[str, str]  # by locale; never an empty text

LONGEST_GIVEN = 10_000  # characters before a text is cleaned; more are not even looked at
INVISIBLE = set("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters by category, blank to the eye
_CONTROLS = {code: None for code in (*range(0x20), 0x7F) if not chr(code).isspace()}
# Letters of Japanese names that Unicode takes for others (U+FA19 for 神): people write them so, and so do their papers.
IDEOGRAPHS = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
# Joined emoji, flags of regions (black flag and tag letters), letters that join or must not (Persian, Hindi).
KEPT_SEQUENCES = re.compile(
    r"(?<=[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])"
    r"|\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]{2,6}\U000e007f"
    r"|(?<=[\u0620-\u08ff\u0900-\u0dff])[\u200c\u200d](?=[\u0620-\u08ff\u0900-\u0dff])"
)


class TextMissing(Refusal):
    """A text that everybody will see was left empty."""

    code = "text_missing"
    kind = Kind.INVALID
    title = _("A text is missing")
    staff_text = _("This text is empty.")
    customer_text = _("Something is missing in the shop’s texts.")
    what_to_do = _("Enter the text in at least one language.")


class TextTooLong(Refusal):
    """A text is longer than the place where it will be shown."""

    code = "text_too_long"
    kind = Kind.INVALID
    title = _("The text is too long")
    staff_text = _("This text has %(length)s characters, and there is room for %(limit)s.")
    customer_text = _("One of the shop’s texts is too long.")
    what_to_do = _("Shorten the text.")


class LanguageNotOffered(Refusal):
    """A text came in a language that no screen of ours can be in."""

    code = "language_not_offered"
    kind = Kind.INVALID
    title = _("This language is not offered")
    staff_text = _("There is no language with the code “%(given)s” here. The codes are: %(offered)s.")
    customer_text = _("The shop does not offer this language yet.")
    what_to_do = _("Use one of the offered languages.")


def text_in(texts: Texts, locale: str, fallback_locale: str) -> str:
    """The text in the reader's language, else in the merchant's, else in any; "" only if there is none."""
    return texts.get(language_of_text(texts, locale, fallback_locale), "")


def language_of_text(texts: Texts, locale: str, fallback_locale: str) -> str:
    """In which language `text_in` finds the text; the reader's own where there is none at all."""
    wanted = (locale, fallback_locale, *offered_locales())
    return next((candidate for candidate in wanted if texts.get(candidate)), locale)


def read_texts(given: str | Mapping[str, str], *, locale: str, limit: int) -> Texts:
    """What the API or a form gave, cleaned: a string is in the merchant's `locale`, a mapping is by locale.

    Refuses what is in no language of ours, longer than `limit` characters, or empty in every language.
    """
    by_locale = {locale: given} if isinstance(given, str) else given
    if (longest := max(map(len, by_locale.values()), default=0)) > LONGEST_GIVEN:
        raise TextTooLong(length=longest, limit=limit)
    texts = {_read_locale(tag): clean_text(text) for tag, text in by_locale.items()}
    texts = {tag: text for tag, text in texts.items() if text}
    if not texts:
        raise TextMissing
    if (longest := max(map(len, texts.values()))) > limit:
        raise TextTooLong(length=longest, limit=limit)
    return texts


def clean_text(text: str) -> str:
    """One line of what a person can see: no control, direction or zero-width characters, single spaces."""
    if not stands_alone(text):  # of such letters all can be seen
        text = text.translate(_CONTROLS) if text.isascii() else _drop_unseen(text)
    return " ".join(text.split())


def clean_lines(text: str) -> str:
    """Like `clean_text`, but the writer's line breaks stay (no more than one blank line in a row)."""
    lines = [clean_text(line) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _read_locale(tag: str) -> str:
    if not is_offered(tag):
        raise LanguageNotOffered(given=clean_text(tag)[:20], offered=", ".join(offered_locales()))
    return tag


def _drop_unseen(text: str) -> str:
    text = "".join(part if IDEOGRAPHS.match(part) else normal_form("NFC", part) for part in IDEOGRAPHS.split(text))
    kept: list[str] = []
    place = 0
    for sequence in KEPT_SEQUENCES.finditer(text):
        kept += [letter for letter in text[place : sequence.start()] if _is_seen(letter)]
        kept.append(sequence.group())
        place = sequence.end()
    kept += [letter for letter in text[place:] if _is_seen(letter)]
    return "".join(kept)


def _is_seen(letter: str) -> bool:
    if letter.isspace():
        return True  # collapsed later
    if letter in INVISIBLE or ord(letter) & 0xFFFE == 0xFFFE:
        return False
    category = unicodedata.category(letter)
    if category == "Cf":
        return unicodedata.bidirectional(letter) == "AN"  # Arabic number signs are ordinary text
    return category not in {"Cc", "Cs", "Co"}
