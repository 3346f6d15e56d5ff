"""The catalogues are complete and in step with the code; each kind of fault is planted and must be found."""

import gettext
import os
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po

from stampwell.languages.catalogues import (
    PLURAL_FORMS,
    compile_catalogue,
    compile_catalogues,
    po_file,
    read_catalogue,
    renew_catalogue,
    translated_locales,
    write_catalogue,
)
from stampwell.languages.checking import (
    find_catalogue_problems,
    find_missing,
    find_problems,
    message_problems,
)
from stampwell.languages.extracting import extract_messages
from stampwell.languages.offered import offered_locales


@pytest.mark.long  # `bin/test` asks the same before it begins with the tests
def test_every_language_is_complete() -> None:
    assert [str(problem) for problem in find_problems()] == []


def test_every_offered_language_has_a_catalogue() -> None:
    assert {"en", *translated_locales()} == set(offered_locales())


@pytest.mark.parametrize("locale", PLURAL_FORMS)
def test_writing_a_catalogue_again_changes_nothing(locale: str) -> None:
    text = po_file(locale).read_text()

    assert write_catalogue(locale, read_catalogue(locale)) == text
    assert "-Date:" not in text  # of the header: a commit would show it each time
    assert not any(line.startswith("#:") and line.rstrip()[-1].isdigit() for line in text.splitlines())


def test_sentences_of_code_and_templates_are_found() -> None:
    ids = {message.id if isinstance(message.id, str) else message.id[0] for message in extract_messages()}

    assert "Check the link or number and try again." in ids  # stampwell/refusal.py
    assert "today at %(time)s" in ids  # stampwell/languages/formatting.py
    assert "Skip to the content" in ids  # stampwell/templates/base.html


def test_renewing_keeps_translations_and_guesses_none() -> None:
    catalog, wanted = Catalog("lv"), Catalog()
    catalog.add("Stamp added", "Zīmogs pievienots")
    catalog.add(("%(n)s stamp", "%(n)s stamps"), ("nulle", "viens", "cits"))
    catalog.add("Gone", "Prom")
    wanted.add("Stamp added", locations=[("stampwell/new.py", 0)])
    wanted.add(("%(n)s stamp", "%(n)s stamps"))
    wanted.add("Stamp added!")

    text = write_catalogue("lv", renew_catalogue(catalog, wanted))

    assert text.split("\n\n")[1:] == [
        '#, python-format\nmsgid "%(n)s stamp"\nmsgid_plural "%(n)s stamps"\n'
        'msgstr[0] "nulle"\nmsgstr[1] "viens"\nmsgstr[2] "cits"',
        '#: stampwell/new.py\nmsgid "Stamp added"\nmsgstr "Zīmogs pievienots"',
        'msgid "Stamp added!"\nmsgstr ""\n',
    ]


def test_a_new_sentence_and_a_vanished_one_are_both_noticed() -> None:
    here, there = Catalog("lv"), Catalog("lv")
    here.add("Gone")
    there.add("New")

    found = [str(problem) for problem in find_missing("lv", here, there)]

    assert found == [
        "lv: not in the catalogue, run update: New",
        "lv: no longer in the code, run update: Gone",
    ]


@pytest.mark.parametrize(
    ("locale", "source", "text", "fault"),
    [
        ("lv", "Stamp added", "", "empty"),
        ("lv", "Come back on %(day)s", "Nāciet atpakaļ", "other placeholders than the source"),
        ("lv", "Come back on %(day)s", "Nāciet %(diena)s", "other placeholders than the source"),
        ("lv", "At most {max} left", "Atlikuši {maks}", "other placeholders than the source"),
        ("et", "Scan <b>the card</b>", "Skanni <b>kaart", "other tags than the source"),
        ("et", "Stamp added", "Stamp added", "same as the source"),
        ("et", "Stamp added", " Tempel lisatud", "blanks at the edge differ from the source"),
        ("lv", "Show the card", "Parādi the karti", "English words left over"),
        ("uz", "Show the card with the code", "Kartani with kod koʻrsating", "English words left over"),
        ("ja", "Show the card", "カードを show してください", "words in another script"),
        ("kk", "Show the card", "Картаны show", "words in another script"),
        ("uz", "Show the card", "Картани кўрсатинг", "words in another script"),
        ("ja", "Show the card", "카드", "words in another script"),
        ("uz", "Oʻzbek", "O'zbek", "oʻ and gʻ are written with U+02BB"),
        ("et", "Tap “Save”", "Puuduta „Salvesta”", "quotation marks of another language"),
        ("kk", "Tap “Save”", "“Сақтау” түймесін басыңыз", "quotation marks of another language"),
        ("ja", "Tap “Save”", "「保存をタップ", "quotation marks of another language"),
        ("lv", "Tap “Save”", 'Pieskarieties "Saglabāt"', "quotation marks of another language"),
        ("kk", "The shop", "Дүкен", "a word that words.md decided against"),
        ("et", "Enter the date", "Sisestage kuupäev", "a word that words.md decided against"),
        ("ja", "3 stamps", "あと 3 個です", "a word that words.md decided against"),
    ],
)
def test_each_fault_is_found(locale: str, source: str, text: str, fault: str) -> None:
    assert fault in set(message_problems(locale, Message(source, text)))


