"""Adding stamps to a card."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.cards.describing import CardFacts, StampFacts, describe_card, describe_stamp
from stampwell.cards.drawing import DrawFacts, PrizeGivenFacts
from stampwell.cards.earning import Earned, Purchase, counted_day, earn, why_no_stamp
from stampwell.cards.protecting import who_agreed
from stampwell.cards.receipts import claim_receipt
from stampwell.cards.refusals import CodeAlreadyUsed
from stampwell.cards.rewarding import Words, give_rewards
from stampwell.cards.rotating import used_step
from stampwell.cards.rounds import Progress, advance
from stampwell.cards.rows import (
    CardAsked,
    CardRow,
    StampRow,
    ask_to_lock_card,
    write_card,
)
from stampwell.clock import new_id, now
from stampwell.events.actors import Actor, Entered
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import Terms, terms_of
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.describing import VoucherFacts, describe_voucher
from stampwell.vouchers.rows import VoucherRow, still_open
from stampwell.vouchers.visits import after_visit


class _StampTold(msgspec.Struct, frozen=True):
    stamp: StampFacts
    card: CardFacts
    vouchers_issued: list[VoucherFacts]


class StampedFacts(_StampTold, frozen=True):
    """`draws` are told by events of their own, too; `words`, which came without a draw, by those of the milestones."""

    draws: list[DrawFacts]
    words: list[PrizeGivenFacts]


class StampedEvent(_StampTold, frozen=True, omit_defaults=True):
    """`agreed_by` is the manager who agreed to a stamp beyond a limit of the day."""

    entered: Entered | None = None
    agreed_by: str | None = None


class Stamped(msgspec.Struct, frozen=True, kw_only=True):
    """The card and its open vouchers as they are after the stamp; `issued` are those that it earned.

    `words` are those that came without a draw, by the age. `filled` holds the terms of the round that it filled, the
    last one where it filled several.
    """

    stamp: StampRow
    card: CardRow
    vouchers: list[VoucherRow]
    issued: list[VoucherRow]
    words: list[Words]
    filled: Terms | None
    facts: StampedFacts


def add_stamp(
    merchant: Merchant,
    card_id: UUID,
    purchase: Purchase,
    *,
    actor: Actor,
    occurred: datetime | None = None,
    step: int | None = None,
    entered: Entered | None = None,
) -> Stamped:
    """Adds what the purchase earns, gives the vouchers of the milestones that it reaches, starts rounds. `step`
    is that of the rotating code which was scanned.

    Refuses: NotFound, ReceiptAlreadyUsed, NeedsManager, CodeAlreadyUsed and whatever `why_no_stamp` says.
    """
    with merchant_transaction(merchant.id) as tx:
        return stamp_card(tx, merchant, card_id, purchase, actor=actor, occurred=occurred, step=step, entered=entered)


def stamp_card(
    tx: Statements,
    merchant: Merchant,
    card_id: UUID,
    purchase: Purchase,
    *,
    actor: Actor,
    occurred: datetime | None = None,
    step: int | None = None,
    entered: Entered | None = None,
) -> Stamped:
    """As `add_stamp`, in the caller's transaction."""
    asked = ask_to_lock_card(tx, card_id)
    return stamp_asked(tx, merchant, asked, purchase, actor=actor, occurred=occurred, step=step, entered=entered)


def stamp_asked(
    tx: Statements,
    merchant: Merchant,
    asked: CardAsked,
    purchase: Purchase,
    *,
    actor: Actor,
    occurred: datetime | None = None,
    step: int | None = None,
    entered: Entered | None = None,
) -> Stamped:
    """As `stamp_card`, with a card that was asked for together with something else: `ask_to_lock_card`."""
    card, vouchers = asked.rows()
    at = now()  # only now: while waiting for the card another stamp may have come
    terms = terms_of(merchant.id, card.version_id)
    if refusal := why_no_stamp(merchant, card, terms, purchase, actor, at):
        raise refusal
    earned = earn(card.remainder, terms, purchase)
    agreed_by = who_agreed(tx, merchant, card, purchase, earned.stamps, actor, at)
    stamp = new_stamp(card, terms, purchase, earned, actor, at=at, occurred=occurred or at)
    return write_stamp(
        tx,
        merchant,
        card,
        vouchers,
        terms,
        stamp,
        step=step,
        actor=actor,
        entered=entered,
        agreed_by=agreed_by,
    )


def welcome(tx: Statements, merchant: Merchant, card: CardRow, terms: Terms, *, at: datetime, actor: Actor) -> Stamped:
    """The stamps that a new card begins with. They are no purchase: neither a pause nor a daily cap counts them.

    They come by themselves, whoever gave the card, so that no figure takes them for a visit.
    """
    given = Purchase(count=terms.welcome_stamps)
    earned = earn(card.remainder, terms, given)
    stamp = new_stamp(card, terms, given, earned, actor, at=at, occurred=at)
    stamp = msgspec.structs.replace(stamp, source="clock")
    stamped = write_stamp(tx, merchant, card, [], terms, stamp, step=None, actor=actor)
    return not_a_visit(tx, card, stamped, at=at)


