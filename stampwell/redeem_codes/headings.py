"""Which column of a file holds the codes: the one whose heading says so, or the one that somebody names."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from stampwell.redeem_codes.refusals import CodeColumnUnclear
from stampwell.sheets.headings import folded, known_words

FirstRow = Literal["heading", "code"]
# What tills, shops and spreadsheets call it, in the languages of our owners and in Russian. Folded.
_WORDS = {
    "code": "code, codes, coupon, coupon code, voucher, voucher code, promo code, promocode, promotion code,"
    "discount code, redeem code, gift code, gift card code, barcode, serial number;"
    "kods, kodi, kupona kods, kupons, atlaides kods, svītrkods, kases kods, promo kods;"
    "kood, koodid, kupongi kood, kupongikood, sooduskood, vöötkood, triipkood, ribakood, kassakood, kupong;"
    "kod, kodlar, kupon, kupon kodi, chegirma kodi, promokod, shtrix kod, kassa kodi;"
    "код, кодтар, купон, купон коды, жеңілдік коды, промокод, штрих код, штрихкод, касса коды, коды, код купона;"
    "コード, クーポン, クーポンコード, クーポン番号, バーコード, レジ用コード, シリアル番号, プロモーションコード"
}
_KNOWN = known_words(_WORDS)


class Column(msgspec.Struct, frozen=True):
    """`place` counts from 0."""

    place: int
    has_heading: bool


def guess_column(headings: Sequence[str]) -> Column | None:
    """The only one whose heading says that it holds codes; None where there are none or several."""
    places = [place for place, heading in enumerate(headings) if folded(heading) in _KNOWN]
    return Column(places[0], has_heading=True) if len(places) == 1 else None


def find_column(headings: Sequence[str], *, named: str = "", first_row: FirstRow | None = None) -> Column:
    """`named` is a heading, or a number from 1 on. A column that nobody names is taken by its heading alone, or where
    it is the only one and somebody says what its first row is.

    Refuses: CodeColumnUnclear.
    """
    if named.strip():
        return _find_named(headings, named.strip(), first_row)
    if first_row and len(headings) == 1:
        return Column(0, has_heading=first_row == "heading")
    guessed = guess_column(headings)
    if guessed is None or first_row == "code":
        raise CodeColumnUnclear
    return guessed


def _find_named(headings: Sequence[str], named: str, first_row: FirstRow | None) -> Column:
    """Refuses: CodeColumnUnclear."""
    places = [place for place, heading in enumerate(headings) if folded(heading) == folded(named)]
    if len(places) == 1 and first_row != "code":
        return Column(places[0], has_heading=True)
    is_number = named.isascii() and named.isdecimal() and len(named) < 4
    if is_number and not places and 1 <= int(named) <= len(headings):
        return Column(int(named) - 1, has_heading=first_row != "code")
    raise CodeColumnUnclear
