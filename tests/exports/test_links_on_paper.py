"""Imported cards on paper: each one's code is read by a phone, and nobody gets more than a file can hold."""

import io
import shutil
import subprocess
from pathlib import Path
from uuid import UUID

import pytest
import zxingcpp
from PIL import Image

from stampwell.cards.links import card_url
from stampwell.cards.models import Card
from stampwell.exports import asking, card_paper
from stampwell.exports.asking import ExportUnclear, find_export
from stampwell.exports.card_paper import TooManyCardsForPaper
from stampwell.ids import public_id
from tests.exports.working import ask, made, work
from tests.imports.working import PEOPLE, bring_in
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


def test_more_cards_than_a_file_holds_are_refused_before_it_is_made(
    lume: Shop, brought: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_CARDS", 11)

    with pytest.raises(TooManyCardsForPaper):
        ask(lume, "links", "pdf", wanted=of_import(brought))


def test_an_import_that_grows_meanwhile_is_refused_by_the_worker(
    lume: Shop, brought: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(lume, "links", "pdf", wanted=of_import(brought))
    monkeypatch.setattr(card_paper, "MOST_CARDS", 11)

    work(export)

    failed = find_export(lume.merchant.id, export.id)
    assert (failed.state, failed.problem, failed.made) == ("failed", "too_many_cards_for_paper", None)


def test_nothing_else_is_printed(lume: Shop) -> None:
    with pytest.raises(ExportUnclear):
        ask(lume, "cards", "pdf")
