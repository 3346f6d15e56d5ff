"""Redeem codes as the till reads them: which code a format can hold, and the picture of it."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from string import ascii_uppercase, digits
from typing import Literal, get_args
from urllib.parse import quote, unquote

import zxingcpp
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image

from stampwell.refusal import Kind, Refusal

type Modules = list[bytes]  # rows of 0 (dark) and 255 (light), one byte a module


class CodeDoesNotFit(Refusal):
    """The format cannot hold this code, so no till would ever read it."""

    code = "code_does_not_fit"
    kind = Kind.INVALID
    title = _("The code does not fit the format")
    customer_text = _("There is a mistake in the shop’s code for this reward.")
    what_to_do = _("Correct the code, or choose the format QR or text.")


class CodeIsEmpty(CodeDoesNotFit):
    staff_text = _("There is no code.")
    what_to_do = _("Enter the code that your till knows.")


class CodeHasOtherCharacters(CodeDoesNotFit):
    staff_text = _("%(format)s cannot hold the character “%(character)s”.")


class CodeHasOtherLength(CodeDoesNotFit):
    staff_text = _("%(format)s needs exactly %(needed)s digits, and this code has %(length)s.")


class CodeIsTooShort(CodeDoesNotFit):
    staff_text = _("%(format)s needs at least %(least)s digits, and this code has %(length)s.")
    what_to_do = _("Put zeros in front if your till accepts that, or choose another format.")


class CodeIsTooLong(CodeDoesNotFit):
    staff_text = _("%(format)s stays readable on a phone up to %(limit)s characters, and this code has %(length)s.")


class CodeHasWrongCheckDigit(CodeDoesNotFit):
    staff_text = _("The last digit of %(format)s is a check digit; here it would have to be %(expected)s.")
    what_to_do = _("Compare the code with your till: one of its digits is probably mistyped.")


class CodeHasOddLength(CodeDoesNotFit):
    staff_text = _("%(format)s holds digits in pairs, and this code has %(length)s digits.")
    what_to_do = _("Put a 0 in front if your till accepts that, or choose another format.")


class TemplateUnclear(CodeDoesNotFit):
    staff_text = _("What the barcode contains needs {code} exactly once, and no other curly brackets.")
    what_to_do = _("Write {code} in the place of the code.")


PLACEHOLDER = "{code}"
TEMPLATE = r"[^{}\x00-\x1f\x7f]*\{code\}[^{}\x00-\x1f\x7f]*"  # what stands in a barcode, around the code
LONGEST_CODE = 150  # in whatever format

type FormatName = Literal[
    "text", "qr", "code128", "ean13", "ean8", "upca", "itf", "code39", "pdf417", "aztec", "datamatrix"
]


@dataclass(frozen=True)
class CodeFormat:
    """One way to show a code. Lengths keep a bar at least one CSS pixel wide on a 360 px phone."""

    name: str | Promise
    limit: int
    characters: str = ""  # empty: everything that can be seen
    exactly: int = 0
    barcode: zxingcpp.BarcodeFormat | None = None
    quiet: tuple[int, int] = (0, 0)  # light modules that the standard wants at the sides, above and below
    options: tuple[tuple[str, object], ...] = ()
    least: int = 0
    square: bool = False  # as high as it is wide; the others are shown as wide as the screen allows


# Other letters could be written, but their alphabet is not marked: readers guess, and “¡” comes out as “｡”.
PRINTABLE_ASCII = "".join(map(chr, range(32, 127)))
_B = zxingcpp.BarcodeFormat
FORMATS: dict[str, CodeFormat] = {
    "text": CodeFormat(_("Text"), 40),
    "qr": CodeFormat("QR", 150, PRINTABLE_ASCII, 0, _B.QRCode, (4, 4), (("ec_level", "Q"),), square=True),
    "code128": CodeFormat("Code 128", 24, PRINTABLE_ASCII, barcode=_B.Code128, quiet=(10, 2)),
    "ean13": CodeFormat("EAN-13", 13, digits, 13, _B.EAN13, (11, 2)),
    "ean8": CodeFormat("EAN-8", 8, digits, 8, _B.EAN8, (7, 2)),
    "upca": CodeFormat("UPC-A", 12, digits, 12, _B.UPCA, (9, 2)),
    "itf": CodeFormat("ITF", 30, digits, barcode=_B.ITF, quiet=(10, 2), least=4),
    "code39": CodeFormat("Code 39", 18, digits + ascii_uppercase + "-. $/+%", barcode=_B.Code39, quiet=(10, 2)),
    "pdf417": CodeFormat("PDF417", 100, PRINTABLE_ASCII, barcode=_B.PDF417, quiet=(2, 2)),
    "aztec": CodeFormat("Aztec", 150, PRINTABLE_ASCII, barcode=_B.Aztec, quiet=(2, 2), square=True),
    "datamatrix": CodeFormat(
        "Data Matrix", 150, PRINTABLE_ASCII, 0, _B.DataMatrix, (2, 2), (("force_square", True),), square=True
    ),
}
assert tuple(FORMATS) == get_args(FormatName.__value__), "every name has its format"


def why_code_does_not_fit(code: str, code_format: str) -> CodeDoesNotFit | None:
    """The refusal to raise when the format cannot hold the code as it is; None if a till will read it."""
    form = FORMATS[code_format]
    if not code.strip():
        return CodeIsEmpty()
    if (character := _find_other_character(code, form.characters)) is not None:
        return CodeHasOtherCharacters(format=form.name, character=character)
    if form.exactly and len(code) != form.exactly:
        return CodeHasOtherLength(format=form.name, needed=form.exactly, length=len(code))
    if len(code) < form.least:  # any two wide bars look like a short one, so readers leave it out
        return CodeIsTooShort(format=form.name, least=form.least, length=len(code))
    if len(code) > form.limit:
        return CodeIsTooLong(format=form.name, limit=form.limit, length=len(code))
    if code_format == "itf" and len(code) % 2:
        return CodeHasOddLength(format=form.name, length=len(code))
    if form.exactly and code[-1] != (expected := find_check_digit(code[:-1])):
        return CodeHasWrongCheckDigit(format=form.name, expected=expected)
    return None


def why_no_template(template: str) -> CodeDoesNotFit | None:
    """Nothing is wrong with an empty one: the barcode holds the code alone."""
    return TemplateUnclear() if template and not re.fullmatch(TEMPLATE, template) else None


def barcode_text(template: str, code: str) -> str:
    """What the barcode contains where the till reads another text than people type. In a link the code is quoted."""
    return template.replace(PLACEHOLDER, quote(code, safe="") if _is_link(template) else code) if template else code


def held_text(code_format: str, template: str, code: str) -> str:
    """What the till is handed: the code as it is where people type it, else what the barcode contains."""
    return code if code_format == "text" else barcode_text(template, code)


def code_in_barcode(template: str, text: str) -> str | None:
    """The code that such a barcode holds, however the rest of it is written; None where it is none of this template."""
    before, placeholder, behind = template.partition(PLACEHOLDER)
    held = text[len(before) : len(text) - len(behind)]
    code = unquote(held) if _is_link(template) else held
    is_one = placeholder and "\0" not in code and barcode_text(template, code).casefold() == text.casefold()
    return code if is_one else None


def _is_link(template: str) -> bool:
    return template.lower().startswith(("http://", "https://"))


def find_check_digit(body: str) -> str:
    """The last digit of an EAN or UPC code from those before it (GS1 General Specifications, 7.9)."""
    weighted = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(body)))
    return str(-weighted % 10)


def draw_code(code: str, code_format: str) -> str:
    """The code as SVG, black on white with its quiet zone; size it by CSS, in whole pixels a module."""
    if refusal := why_code_does_not_fit(code, code_format):
        raise refusal
    return _draw_svg(_draw_symbol(code, FORMATS[code_format]))


def draw_printed(code: str, code_format: str) -> str:
    """The same for paper, as large as tills are used to: a module is 0.5 mm where it is square, else 0.33 mm."""
    if refusal := why_code_does_not_fit(code, code_format):
        raise refusal
    form = FORMATS[code_format]
    return _draw_svg(_draw_symbol(code, form), millimetres=0.5 if form.square else 0.33)


def draw_qr(text: str, *, level: str = "Q") -> str:
    """A QR of any text (a link) as SVG. Level H for paper that gets wet and torn."""
    return _draw_svg(_draw_symbol(text, FORMATS["qr"], ec_level=level))


def draw_qr_png(text: str, *, level: str = "Q", scale: int = 8) -> bytes:
    return _draw_png(_draw_symbol(text, FORMATS["qr"], ec_level=level), scale)


def _find_other_character(code: str, characters: str) -> str | None:
    if code != code.strip():
        return "␣"  # a blank at the edge is never meant, and no person can see it
    if not code.strip(characters) if characters else code.isprintable():
        return None  # nearly all: a million codes are looked at
    fits: Callable[[str], bool] = partial(str.__contains__, characters) if characters else str.isprintable
    return next((letter for letter in code if not fits(letter)), None)


def _draw_symbol(text: str, form: CodeFormat, **options: object) -> Modules:
    assert form.barcode is not None, "a text code is shown as text"
    barcode = zxingcpp.create_barcode(text, form.barcode, **(dict(form.options) | options))
    picture = Image.fromarray(barcode.to_image(scale=1, add_quiet_zones=False))
    (width, height), dots, (side, above) = picture.size, picture.tobytes(), form.quiet
    margin, blank = b"\xff" * side, b"\xff" * (width + 2 * side)
    rows = [margin + dots[row * width : (row + 1) * width] + margin for row in range(height)]
    return [blank] * above + rows + [blank] * above


def _draw_svg(modules: Modules, *, millimetres: float = 0) -> str:
    """As large as whoever shows it says, or each module of so many millimetres."""
    width, height = len(modules[0]), len(modules)
    size = f' width="{width * millimetres:.2f}mm" height="{height * millimetres:.2f}mm"' if millimetres else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"{size}'
        f' shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{width}v{height}H0z"/><path d="{_outline(modules)}"/></svg>'
    )


def _outline(modules: Modules) -> str:
    """Dark runs as rectangles; equal rows below each other become one tall rectangle (a bar)."""
    path, top = [], 0
    for row, same in groupby(modules):
        height = len(list(same))
        left = 0
        for light, run in groupby(row):
            width = len(list(run))
            if not light:
                path.append(f"M{left} {top}h{width}v{height}h-{width}z")
            left += width
        top += height
    return "".join(path)


def _draw_png(modules: Modules, scale: int) -> bytes:
    width, height = len(modules[0]), len(modules)
    picture = Image.frombytes("L", (width, height), b"".join(modules)).convert("1", dither=Image.Dither.NONE)
    out = io.BytesIO()
    picture.resize((width * scale, height * scale), Image.Resampling.NEAREST).save(out, "PNG", optimize=True)
    return out.getvalue()