@pytest.mark.parametrize(
    ("locale", "source", "text"),
    [
        ("lv", "No, that is wrong", "Nē, to nevar"),
        ("et", "The card is full", "Kaart on täis"),
        ("uz", "Show the QR code", "QR kodni koʻrsating, maʼlumot"),
        ("kk", "Add to Apple Wallet", "Apple Wallet-ке қосу"),
        ("ja", "Write to %(email)s or ada@lume.example", "%(email)s、ada@lume.example"),
        ("ja", "Goal %(count)s, 5 % left", "目標は%(count)s、残り5 %"),
        ("ja", "Coffee", "コーヒー・々ー"),
        ("ja", "PIN", "PIN"),
        ("lv", "A", "A"),
    ],
)
def test_a_good_translation_passes(locale: str, source: str, text: str) -> None:
    assert list(message_problems(locale, Message(source, text))) == []


def test_plural_forms_are_counted_and_filled() -> None:
    source = ("%(count)s stamp", "%(count)s stamps")

    short = message_problems("lv", Message(source, ("%(count)s zīmogs", "%(count)s zīmogi")))
    numberless = message_problems("lv", Message(source, ("%(count)s zīmogu", "Zīmogs", "%(count)s zīmogi")))
    one = message_problems("et", Message(source, ("Üks tempel", "%(count)s templit")))

    assert list(short) == ["wrong number of plural forms"]
    assert list(numberless) == ["other placeholders than the source"]  # Latvian says it for 21 too
    assert list(one) == []


def test_fuzzy_messages_and_foreign_headers_are_found() -> None:
    catalog = Catalog("uz")
    catalog.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]
    catalog.add("Stamp", "Muhr", flags=["fuzzy"])

    found = [problem.what for problem in find_catalogue_problems("uz", catalog)]

    assert found == ["the header does not say CLDR's number of plural forms", "fuzzy"]


def test_compiled_catalogues_are_what_gettext_reads(tmp_path: Path) -> None:
    catalog = Catalog("lv")
    catalog.add("Stamp", "Zīmogs")
    catalog.add(("%(n)s stamp", "%(n)s stamps"), ("nulle", "viens", "cits"), context="row")
    po = tmp_path / "django.po"
    po.write_text(write_catalogue("lv", catalog))

    with po.open("rb") as stream:
        mo = compile_catalogue(read_po(stream, locale="lv"), tmp_path / "lv" / "django.mo")

    with mo.open("rb") as stream:
        said = gettext.GNUTranslations(stream)
    assert said.gettext("Stamp") == "Zīmogs"
    assert [said.npgettext("row", "%(n)s stamp", "%(n)s stamps", n) for n in (10, 21, 2)] == [
        "nulle",
        "viens",
        "cits",
    ]
    assert [file.name for file in mo.parent.iterdir()] == ["django.mo"]


def test_only_stale_catalogues_are_compiled() -> None:
    compile_catalogues()
    po = po_file("et")
    now = po.with_suffix(".mo").stat().st_mtime

    os.utime(po.with_suffix(".mo"), (now, po.stat().st_mtime - 1))

    assert compile_catalogues() == [po.with_suffix(".mo")]
    assert compile_catalogues() == []
