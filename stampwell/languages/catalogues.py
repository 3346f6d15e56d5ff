"""The catalogues: one .po a language, kept in step with the code, compiled without any gettext program.

English is the source and needs none. The .po files are committed and change only where a sentence changes;
the .mo files are made from them on every machine.
"""

import io
import os
from copy import deepcopy
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from stampwell.languages.extracting import PACKAGE, borrowed_messages, extract_messages

LOCALE = PACKAGE / "locale"
# CLDR's plural categories in CLDR's order, with the rule that picks one for a whole number. Written here,
# because gettext programs know an older order for Latvian, and Django's Uzbek has one form only.
PLURAL_FORMS = {
    "lv": (
        ("zero", "one", "other"),
        "n%10==0 || (n%100>=11 && n%100<=19) ? 0 : n%10==1 && n%100!=11 ? 1 : 2",
    ),
    "et": (("one", "other"), "n != 1"),
    "uz": (("one", "other"), "n != 1"),
    "kk": (("one", "other"), "n != 1"),
    "ja": (("other",), "0"),
}
HEADER = """\
# Stampwell, {locale}. Plural forms: {categories}.
# The words to use are in docs/rules/words.md; how to work here is in docs/developing/languages.md.
msgid ""
msgstr ""
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals={count}; plural=({rule});\\n"

"""


def translated_locales() -> list[str]:
    return list(PLURAL_FORMS)


def po_file(locale: str) -> Path:
    return LOCALE / locale / "LC_MESSAGES" / "django.po"


def read_catalogue(locale: str) -> Catalog:
    with po_file(locale).open("rb") as stream:
        return read_po(stream, locale=locale, ignore_obsolete=True)


def wanted_messages() -> Catalog:
    """What every catalogue must hold: our sentences, and those that we borrow."""
    wanted = extract_messages()
    for message in borrowed_messages():
        if message.id and wanted.get(message.id, message.context) is None:
            wanted.add(message.id, locations=message.locations, context=message.context)
    return wanted


def update_catalogues() -> list[Path]:
    """New sentences come in empty, vanished ones go (git remembers them); gives the files that changed."""
    wanted = wanted_messages()
    return [po_file(locale) for locale in translated_locales() if update_catalogue(locale, deepcopy(wanted))]


def update_catalogue(locale: str, wanted: Catalog) -> bool:
    """Whether the file changed. New messages become part of the catalogue, with as many forms as its language has."""
    file = po_file(locale)
    before = file.read_text() if file.exists() else ""
    catalog = read_catalogue(locale) if before else Catalog(locale)
    after = write_catalogue(locale, renew_catalogue(catalog, wanted))
    if after == before:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(after)
    return True


def renew_catalogue(catalog: Catalog, wanted: Catalog) -> Catalog:
    """The same catalogue with exactly the wanted messages; a sentence that changed is a new one, never a guess."""
    catalog.update(wanted, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def write_catalogue(locale: str, catalog: Catalog) -> str:
    """The .po as text: our header, messages by their source text, no dates and no line numbers."""
    categories, rule = PLURAL_FORMS[locale]
    for message in catalog:
        message.locations = sorted(set(message.locations))
        if message.id and message.pluralizable:
            message.string = _with_forms(message.string, len(categories))
    out = io.BytesIO()
    write_po(out, catalog, width=100, omit_header=True, sort_output=True, include_lineno=False)
    header = HEADER.format(locale=locale, categories=", ".join(categories), count=len(categories), rule=rule)
    return header + out.getvalue().decode().strip() + "\n"


def compile_catalogues() -> list[Path]:
    """Makes every .mo that is older than its .po (well under a second); gives the ones it made."""
    stale = [locale for locale in translated_locales() if _is_stale(po_file(locale))]
    return [compile_catalogue(read_catalogue(locale), po_file(locale).with_suffix(".mo")) for locale in stale]


def compile_catalogue(catalog: Catalog, mo_file: Path) -> Path:
    """Other processes may be reading the old file, so the new one takes its place at once."""
    mo_file.parent.mkdir(parents=True, exist_ok=True)
    fresh = mo_file.with_suffix(f".{os.getpid()}")
    with fresh.open("wb") as stream:
        write_mo(stream, catalog)
    fresh.replace(mo_file)
    return mo_file


def _with_forms(string: object, count: int) -> tuple[str, ...]:
    forms = list(string) if isinstance(string, tuple | list) else [str(string or "")]
    return tuple((forms + [""] * count)[:count])


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return po.exists() and (not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime)
