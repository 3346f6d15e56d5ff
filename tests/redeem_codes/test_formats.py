"""What a till can read: every format is read back by an independent decoder, as drawn on a phone screen."""

import io
import re
import xml.etree.ElementTree as ET

import pytest
import resvg_py
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from stampwell.redeem_codes.formats import (
    FORMATS,
    CodeDoesNotFit,
    CodeHasOddLength,
    CodeHasOtherCharacters,
    CodeHasOtherLength,
    CodeHasWrongCheckDigit,
    CodeIsEmpty,
    CodeIsTooLong,
    CodeIsTooShort,
    code_in_barcode,
    draw_code,
    draw_qr,
    draw_qr_png,
    find_check_digit,
    why_code_does_not_fit,
)
from stampwell.refusal import REFUSALS

DRAWN = [
    ("qr", "FREECOFFEE", "QRCode"),
    ("qr", "https://lume.example/j/lume/coffee?x=1&y=~", "QRCode"),
    ("qr", "X" * 150, "QRCode"),
    ("code128", "Gift-100 / a_b", "Code128"),
    ("code128", "W" * 24, "Code128"),
    ("ean13", "4006381333931", "EAN13"),
    ("ean8", "96385074", "EAN8"),
    ("upca", "036000291452", "UPCA"),
    ("itf", "00123456", "ITF"),
    ("itf", "1234567890" * 3, "ITF"),
    ("itf", "0012", "ITF"),
    ("code39", "BDAY-25 %", "Code39"),
    ("code39", "ABCDEFGHIJKLMNOPQR", "Code39"),
    ("pdf417", "GIFT100", "PDF417"),
    ("pdf417", "x" * 100, "PDF417"),
    ("aztec", "GIFT-100 {a}", "Aztec"),
    ("datamatrix", "GIFT100", "DataMatrix"),
    ("datamatrix", "d" * 150, "DataMatrix"),
]


def read_codes(png: bytes) -> list[tuple[str, str]]:
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)).convert("L"))
    return [(code.format.name, code.text) for code in found]


