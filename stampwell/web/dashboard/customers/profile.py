"""Everything that the page of one customer shows."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from stampwell.cards.searching import cards_of_customer
from stampwell.cards.separating import why_not_undo
from stampwell.clock import now
from stampwell.customers.changing import state_of
from stampwell.customers.describing import ConsentNow, read_consent, read_customer
from stampwell.customers.merged_people import merges_of
from stampwell.customers.noting import notes_about
from stampwell.customers.tagging import tags_of
from stampwell.ids import public_id
from stampwell.languages.offered import name_language
from stampwell.merchants.models import Merchant
from stampwell.merchants.names import names_of
from stampwell.transactions import merchant_transaction
from stampwell.web.dashboard.cards.search import PAGE, FoundCard, show_cards
from stampwell.web.dashboard.cards.view import ShownVoucher, list_vouchers


class ShownNote(msgspec.Struct, frozen=True):
    id: str
    text: str
    written: datetime
    by: str


class ShownMerge(msgspec.Struct, frozen=True):
    """A merge that can still be undone."""

    id: str
    at: datetime


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """`who` is the best that is known of them, "" for somebody who gave nothing."""

    id: str
    who: str
    name: str
    email: str
    phone: str
    birthday: date | None
    locale: str
    language: str
    since: datetime
    consent: ConsentNow | None
    state: str
    cards: list[FoundCard]
    vouchers: list[ShownVoucher]
    card_ids: list[UUID]
    tags: list[str]
    notes: list[ShownNote]
    merges: list[ShownMerge]


def show_customer(merchant: Merchant, customer_id: UUID) -> Profile:
    """Refuses: NotFound."""
    with merchant_transaction(merchant.id) as tx:
        known = read_customer(tx, customer_id)
        rows = cards_of_customer(tx, customer_id, limit=PAGE)
        card_ids = [row.id for row in rows]
        cards, vouchers = show_cards(tx, merchant, rows), list_vouchers(tx, merchant, card_ids)
        consent = read_consent(tx, customer_id)
        tags, notes = tags_of(tx, customer_id), notes_about(tx, customer_id)
        at = now()
        merges = [one for one in merges_of(tx, customer_id)[:1] if why_not_undo(tx, one, at=at) is None]
        names = names_of(tx, [note.staff_member_id for note in notes])
    return Profile(
        id=public_id("cus", known.id),
        who=known.name or known.email or known.phone,
        name=known.name,
        email=known.email,
        phone=known.phone,
        birthday=known.birthday,
        locale=known.locale,
        language=name_language(known.locale),
        since=known.created,
        consent=consent,
        state=state_of(known),
        cards=cards,
        vouchers=vouchers,
        card_ids=card_ids,
        tags=[tag.name for tag in tags],
        notes=[
            ShownNote(public_id("cno", one.id), one.text, one.written, names.get(one.staff_member_id, ""))
            for one in notes
        ],
        merges=[ShownMerge(public_id("mrg", one.id), one.merged) for one in merges],
    )
