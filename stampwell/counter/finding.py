"""Finding a card at the counter by what a customer says: a name, a phone number, an email.

Staff are shown no more than they need to ask for the right person: a few cards, each with a shortened name and the
last digits of a phone number.
"""

from datetime import timedelta
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.cards.finding import ask_card
from stampwell.cards.numbers import is_short_number
from stampwell.cards.searching import LONGEST, FoundRow, find_active
from stampwell.cards.searching_near import find_near
from stampwell.counter.guessing import a_device, count_miss
from stampwell.counter.scanning import Recognised
from stampwell.customers.search_text import number_in
from stampwell.customers.short_names import end_of_phone, shorten_name
from stampwell.languages.folding import folded_words
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import LONGEST_GIVEN, clean_text, text_in
from stampwell.languages.typed import plain
from stampwell.merchants.models import Merchant, Station
from stampwell.refusal import Kind, NotFound, Refusal
from stampwell.requests.limits import count_attempt
from stampwell.transactions import Statements, merchant_reads, read_aside

MOST = 8
SHORTEST = 3  # letters and digits
SEARCHES, WITHIN = 40, timedelta(minutes=10)


class WordsTooShort(Refusal):
    code = "words_too_short"
    kind = Kind.INVALID
    title = _("Enter a little more")
    staff_text = _("Enter at least three letters or digits to find a customer.")
    customer_text = _("To find your card, tell the staff more of your name, phone number or email.")
    what_to_do = _("Enter more of the name, of the phone number or of the email.")


class FoundCard(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is shortened, and "" of somebody who gave none; `phone_end` are the last digits, "" without a number."""

    id: UUID
    name: str
    phone_end: str
    program: str
    stamps: int
    goal: int


class FoundCards(msgspec.Struct, frozen=True, kw_only=True):
    """`is_near` where nobody is called exactly that, `is_cut` where more fit than are shown."""

    cards: list[FoundCard]
    is_near: bool
    is_cut: bool

    @property
    def has_programs(self) -> bool:
        return len({card.program for card in self.cards}) > 1


def find_for_staff(merchant: Merchant, words: str, *, station: Station, member_id: UUID) -> FoundCards:
    """The newest active cards, eight at most, of customers who fit all the words. The number of a card is among them,
    and who tries many numbers waits as at the field for numbers.

    Refuses: WordsTooShort; TooManyAttempts, for one person at one device.
    """
    words = clean_text(words[:LONGEST_GIVEN])[:LONGEST]
    if sum(map(len, folded_words(words))) < SHORTEST:
        raise WordsTooShort
    count_attempt(f"find:{station.id}:{member_id}", most=SEARCHES, within=WITHIN)
    guesser, is_number = a_device(station), is_short_number(number_in(words))
    by_number = is_number and not guesser.has_to_wait
    exact, near = read_aside(merchant.id, lambda tx: _find(tx, words, by_number=by_number))
    if is_number and not exact:
        count_miss(merchant, guesser)
    cards = [_shown(merchant, row) for row in (exact or near)[:MOST]]
    return FoundCards(cards=cards, is_near=bool(near), is_cut=len(exact or near) > MOST)


def _find(tx: Statements, words: str, *, by_number: bool) -> tuple[list[FoundRow], list[FoundRow]]:
    """Who fits, and where nobody does who is one letter off."""
    exact = find_active(tx, words, limit=MOST + 1, by_number=by_number)
    typed = plain(words)
    is_name = not exact and "@" not in typed and not any(letter.isdecimal() for letter in typed)
    return exact, find_near(tx, words, limit=MOST + 1) if is_name else []


def recognise_found(merchant: Merchant, card_id: UUID | None) -> Recognised:
    """The card that staff chose from the list, as if it had been scanned."""
    with merchant_reads(merchant.id) as tx:
        card = ask_card(tx, card_id).row() if card_id else None
    return Recognised(card=card, entered="found") if card else Recognised(refusal=NotFound())


def _shown(merchant: Merchant, row: FoundRow) -> FoundCard:
    program = msgspec.json.decode(row.program, type=dict[str, str])
    return FoundCard(
        id=row.id,
        name=shorten_name(row.name),
        phone_end=end_of_phone(row.phone),
        program=text_in(program, active_locale(), merchant.locale),
        stamps=row.stamps,
        goal=row.goal,
    )
