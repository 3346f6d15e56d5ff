"""Receipt codes on paper: labels on sheets of A4, or one after the other from a roll."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import typst
from django.utils.translation import gettext as _
from django.utils.translation import override

from stampwell.languages.formatting import format_end
from stampwell.print_fonts import families, printing_fonts, without_unprintable
from stampwell.receipts.codes import group_signs
from stampwell.redeem_codes.formats import draw_qr
from stampwell.settings import PACKAGE

TEMPLATE = PACKAGE / "templates" / "posters" / "receipt_codes.typ"
# Widths of rolls in mm; None is a sheet of A4 with 24 labels of 70 by 37 mm, as they are sold without a margin.
PAPERS: dict[str, int | None] = {"a4": None, "label": 62, "receipt": 80}


@dataclass(frozen=True)
class PrintedCodes:
    """`worth` says it in the language that is active; `codes` are pairs of a code and its link."""

    shop: str
    worth: Callable[[], str]
    expires: datetime
    time_zone: str
    codes: list[tuple[str, str]]


def draw_receipt_codes(printed: PrintedCodes, locale: str, *, paper: str) -> bytes:
    """A PDF, tagged, with every font inside. `paper` is one of PAPERS."""
    with override(locale):
        texts = _texts_of(printed, locale) | {"width": PAPERS[paper]}
    pdf = typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=printing_fonts(),
        sys_inputs={"print": json.dumps(texts)},
        format="pdf",
    )
    assert isinstance(pdf, bytes)
    return pdf


def _texts_of(printed: PrintedCodes, locale: str) -> dict[str, object]:
    until = format_end(printed.expires, ZoneInfo(printed.time_zone))
    return {
        "lang": locale,
        "fonts": families(locale),
        "title": printed.shop,
        "shop": without_unprintable(printed.shop),
        "worth": printed.worth(),
        "scan": _("Scan with your phone’s camera"),
        "until": _("Valid until: %(until)s") % {"until": until},
        "alt": _("Receipt code"),
        "codes": [{"qr": draw_qr(url, level="M"), "signs": group_signs(code)} for code, url in printed.codes],
    }