def not_a_visit(tx: Statements, before: CardRow, stamped: Stamped, *, at: datetime) -> Stamped:
    """The pause and the daily limit stand as they stood `before` these stamps."""
    card = msgspec.structs.replace(
        stamped.card,
        stamped_day=before.stamped_day,
        stamps_that_day=before.stamps_that_day,
        last_stamp=before.last_stamp,
        revision=stamped.card.revision + 1,
    )
    write_card(tx, stamped.card, card, at=at)
    return msgspec.structs.replace(stamped, card=card)


def new_stamp(
    card: CardRow,
    terms: Terms,
    purchase: Purchase,
    earned: Earned,
    actor: Actor,
    *,
    at: datetime,
    occurred: datetime,
) -> StampRow:
    return StampRow(
        id=new_id(),
        card_id=card.id,
        count=earned.stamps,
        round=card.round,
        amount=purchase.amount,
        currency=terms.currency if purchase.amount is not None else None,
        remainder_change=earned.remainder - card.remainder,
        at=at,
        occurred=occurred,
        source=actor.source,
        overrode=purchase.override,
        receipt_id=purchase.receipt_id,
        location_id=actor.location_id,
        station_id=actor.station_id,
        staff_member_id=actor.staff_member_id,
        api_key_id=actor.api_key_id,
        reverses_id=None,
        reason="",
    )


def write_stamp(
    tx: Statements,
    merchant: Merchant,
    card: CardRow,
    vouchers: list[VoucherRow],
    terms: Terms,
    stamp: StampRow,
    *,
    step: int | None,
    actor: Actor,
    counts: datetime | None = None,
    entered: Entered | None = None,
    agreed_by: UUID | None = None,
) -> Stamped:
    """`counts` is the moment that pause and daily limit go by, where it is not that of writing."""
    event_id = new_id()
    progress = advance(tx, card, terms, stamp.count)
    tx.insert("stamp", stamp)
    if stamp.receipt_id:
        claim_receipt(tx, stamp.receipt_id, card, stamp)
    # Only now: one code shown twice within the cooldown is refused as a second scan, not as a picture.
    last_step = card.last_step if step is None else _next_step(card, step, at=stamp.at)
    changed = _with_stamp(card, progress, stamp, merchant, last_step=last_step, at=counts or stamp.at)
    write_card(tx, card, changed, at=stamp.at)
    vouchers = after_visit(
        tx, merchant, vouchers, source=stamp.source, visited=counts or stamp.at, at=stamp.at, actor=actor
    )
    rewards = give_rewards(tx, merchant, card, progress, at=stamp.at, actor=actor)
    vouchers = still_open([*vouchers, *rewards.vouchers], stamp.at)
    facts = StampedFacts(
        describe_stamp(stamp),
        describe_card(tx, changed, vouchers, at=stamp.at),
        [describe_voucher(tx, voucher, at=stamp.at) for voucher in rewards.vouchers],
        rewards.draws,
        [words.facts for words in rewards.words],
    )
    manager = public_id("stf", agreed_by) if agreed_by else None
    told = StampedEvent(facts.stamp, facts.card, facts.vouchers_issued, entered, manager)
    record(tx, "stamp.added", told, at=stamp.at, actor=actor, card_id=card.id, id=event_id)
    filled = progress.completed[-1].terms if progress.completed else None
    return Stamped(
        stamp=stamp,
        card=changed,
        vouchers=vouchers,
        issued=rewards.vouchers,
        words=rewards.words,
        filled=filled,
        facts=facts,
    )


def _next_step(card: CardRow, step: int, *, at: datetime) -> int:
    """Each step is accepted once: of two scans of one picture the second finds it used."""
    if is_step_used(card, step, at=at):
        raise CodeAlreadyUsed
    return step


def is_step_used(card: CardRow, step: int, *, at: datetime) -> bool:
    return used_step(card.last_step, seconds=at.timestamp()) >= step


def _with_stamp(
    card: CardRow, progress: Progress, stamp: StampRow, merchant: Merchant, *, last_step: int, at: datetime
) -> CardRow:
    today = counted_day(merchant, card.stamped_day, stamp.location_id, at)
    is_past = card.stamped_day is not None and today < card.stamped_day and at < stamp.at
    counted = (card.stamps_that_day if card.stamped_day == today else 0) + stamp.count
    return msgspec.structs.replace(
        card,
        version_id=progress.terms.version_id,
        goal=progress.terms.goal,
        round=progress.round,
        stamps=progress.stamps,
        remainder=card.remainder + stamp.remainder_change,
        stamped_day=card.stamped_day if is_past else today,
        stamps_that_day=card.stamps_that_day if is_past else counted,
        last_stamp=max(at, card.last_stamp) if card.last_stamp and at < stamp.at else at,
        last_step=last_step,
        revision=card.revision + 1,
    )
