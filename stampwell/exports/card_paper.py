"""Cards to cut out, ten on a sheet of A4: for a shop that hands its customers what it has imported.

A PDF is put together by a program of its own (`sheet_of_cards`).
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from stampwell.clock import now
from stampwell.exports.sheets import Column, PaperHead, Row
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import language_of_text, text_in
from stampwell.print_fonts import families, without_unprintable
from stampwell.redeem_codes.formats import draw_qr
from stampwell.refusal import Kind, Refusal

IN_A_FILE = 500  # 50 sheets: put together in memory, they take 180 MB, and four times as many 690 MB
MOST_CARDS = 20_000  # two thousand sheets


class TooManyCardsForPaper(Refusal):
    """Nobody gets more cards on paper at a time. Facts: most."""

    code = "too_many_cards_for_paper"
    kind = Kind.INVALID
    title = gettext_lazy("Too many cards to print")
    staff_text = gettext_lazy("At most %(most)s cards of an import can be printed.")
    customer_text = staff_text
    what_to_do = gettext_lazy("Choose CSV instead.")


class CardWriter:
    """All cards in one PDF, each in the language of whoever holds it."""

    def __init__(self, stream: BinaryIO, columns: Sequence[Column], head: PaperHead) -> None:
        self._stream, self._head = stream, head
        self._keys = [column.key for column in columns]
        self._cards: list[dict[str, object]] = []

    def add(self, rows: Iterable[Row]) -> None:
        self._cards += [_as_printed(self._head, self._keys, row) for row in rows]

    def finish(self) -> None:
        self._stream.write(_put_together(self._head, self._cards))

    def let_go(self) -> None:
        self._cards.clear()


class ManyCardsWriter:
    """A ZIP of as many PDFs as the cards need; one of them is in memory at a time."""

    def __init__(self, stream: BinaryIO, columns: Sequence[Column], head: PaperHead, zone: ZoneInfo) -> None:
        self._zip, self._head, self._zone = ZipFile(stream, "w"), head, zone
        self._keys = [column.key for column in columns]
        self._cards: list[dict[str, object]] = []
        self._before = 0  # that lie in the files already

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._cards.append(_as_printed(self._head, self._keys, row))
            if len(self._cards) == IN_A_FILE:
                self._put_away()

    def finish(self) -> None:
        if self._cards:
            self._put_away()
        self._zip.close()

    def let_go(self) -> None:
        self._cards.clear()
        self._zip.close()

    def _put_away(self) -> None:
        first, last = self._before + 1, self._before + len(self._cards)
        moment = now().astimezone(self._zone).timetuple()[:6]
        self._zip.writestr(ZipInfo(f"cards-{first:05}-{last:05}.pdf", moment), _put_together(self._head, self._cards))
        self._before = last
        self._cards.clear()


def _put_together(head: PaperHead, cards: list[dict[str, object]]) -> bytes:
    sheet = {
        "lang": active_locale(),
        "title": head.shop,
        "shop": without_unprintable(head.shop),
        "cards": cards,
    }
    command = [sys.executable, "-m", "stampwell.exports.sheet_of_cards"]
    said = json.dumps(sheet).encode()
    return subprocess.run(command, input=said, stdout=subprocess.PIPE, check=True).stdout  # noqa: S603 - our own


def _as_printed(head: PaperHead, keys: Sequence[str], row: Row) -> dict[str, object]:
    card = dict(zip(keys, map(str, row), strict=True))
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
