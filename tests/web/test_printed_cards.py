"""A card on paper is read by a scanner and by a phone, in every language and on every paper."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from stampwell.languages.offered import offered_locales
from stampwell.web.printed_cards import PAPERS, PrintedCard, draw_printed_card

pytestmark = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
CARD = PrintedCard(
    shop="Café Lume",
    program="Kafijas karte",
    program_locale="lv",
    holder="Žanna",
    number="4821 9033",
    url="https://lume.example/c/cafe-lume/abcdefghijklmnopqrstuvwxyz0123456789abcd?paper=0123456789abcdef0123456789abcdef",
)
MILLIMETRE = 72 / 25.4


def read(pdf: bytes, tmp_path: Path, *options: str) -> str:
    run(pdf, tmp_path, "pdftotext", *options)
    return (tmp_path / "card.txt" if not options else tmp_path / "card.html").read_text()


def run(pdf: bytes, tmp_path: Path, *command: str) -> bytes:
    file = tmp_path / "card.pdf"
    file.write_bytes(pdf)
    return subprocess.run([*command, str(file)], capture_output=True, check=True).stdout


@pytest.mark.parametrize(("paper", "locale"), list(zip([*PAPERS, *PAPERS], offered_locales(), strict=False)))
def test_the_code_is_read_from_the_paper_and_the_number_by_people(paper: str, locale: str, tmp_path: Path) -> None:
    pdf = draw_printed_card(CARD, locale, paper=paper)

    picture = Image.open(io.BytesIO(run(pdf, tmp_path, "pdftoppm", "-r", "150", "-png")))
    text = read(pdf, tmp_path)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [CARD.url]
    for said in ("Café Lume", "Kafijas karte", "Žanna", "4821 9033"):
        assert said in text
    width = PAPERS[paper] or 210
    assert abs(picture.width / 150 * 72 - width * MILLIMETRE) < 2
    assert text.count("\f") == 1


def test_a_very_long_name_stays_on_the_narrowest_paper(tmp_path: Path) -> None:
    card = PrintedCard(CARD.shop, CARD.program, "lv", "W" * 100, CARD.number, CARD.url)

    pdf = draw_printed_card(card, "en", paper="small-receipt")

    assert read(pdf, tmp_path).replace("\n", "").count("W") == 100
    words = read(pdf, tmp_path, "-bbox")
    edges = [float(part.split('"')[0]) for part in words.split('xMax="')[1:]]
    assert max(edges) <= 58 * MILLIMETRE
