"""A made-up language that shows faults: every sentence of ours comes out as ⟦šéñţéñçé ~~~⟧, 40 % longer.

Text outside ⟦ ⟧ is written into the code; two ⟦ ⟧ in one sentence are glued; what overflows here overflows in
Estonian too.
"""

import re
from pathlib import Path

from babel.messages import Catalog
from django.conf import settings

from stampwell.languages.catalogues import compile_catalogue
from stampwell.languages.extracting import borrowed_messages, extract_messages
from stampwell.languages.offered import OWN_NAMES, PSEUDO

ACCENTED = str.maketrans("aceginosuyzACEGINOSUYZ", "áçéğíñöšüýžÁÇÉĞÍÑÖŠÜÝŽ")
KEPT = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}|<[^>]*>|&\w+;")


def pseudo_translate(text: str) -> str:
    pieces, place = [], 0
    for kept in KEPT.finditer(text):
        pieces += [text[place : kept.start()].translate(ACCENTED), kept.group()]
        place = kept.end()
    pieces.append(text[place:].translate(ACCENTED))
    letters = len(KEPT.sub("", text))
    return f"⟦{''.join(pieces)} {'~' * max(1, letters * 4 // 10 - 3)}⟧"


def compile_pseudo(folder: Path) -> Path:
    """Writes the catalogue for `folder` to stand in LOCALE_PATHS."""
    catalog = Catalog("en")
    for source in (extract_messages(), borrowed_messages()):
        for message in source:
            if message.id and catalog.get(message.id, message.context) is None:
                catalog.add(message.id, _pseudo_forms(message.id), context=message.context)
    return compile_catalogue(catalog, folder / "en_XA" / "LC_MESSAGES" / "django.mo")


def pseudo_settings(folder: Path) -> dict[str, object]:
    """The settings that offer the pseudo language besides the real ones; `folder` as compiled."""
    return {
        "STAMPWELL_PSEUDO": True,
        "LANGUAGES": [*settings.LANGUAGES, (PSEUDO, OWN_NAMES[PSEUDO])],
        "LOCALE_PATHS": [*settings.LOCALE_PATHS, folder],
    }


def _pseudo_forms(source: str | tuple[str, ...] | list[str]) -> str | tuple[str, ...]:
    return pseudo_translate(source) if isinstance(source, str) else tuple(map(pseudo_translate, source))
