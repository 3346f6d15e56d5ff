"""Taking over the stamps of an old paper card: by staff, once, onto a card that has just begun.

The stamps are no purchase: neither a pause nor a daily limit counts them, and no figure takes them for a visit. A
milestone that they reach is given as if they had been collected here.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from stampwell.cards.earning import Earned, Purchase
from stampwell.cards.paper_rules import PaperRulesRow, read_paper_rules
from stampwell.cards.refusals import card_ended
from stampwell.cards.rows import CardRow, StampRow, lock_card
from stampwell.cards.stamping import Stamped, new_stamp, not_a_visit, write_stamp
from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.merchants.clocks import clock_at
from stampwell.merchants.local_time import local_day
from stampwell.merchants.locations import why_closed_there
from stampwell.merchants.models import Merchant
from stampwell.programs.course import why_no_stamps
from stampwell.programs.terms import Terms, terms_of
from stampwell.refusal import Kind, Refusal
from stampwell.transactions import Statements, merchant_reads, merchant_transaction

FRESH_FOR = timedelta(days=30)
LONGEST_REASON = 300


class PaperNotTaken(Refusal):
    code = "paper_not_taken"
    title = _("Old paper cards are not taken over")
    staff_text = _("This shop takes over no stamps from old paper cards.")
    customer_text = _("This shop takes over no stamps from old paper cards.")
    what_to_do = _("If it should, the owner can set it: Settings, Old paper cards.")
    what_customer_can_do = _("Your new card collects from now on.")


class PaperTakenBefore(Refusal):
    """Facts: when."""

    code = "paper_taken_before"
    title = _("Already taken over")
    staff_text = _("This card already has the stamps of an old paper card: %(when)s.")
    customer_text = _("Your card already has the stamps of an old paper card: %(when)s.")
    what_to_do = _("If the number was wrong, a manager can correct it on the card’s page.")
    what_customer_can_do = _("If you think this is a mistake, ask the staff.")


class CardNotNew(Refusal):
    """Facts: days."""

    code = "card_not_new"
    title = _("Not a new card")
    staff_text = ngettext_lazy(
        "Old paper cards are taken over onto new cards: in their first round, and at most %(days)d day old.",
        "Old paper cards are taken over onto new cards: in their first round, and at most %(days)d days old.",
        "days",
    )
    customer_text = _("Stamps from an old paper card go onto a new card only.")
    what_to_do = _("A manager can add the stamps on the card’s page.")
    what_customer_can_do = _("Ask the staff at the counter.")


class TooManyFromPaper(Refusal):
    """Facts: most."""

    code = "too_many_from_paper"
    kind = Kind.INVALID
    title = _("Too many stamps for an old card")
    staff_text = ngettext_lazy(
        "At most %(most)d stamp can be taken over from an old paper card.",
        "At most %(most)d stamps can be taken over from an old paper card.",
        "most",
    )
    customer_text = _("This is more than can be taken over from an old paper card.")
    what_to_do = _("Take over fewer. A manager can add the rest on the card’s page.")
    what_customer_can_do = _("Ask the staff at the counter.")


class PaperLimitReached(Refusal):
    """Facts: most."""

    code = "paper_limit_reached"
    title = _("No more old cards today")
    staff_text = ngettext_lazy(
        "You have taken over %(most)d old paper card today, and that is the limit.",
        "You have taken over %(most)d old paper cards today, and that is the limit.",
        "most",
    )
    customer_text = _("No more old paper cards can be taken over here today.")
    what_to_do = _("Ask a colleague to take it over, or a manager to add the stamps on the card’s page.")
    what_customer_can_do = _("Keep your old card and bring it again tomorrow.")


class HonouredPaperRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    card_id: UUID
    stamp_id: UUID
    staff_member_id: UUID
    day: date
    number: int
    at: datetime


_TAKEN = "SELECT at FROM honoured_paper WHERE merchant_id = %s AND card_id = %s AND undone IS NULL"
_OFFERED = """
    SELECT 1 FROM paper_rules r WHERE r.merchant_id = %(merchant)s AND NOT EXISTS (
        SELECT 1 FROM honoured_paper h WHERE h.merchant_id = %(merchant)s AND h.card_id = %(card)s AND h.undone IS NULL
    )
"""
_LAST_NUMBER = """
    SELECT max(number) FROM honoured_paper WHERE merchant_id = %s AND staff_member_id = %s AND day = %s
