"""Receipt codes on paper can be read, by a camera and by people."""

import io
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zxingcpp
from django.utils.translation import gettext as _
from django.utils.translation import override
from PIL import Image

from stampwell.languages.offered import offered_locales
from stampwell.receipts.codes import group_signs, write_code
from stampwell.web.printed_receipt_codes import PAPERS, PrintedCodes, draw_receipt_codes

pytestmark = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")

SECRET = b"0123456789abcdef"
CODES = [
    (code, f"HTTPS://STAMPS.EXAMPLE/R/CAFE-LUME/{code}")
    for code in (write_code(SECRET, 7, serial) for serial in range(30))
]
PRINTED = PrintedCodes("Café Lume", lambda: "2 stamps", datetime(2027, 1, 31, 22, tzinfo=UTC), "Europe/Riga", CODES)


def run(pdf: bytes, folder: Path, *command: str) -> bytes:
    (folder / "codes.pdf").write_bytes(pdf)
    return subprocess.run([*command, str(folder / "codes.pdf"), "-"], capture_output=True, check=True).stdout


def pages_of(pdf: bytes, folder: Path) -> list[str]:
    return run(pdf, folder, "pdftotext").decode().removesuffix("\f").split("\f")


def test_each_label_of_a_sheet_is_read_by_a_camera(tmp_path: Path) -> None:
    pdf = draw_receipt_codes(PRINTED, "en", paper="a4")
    (tmp_path / "codes.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "150", "-png", str(tmp_path / "codes.pdf"), str(tmp_path / "page")], check=True)

    found = [
        code.text
        for page in sorted(tmp_path.glob("page*.png"))
        for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(page.read_bytes())))
    ]

    assert sorted(found) == sorted(url for _code, url in CODES)


def test_a_sheet_holds_24_labels_and_a_page_of_a_roll_one(tmp_path: Path) -> None:
    assert len(pages_of(draw_receipt_codes(PRINTED, "en", paper="a4"), tmp_path)) == 2
    for paper in ("label", "receipt"):
        assert len(pages_of(draw_receipt_codes(PRINTED, "en", paper=paper), tmp_path)) == len(CODES)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_label_says_whose_it_is_what_it_is_worth_and_until_when(tmp_path: Path, paper: str) -> None:
    text = " ".join(pages_of(draw_receipt_codes(PRINTED, "en", paper=paper), tmp_path)[0].split())

    for said in ("Café Lume", "2 stamps", "Valid until: 31 Jan 2027", group_signs(CODES[0][0])):
        assert said in text


@pytest.mark.parametrize("locale", offered_locales())
def test_a_label_speaks_each_language(tmp_path: Path, locale: str) -> None:
    with override(locale):
        says = _("Scan with your phone’s camera")

    text = pages_of(draw_receipt_codes(PRINTED, locale, paper="receipt"), tmp_path)[0]

    assert "".join(says.split()) in "".join(text.split())
