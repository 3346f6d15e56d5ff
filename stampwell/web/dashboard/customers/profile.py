"""Everything that the page of one customer shows."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from stampwell.cards.searching import cards_of_customer
from stampwell.cards.separating import why_not_undo
from stampwell.clock import now
from stampwell.customers.changing import state_of
from stampwell.customers.consent_ledger import read_ledger
from stampwell.customers.describing import ConsentNow, read_consent, read_customer
from stampwell.customers.merged_people import all_that_they_were, merges_of
from stampwell.customers.message_words import ShownMessage, show_messages
from stampwell.customers.messages import latest_messages
from stampwell.customers.noting import notes_about
from stampwell.customers.tagging import tags_of
from stampwell.ids import public_id, wanted_id
from stampwell.languages.offered import name_language
from stampwell.merchants.models import Merchant
from stampwell.merchants.names import names_of
from stampwell.transactions import merchant_transaction
from stampwell.web.dashboard.cards.search import PAGE, FoundCard, show_cards
from stampwell.web.dashboard.cards.view import ShownVoucher, list_vouchers
from stampwell.web.dashboard.customers.said import ShownWord, show_words

MOST_MAILS = 20


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
    """`who` is the best that is known of them, "" for somebody who gave nothing. Replaced cards stand last.
    `earlier_mails` is before what the next page of emails begins, "" on the last.
    """

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
    said: list[ShownWord]
    mails: list[ShownMessage]
    earlier_mails: str
    state: str
    cards: list[FoundCard]
    vouchers: list[ShownVoucher]
    card_ids: list[UUID]
    tags: list[str]
    notes: list[ShownNote]
    merges: list[ShownMerge]

    @property
    def title(self) -> str:
        """What a shopkeeper knows them by: the number of a card, where they gave nothing."""
        if self.who:
            return self.who
        if not self.cards:
            return _("Customer without a name")
        return _("Customer with card %(number)s") % {"number": self.cards[0].number}


def show_customer(merchant: Merchant, customer_id: UUID, *, mails_before: str = "") -> Profile:
    """Refuses: NotFound."""
    before = wanted_id("mai", mails_before) if mails_before else None
    with merchant_transaction(merchant.id) as tx:
        known = read_customer(tx, customer_id)
        rows = cards_of_customer(tx, customer_id, limit=PAGE)
        card_ids = [row.id for row in rows]
        cards = sorted(show_cards(tx, merchant, rows), key=lambda card: card.state != "active")
        vouchers = list_vouchers(tx, merchant, card_ids)
        people = all_that_they_were(tx, [customer_id])
        consent, said = read_consent(tx, customer_id), read_ledger(tx, people)
        mails = latest_messages(tx, people, most=MOST_MAILS, before=before)
        tags, notes = tags_of(tx, customer_id), notes_about(tx, customer_id)
        at = now()
        merges = [one for one in merges_of(tx, customer_id)[:1] if why_not_undo(tx, one, at=at) is None]
        names = names_of(tx, [*(note.staff_member_id for note in notes), *(word.staff_member_id for word in said)])
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
        said=show_words(said, names),
        mails=show_messages(mails.rows),
        earlier_mails=public_id("mai", mails.older) if mails.older else "",
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