"""
_UNDO = "UPDATE honoured_paper SET undone = %s WHERE merchant_id = %s AND stamp_id = %s AND undone IS NULL"


def honour_paper(merchant: Merchant, card_id: UUID, count: int, *, reason: str, actor: Actor) -> Stamped:
    """Adds `count` stamps of an old paper card; `reason` is what the staff member saw, for the owner to read.

    Refuses: NotFound, CardVoid, LocationClosed, StampingPaused, ProgramOver, PaperNotTaken, PaperTakenBefore,
    CardNotNew, TooManyFromPaper, PaperLimitReached.
    """
    assert actor.staff_member_id is not None, "somebody of the staff has looked at the old card"
    with merchant_transaction(merchant.id) as tx:
        card, vouchers = lock_card(tx, card_id)
        at = now()  # only now: while waiting for the card another old one may have come to it
        if refusal := why_no_paper(tx, merchant, card, count, actor=actor, at=at):
            raise refusal
        rules, terms = read_paper_rules(tx), terms_of(merchant.id, card.version_id)
        assert rules is not None, "without rules it was refused"
        stamp = _new_stamp(card, terms, count, reason=reason, actor=actor, at=at)
        stamped = write_stamp(tx, merchant, card, vouchers, terms, stamp, step=None, actor=actor)
        _number(tx, merchant, stamp, actor.staff_member_id, most=rules.most_a_day)
        return not_a_visit(tx, card, stamped, at=at)


def why_no_paper(
    tx: Statements, merchant: Merchant, card: CardRow, count: int, *, actor: Actor, at: datetime
) -> Refusal | None:
    """The reason why this card gets no stamps, or not so many, of an old paper card now, or None."""
    if card.state != "active":
        return card_ended(card.state)
    if refusal := why_closed_there(merchant, actor.location_id) or why_no_stamps(merchant, card.program_id, at):
        return refusal
    rules = read_paper_rules(tx)
    if rules is None:
        return PaperNotTaken()
    if taken := _taken(tx, card.id):
        return PaperTakenBefore(when=taken)
    if _is_old(card, at):
        return CardNotNew(days=FRESH_FOR.days)
    most = _most(rules, terms_of(merchant.id, card.version_id))
    return TooManyFromPaper(most=most) if count > most else None


def may_honour_paper(merchant: Merchant, card: CardRow, *, at: datetime) -> bool:
    """Whether staff are offered to take over an old paper card. Where the shop takes none, and of a card that is not
    new, no question is asked: this stands behind each stamp.
    """
    if not merchant.takes_old_paper or card.state != "active" or _is_old(card, at):
        return False
    with merchant_reads(merchant.id) as tx:
        return tx.exists(_OFFERED, {"merchant": merchant.id, "card": card.id})


def take_back_paper(tx: Statements, stamp: StampRow, *, at: datetime) -> None:
    """After the stamp was undone: the right number may be taken over then."""
    if stamp.source == "paper":
        tx.write(_UNDO, (at, tx.merchant_id, stamp.id))


def _taken(tx: Statements, card_id: UUID) -> datetime | None:
    return tx.value(datetime, _TAKEN, (tx.merchant_id, card_id))


def _is_old(card: CardRow, at: datetime) -> bool:
    return card.round > 1 or at - card.created > FRESH_FOR


def _most(rules: PaperRulesRow, terms: Terms) -> int:
    """An old card never fills a new one: a full one is worth the reward itself, and that is for a manager to give."""
    return min(rules.most_stamps, terms.goal - 1)


def _new_stamp(card: CardRow, terms: Terms, count: int, *, reason: str, actor: Actor, at: datetime) -> StampRow:
    assert count > 0
    assert reason
    earned = Earned(count, card.remainder)
    stamp = new_stamp(card, terms, Purchase(count=count), earned, actor, at=at, occurred=at)
    return msgspec.structs.replace(stamp, source="paper", reason=reason[:LONGEST_REASON])


def _number(tx: Statements, merchant: Merchant, stamp: StampRow, staff_member_id: UUID, *, most: int) -> None:
    """Ties the stamp, already written, to the old card; of two at once the slower one gets the next number.

    Refuses: PaperLimitReached.
    """
    day = local_day(clock_at(merchant, stamp.location_id), stamp.at)
    while True:
        number = (tx.value(int, _LAST_NUMBER, (tx.merchant_id, staff_member_id, day)) or 0) + 1
        if number > most:
            raise PaperLimitReached(most=most)
        row = HonouredPaperRow(
            id=new_id(),
            card_id=stamp.card_id,
            stamp_id=stamp.id,
            staff_member_id=staff_member_id,
            day=day,
            number=number,
            at=stamp.at,
        )
        if tx.insert_new("honoured_paper", row):
            return
