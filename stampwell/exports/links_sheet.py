"""The cards that an import has made, each with its link: for the customers, who have not seen their card yet."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from stampwell.brought.secrets import read_ahead, remembered
from stampwell.cards.links import card_url
from stampwell.cards.numbers import group_digits
from stampwell.exports.sheets import AT_ONCE, Column, PaperHead, Piece, Row, Sheet
from stampwell.ids import public_id, wanted_id
from stampwell.imports.asking import find_import
from stampwell.imports.made_cards import MadeCard, next_made_cards
from stampwell.imports.rows import ImportRow, Written, read_import, report_of
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import terms_of
from stampwell.transactions import Statements


def links_sheet(merchant: Merchant, wanted: Mapping[str, str]) -> Sheet:
    import_id = wanted_id("imp", wanted["import"])

    def count(tx: Statements) -> int | None:
        return report_of(tx, read_import(tx, import_id).write_job_id, Written).cards

    def read(tx: Statements, after: str) -> Piece:
        one = read_import(tx, import_id)
        first = int(after or 2)
        last = min(first + AT_ONCE - 1, one.rows + 1)
        cards = next_made_cards(tx, one, first=first, last=last)
        with remembered():
            read_ahead((card.id, card.issue) for card in cards)
            rows = [_row(merchant, card) for card in cards]
        return Piece(rows, str(last + 1) if last <= one.rows else None)

    return Sheet(_columns(), count, read, _paper(merchant, find_import(merchant.id, import_id)))


def _columns() -> list[Column]:
    return [
        Column("customer", _("Customer")),
        Column("email", _("Email")),
        Column("phone", _("Phone")),
        Column("external_id", _("Number in other software")),
        Column("stamps", _("Stamps")),
        Column("short_number", _("Card number")),
        Column("link", _("Link of the card")),
        Column("card_id", "ID"),
        Column("locale"),
    ]


def _row(merchant: Merchant, card: MadeCard) -> Row:
    return [
        card.name,
        card.email,
        card.phone,
        card.external_id,
        card.stamps,
        group_digits(card.short_number),
        card_url(merchant.slug, card.id, card.issue),
        public_id("crd", card.id),
        card.locale,
    ]


def _paper(merchant: Merchant, one: ImportRow) -> PaperHead | None:
    if one.version_id is None:
        return None
    terms = terms_of(merchant.id, one.version_id)
    return PaperHead(merchant.name, terms.name, terms.locale)
