"""A card on paper: the link as a code, the number, and what its holder has to know. For customers without a phone."""

import json
from dataclasses import dataclass

import typst
from django.utils.translation import gettext as _
from django.utils.translation import override

from stampwell.print_fonts import families, printing_fonts, without_unprintable
from stampwell.programs.codes import draw_qr
from stampwell.settings import PACKAGE

TEMPLATE = PACKAGE / "templates" / "posters" / "card.typ"
# Widths of rolls in mm, as printers for receipts and labels have them; None is a sheet of A4.
PAPERS: dict[str, int | None] = {"a4": None, "receipt": 80, "small-receipt": 58, "label": 62}


@dataclass(frozen=True)
class PrintedCard:
    """`program` is the program's name in the language `program_locale`; `holder` is "" where none is known."""

    shop: str
    program: str
    program_locale: str
    holder: str
    number: str  # in groups, as it is typed
    url: str


def draw_printed_card(card: PrintedCard, locale: str, *, paper: str) -> bytes:
    """One page as PDF, tagged, with every font inside. `paper` is one of PAPERS."""
    with override(locale):
        texts = _texts_of(card, locale) | {"width": PAPERS[paper]}
    pdf = typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=printing_fonts(),
        sys_inputs={"card": json.dumps(texts)},
        format="pdf",
    )
    assert isinstance(pdf, bytes)
    return pdf


def _texts_of(card: PrintedCard, locale: str) -> dict[str, object]:
    return {
        "lang": locale,
        "fonts": families(locale),
        "title": card.shop,
        "shop": without_unprintable(card.shop),
        "program": without_unprintable(card.program),
        "program_lang": card.program_locale,
        "holder": without_unprintable(card.holder),
        "number": card.number,
        "qr": draw_qr(card.url),
        "alt": _("The code of this card"),
        "lines": [
            _("Show this card each time you pay."),
            _("A phone’s camera opens it, too: there you see your stamps and rewards."),
            _("Anyone who has this paper can use the card. If you lose it, tell us: your stamps are kept."),
        ],
    }
