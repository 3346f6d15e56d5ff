"""Cards to cut out, ten on a sheet of A4: for a shop that hands its customers what it has imported."""

import json
from collections.abc import Iterable, Sequence
from typing import BinaryIO

import typst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from stampwell.exports.sheets import Column, PaperHead, Row
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import language_of_text, text_in
from stampwell.print_fonts import families, printing_fonts, without_unprintable
from stampwell.redeem_codes.formats import draw_qr
from stampwell.refusal import Kind, Refusal
from stampwell.settings import PACKAGE

TEMPLATE = PACKAGE / "templates" / "posters" / "cards.typ"
MOST_CARDS = 500  # 50 sheets: put together in memory, they take 180 MB, and four times as many 690 MB


class TooManyCardsForPaper(Refusal):
    """A PDF holds no more cards. Facts: most."""

    code = "too_many_cards_for_paper"
    kind = Kind.INVALID
    title = gettext_lazy("Too many cards to print")
    staff_text = gettext_lazy("A PDF holds at most %(most)s cards.")
    customer_text = staff_text
    what_to_do = gettext_lazy("Choose CSV instead.")


class CardWriter:
    """Every card in the language of whoever holds it."""

    def __init__(self, stream: BinaryIO, columns: Sequence[Column], head: PaperHead) -> None:
        self._stream, self._head = stream, head
        self._keys = [column.key for column in columns]
        self._cards: list[dict[str, object]] = []

    def add(self, rows: Iterable[Row]) -> None:
        """Refuses: TooManyCardsForPaper."""
        for row in rows:
            if len(self._cards) == MOST_CARDS:
                raise TooManyCardsForPaper(most=MOST_CARDS)
            self._cards.append(_as_printed(self._head, dict(zip(self._keys, map(str, row), strict=True))))

    def finish(self) -> None:
        sheet = {
            "lang": active_locale(),
            "title": self._head.shop,
            "shop": without_unprintable(self._head.shop),
            "cards": self._cards,
        }
        pdf = typst.compile(
            TEMPLATE.read_bytes(),
            font_paths=printing_fonts(),
            sys_inputs={"cards": json.dumps(sheet)},
            format="pdf",
        )
        assert isinstance(pdf, bytes)
        self._stream.write(pdf)

    def let_go(self) -> None:
        self._cards.clear()


def _as_printed(head: PaperHead, card: dict[str, str]) -> dict[str, object]:
    locale = card["locale"]
    with override(locale):
        return {
            "lang": locale,
            "fonts": families(locale),
            "program": without_unprintable(text_in(head.program, locale, head.locale)),
            "program_lang": language_of_text(head.program, locale, head.locale),
            "holder": without_unprintable(card["customer"]),
            "number": card["short_number"],
            "qr": draw_qr(card["link"]),
            "alt": _("The code of this card"),
            "says": _("Show this card each time you pay."),
        }
