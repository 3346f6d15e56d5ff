"""Imported cards on paper: each one's code is read by a phone, and however many they are, no file is too large."""

import io
import shutil
import subprocess
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import pytest
import zxingcpp
from PIL import Image

from stampwell.cards.links import card_url
from stampwell.cards.models import Card
from stampwell.exports import asking, card_paper, links_sheet
from stampwell.exports.asking import ExportUnclear, find_export, find_file
from stampwell.exports.card_paper import TooManyCardsForPaper
from stampwell.ids import public_id
from stampwell.imports.asking import ask_to_write
from stampwell.refusal import NotFound
from tests.exports.working import ask, made, work
from tests.imports.working import PEOPLE, bring_in, check, receive
from tests.imports.working import work as work_import
from tests.kept import made_once
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db
LETTERS = ["Žanna Bērziņa", "Шынар Әбілқызы", "小林 さくら", "Oʻgʻiloy", "مريم", "W" * 90]
NAMES = [*LETTERS, *(f"Guest {n}" for n in range(6))]
LOCALES = ["lv", "kk", "ja", "uz", "et"]


def of_import(import_id: UUID) -> dict[str, str]:
    return {"import": public_id("imp", import_id)}


@pytest.fixture
def brought(lume: Shop, offer: Offer) -> UUID:
    rows = [f"{name};;;;{locale};3;" for name, locale in zip(NAMES, LOCALES + ["en"] * 7, strict=True)]
    return bring_in(lume, offer, PEOPLE + "\n".join(rows) + "\n")


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
def test_each_code_is_read_from_the_paper_beside_name_and_number(lume: Shop, brought: UUID, tmp_path: Path) -> None:
    file = tmp_path / "cards.pdf"
    file.write_bytes(made(lume, "links", "pdf", wanted=of_import(brought)))

    text = subprocess.run(["pdftotext", file, "-"], capture_output=True, check=True, text=True).stdout
    read = [code.text for page in ("1", "2") for code in zxingcpp.read_barcodes(picture(file, page))]

    cards = list(Card.objects.all())
    assert sorted(read) == sorted(card_url(lume.merchant.slug, card.id, card.issue) for card in cards)
    assert text.count("\f") == 2
    for card in cards:
        assert f"{card.short_number[:4]} {card.short_number[4:]}" in text
    for said in ("Žanna Bērziņa", "Шынар Әбілқызы", "小林", "Oʻgʻiloy", "Guest 5", "Café Lume", "Show this card"):
        assert said in text
    assert text.replace("\n", "").count("W") >= 90


def picture(file: Path, page: str) -> Image.Image:
    command = ["pdftoppm", "-r", "150", "-png", "-f", page, "-l", page, str(file)]
    return Image.open(io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout))


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (asking, card_paper):
        monkeypatch.setattr(module, "IN_A_FILE", 5)


FILES = ["cards-00001-00005.pdf", "cards-00006-00010.pdf", "cards-00011-00012.pdf"]


@pytest.mark.usefixtures("small_files")
def test_more_cards_than_a_pdf_holds_are_several_in_a_zip(lume: Shop, brought: UUID, tmp_path: Path) -> None:
    content = made(lume, "links", "pdf", wanted=of_import(brought))

    with ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
        assert archive.namelist() == FILES
    found = [sorted(code.text for code in zxingcpp.read_barcodes(picture(tmp_path / name, "1"))) for name in FILES]
    links = [card_url(lume.merchant.slug, card.id, card.issue) for card in Card.objects.order_by("id")]
    assert found == [sorted(links[first : first + 5]) for first in (0, 5, 10)]


@pytest.mark.usefixtures("small_files")
def test_as_many_as_a_pdf_holds_are_one(lume: Shop, offer: Offer) -> None:
    rows = [f"{name};;;;;3;" for name in NAMES[:5]]
    five = bring_in(lume, offer, PEOPLE + "\n".join(rows) + "\n;not an address;;;;;\n")

    assert ask(lume, "links", "pdf", wanted=of_import(five)).format == "pdf"


@pytest.mark.usefixtures("small_files")
def test_of_an_import_under_way_all_cards_will_have_room(lume: Shop, offer: Offer) -> None:
    import_id = receive(lume, PEOPLE + "\n".join(f"Guest {n};;;;;3;" for n in range(6)) + "\n")
    check(lume, offer, import_id)
    ask_to_write(lume.merchant, import_id, actor=lume.actor)

    export = ask(lume, "links", "pdf", wanted=of_import(import_id))

    work_import(lume, import_id)
    work(export)
    with ZipFile(find_file(lume.merchant.id, find_export(lume.merchant.id, export.id))) as archive:
        assert archive.namelist() == ["cards-00001-00005.pdf", "cards-00006-00006.pdf"]


@pytest.mark.usefixtures("small_files")
@pytest.mark.parametrize("steps", range(5))
def test_stopped_at_any_step_there_is_no_zip_and_then_a_whole_one(
    lume: Shop, brought: UUID, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr(links_sheet, "AT_ONCE", 5)
    export, left = ask(lume, "links", "pdf", wanted=of_import(brought)), iter(range(steps))

    work(export, is_stopping=lambda: next(left, None) is None)

    with pytest.raises(NotFound):
        find_file(lume.merchant.id, find_export(lume.merchant.id, export.id))
    work(export)
    with ZipFile(find_file(lume.merchant.id, find_export(lume.merchant.id, export.id))) as archive:
        assert archive.namelist() == FILES


def test_more_cards_than_anybody_prints_are_refused_before_a_file_is_made(
    lume: Shop, brought: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_CARDS", 11)

    with pytest.raises(TooManyCardsForPaper):
        ask(lume, "links", "pdf", wanted=of_import(brought))


def test_nothing_else_is_printed(lume: Shop) -> None:
    with pytest.raises(ExportUnclear):
        ask(lume, "cards", "pdf")
