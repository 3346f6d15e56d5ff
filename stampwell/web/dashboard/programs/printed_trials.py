"""Codes as they are printed to try the till's scanner: in their real size, and in the other formats that hold them."""

import msgspec
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe

from stampwell.redeem_codes.formats import FORMATS, draw_printed, why_code_does_not_fit

ALSO_TRIED = ("qr", "code128", "ean13", "code39", "datamatrix")  # what scanners at tills read most


class Drawn(msgspec.Struct, frozen=True):
    format: str | Promise
    picture: SafeString


def draw_trial(held: str, code_format: str) -> Drawn:
    """Refuses: CodeDoesNotFit."""
    return Drawn(FORMATS[code_format].name, mark_safe(draw_printed(held, code_format)))  # noqa: S308


def in_other_formats(held: str, code_format: str) -> list[Drawn]:
    others = [other for other in ALSO_TRIED if other != code_format]
    return [draw_trial(held, other) for other in others if why_code_does_not_fit(held, other) is None]
