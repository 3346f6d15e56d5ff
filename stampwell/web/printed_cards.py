"""A card on paper: the link as a code, the number, and what its holder has to know. For customers without a phone."""

import json
from dataclasses import dataclass
from uuid import UUID

import typst
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from stampwell.cards.links import card_url, paper_mark
from stampwell.cards.numbers import group_digits
from stampwell.cards.refusals import CardVoid
from stampwell.cards.rows import CardRow, read_card
from stampwell.customers.describing import KnownCustomer, read_customer
from stampwell.languages.offered import is_offered
from stampwell.languages.texts import language_of_text, text_in
from stampwell.merchants.models import Merchant
from stampwell.print_fonts import families, printing_fonts, without_unprintable
from stampwell.programs.terms import terms_of
from stampwell.redeem_codes.formats import draw_qr
from stampwell.refusal import NotFound
from stampwell.settings import PACKAGE
from stampwell.transactions import merchant_reads

ON_PAPER = "paper"  # behind the link in a printed code, with its mark: a phone is asked whether it shall keep the card
TEMPLATE = PACKAGE / "templates" / "posters" / "card.typ"
# Widths of rolls in mm, as printers for receipts and labels have them; None is a sheet of A4.
PAPERS: dict[str, int | None] = {"a4": None, "receipt": 80, "small-receipt": 58, "label": 62}
# As whoever stands at the printer calls them.
PAPER_WORDS: dict[str, str | Promise] = {
    "a4": "A4",
    "receipt": gettext_lazy("Receipt, 80 mm"),
    "small-receipt": gettext_lazy("Receipt, 58 mm"),
    "label": gettext_lazy("Label, 62 mm"),
}


@dataclass(frozen=True)
class PrintedCard:
    """`program` is the program's name in the language `program_locale`; `holder` is "" where none is known."""

    shop: str
    program: str
    program_locale: str
    holder: str
    number: str  # in groups, as it is typed
    url: str


@dataclass(frozen=True)
class PrintedFile:
    name: str
    pdf: bytes


def print_card(merchant: Merchant, card_id: UUID, *, paper: str, locale: str = "") -> PrintedFile:
    """In the card's language unless `locale` says otherwise. Refuses: NotFound, CardVoid."""
    with merchant_reads(merchant.id) as tx:
        card, _open = read_card(tx, card_id)
        holder = read_customer(tx, card.customer_id)
    locale = locale or card.locale
    if paper not in PAPERS or not is_offered(locale):
        raise NotFound
    if card.state != "active":
        raise CardVoid
    pdf = draw_printed_card(_as_printed(merchant, card, holder, locale), locale, paper=paper)
    return PrintedFile(f"card-{card.short_number}-{paper}.pdf", pdf)


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


def _as_printed(merchant: Merchant, card: CardRow, holder: KnownCustomer, locale: str) -> PrintedCard:
    terms = terms_of(merchant.id, card.version_id)
    return PrintedCard(
        shop=merchant.name,
        program=text_in(terms.name, locale, terms.locale),
        program_locale=language_of_text(terms.name, locale, terms.locale),
        holder=holder.name,
        number=group_digits(card.short_number),
        url=f"{card_url(merchant.slug, card.id, card.issue)}?{ON_PAPER}={paper_mark(card.id, card.issue)}",
    )


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
            _("Do you have a phone? Scan the code and keep the card there. This paper then no longer works."),
            _("Anyone who has this paper can use the card. If you lose it, tell us: your stamps are kept."),
        ],
    }