def on_screen(svg: str) -> bytes:
    """A 360 px phone with two pixels a CSS pixel, 16 px of page on each side."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=(360 - 32) * 2))


def as_read(code: str, symbol: str) -> tuple[str, str]:
    return ("EAN13", "0" + code) if symbol == "UPCA" else (symbol, code)  # UPC-A is an EAN-13 with a 0 in front


@pytest.mark.parametrize(("code_format", "code", "symbol"), DRAWN)
def test_a_drawn_code_is_read_back_from_a_phone_screen(code_format: str, code: str, symbol: str) -> None:
    svg = draw_code(code, code_format)

    found = read_codes(on_screen(svg))

    assert [text for _name, text in found] == [as_read(code, symbol)[1]]


@pytest.mark.parametrize(("code_format", "code", "symbol"), DRAWN)
def test_a_format_is_called_square_if_its_picture_is(code_format: str, code: str, symbol: str) -> None:
    box = re.search(r'viewBox="0 0 (\d+) (\d+)"', draw_code(code, code_format))

    assert box is not None
    assert FORMATS[code_format].square == (box[1] == box[2])


def test_every_drawn_format_is_tried_above() -> None:
    assert {code_format for code_format, *_ in DRAWN} == set(FORMATS) - {"text"}


@pytest.mark.parametrize(("code_format", "code", "symbol"), DRAWN)
def test_the_picture_obeys_a_strict_browser(code_format: str, code: str, symbol: str) -> None:
    svg = ET.fromstring(draw_code(code, code_format))

    assert svg.get("viewBox")
    assert {name for element in svg.iter() for name in element.attrib} <= {
        "viewBox",
        "shape-rendering",
        "fill",
        "d",
    }


def test_qr_codes_repair_a_quarter_of_themselves() -> None:
    found = zxingcpp.read_barcode(Image.open(io.BytesIO(on_screen(draw_code("FREECOFFEE", "qr")))))

    assert found is not None
    assert found.ec_level == "Q"


def test_a_link_for_paper_is_drawn_at_the_highest_level() -> None:
    link = "https://lume.example/j/lume/coffee"

    found = zxingcpp.read_barcode(Image.open(io.BytesIO(draw_qr_png(link, level="H"))))

    assert found is not None
    assert (found.text, found.ec_level) == (link, "H")
    assert read_codes(on_screen(draw_qr(link))) == [("QRCode", link)]


@pytest.mark.parametrize(
    ("code_format", "code", "reason", "facts"),
    [
        ("text", "", CodeIsEmpty, {}),
        ("qr", "   ", CodeIsEmpty, {}),
        ("ean13", "400638133393X", CodeHasOtherCharacters, {"format": "EAN-13", "character": "X"}),
        ("ean13", "٤006381333931", CodeHasOtherCharacters, {"format": "EAN-13", "character": "٤"}),
        ("code39", "bday25", CodeHasOtherCharacters, {"format": "Code 39", "character": "b"}),
        ("code128", "KAFIJĀ", CodeHasOtherCharacters, {"format": "Code 128", "character": "Ā"}),
        ("qr", "GIFT\n100", CodeHasOtherCharacters, {"format": "QR", "character": "\n"}),
        ("text", "GIFT\u200b100", CodeHasOtherCharacters, {"format": "Text", "character": "\u200b"}),
        ("code128", "GIFT ", CodeHasOtherCharacters, {"format": "Code 128", "character": "␣"}),
        ("ean13", "400638133393", CodeHasOtherLength, {"format": "EAN-13", "needed": 13, "length": 12}),
        ("ean8", "963850741", CodeHasOtherLength, {"format": "EAN-8", "needed": 8, "length": 9}),
        ("upca", "36000291452", CodeHasOtherLength, {"format": "UPC-A", "needed": 12, "length": 11}),
        ("code128", "W" * 25, CodeIsTooLong, {"format": "Code 128", "limit": 24, "length": 25}),
        ("text", "A" * 41, CodeIsTooLong, {"format": "Text", "limit": 40, "length": 41}),
        ("aztec", "¡", CodeHasOtherCharacters, {"format": "Aztec", "character": "¡"}),
        ("qr", "A" * 10_000, CodeIsTooLong, {"format": "QR", "limit": 150, "length": 10_000}),
        ("ean13", "4006381333932", CodeHasWrongCheckDigit, {"format": "EAN-13", "expected": "1"}),
        ("ean8", "96385075", CodeHasWrongCheckDigit, {"format": "EAN-8", "expected": "4"}),
        ("upca", "036000291453", CodeHasWrongCheckDigit, {"format": "UPC-A", "expected": "2"}),
        ("itf", "12345", CodeHasOddLength, {"format": "ITF", "length": 5}),
        ("itf", "00", CodeIsTooShort, {"format": "ITF", "least": 4, "length": 2}),
    ],
)
def test_a_code_that_a_format_cannot_hold_is_refused(
    code_format: str, code: str, reason: type[CodeDoesNotFit], facts: dict[str, object]
) -> None:
    refusal = why_code_does_not_fit(code, code_format)

    assert type(refusal) is reason
    assert refusal.facts == facts
    assert str(refusal.staff_text % facts if facts else refusal.staff_text)
    if code_format != "text":
        with pytest.raises(reason):
            draw_code(code, code_format)


def test_all_eight_reasons_are_one_refusal_to_an_integrator() -> None:
    assert REFUSALS["code_does_not_fit"] is CodeDoesNotFit
    assert {reason.code for reason in CodeDoesNotFit.__subclasses__()} == {"code_does_not_fit"}
    assert len(CodeDoesNotFit.__subclasses__()) == 8


@given(st.text("0123456789", min_size=12, max_size=12))
def test_one_mistyped_digit_is_always_noticed(body: str) -> None:
    good = body + find_check_digit(body)

    wrong = str((int(good[3]) + 1) % 10)

    assert why_code_does_not_fit(good, "ean13") is None
    assert isinstance(why_code_does_not_fit(good[:3] + wrong + good[4:], "ean13"), CodeHasWrongCheckDigit)


@given(st.sampled_from(sorted(FORMATS)), st.text(st.characters(max_codepoint=255), max_size=45))
def test_a_code_that_fits_is_always_drawn_as_itself(code_format: str, code: str) -> None:
    if code_format == "text" or why_code_does_not_fit(code, code_format):
        return

    found = read_codes(on_screen(draw_code(code, code_format)))

    assert [text for _name, text in found] == [("0" + code) if code_format == "upca" else code]


def test_a_link_that_holds_a_zero_byte_is_no_barcode_of_a_list() -> None:
    """No database takes one: whoever scans such a code is told that it is unknown."""
    assert code_in_barcode("https://till.example/{code}", "https://till.example/%00") is None
    assert code_in_barcode("https://till.example/{code}", "https://till.example/KAFE-1") == "KAFE-1"
