"""The job that takes an import back, as a whole, in the order of its rows.

A card that nobody has used since is deleted together with what is known of its customer, unless the customer has
another card. A used one stays. Stamps are reversed, never deleted.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from stampwell.cards.describing import describe_card, describe_stamp
from stampwell.cards.erasing import forget_people
from stampwell.cards.forgetting import FORGET_ERASED
from stampwell.cards.issuing import CardEvent
from stampwell.cards.personal_facts import take_out_person
from stampwell.cards.rows import COLUMNS, CardRow, StampRow
from stampwell.cards.undoing import UndoneFacts
from stampwell.clock import new_id, now
from stampwell.customers.erasing import lock_people
from stampwell.events.actors import Actor
from stampwell.events.forgetting import forget_in_events
from stampwell.events.recording import event_of, record
from stampwell.events.rows import EventRow
from stampwell.ids import public_id
from stampwell.imports.becoming import by_import
from stampwell.imports.purposes import Purpose
from stampwell.imports.rows import ImportRow, Undone, import_of_job
from stampwell.jobs.asking import ask_for
from stampwell.jobs.run import Run
from stampwell.mail.queue import forget_mail
from stampwell.merchants.changing import lock_merchant
from stampwell.sheets.line_ids import LineIds, row_of
from stampwell.transactions import Statements, columns_of, plan_once

UNDO = "undo_import"  # the kind of the job
AT_ONCE = 500  # rows
TOLD = 100  # cards that stay, in the report

_HOLD = f"SELECT {COLUMNS} FROM card c WHERE c.merchant_id = %s AND c.id = ANY(%s) ORDER BY c.id FOR UPDATE"
_STAMPS = f"""
    SELECT {columns_of(StampRow)} FROM stamp WHERE merchant_id = %s AND id = ANY(%s)
"""
_OLD_LINKS = """
    INSERT INTO replaced_link (merchant_id, id, card_id, issue, short_number, code_hash, token_hash, replaced)
    SELECT merchant_id, id, id, issue, short_number, code_hash, token_hash, %(at)s FROM card
    WHERE merchant_id = %(merchant)s AND id = ANY(%(cards)s)
"""
_END = """
    UPDATE card SET state = 'erased', external_id = NULL, stamps = 0, revision = revision + 1, changed = %(at)s
    WHERE merchant_id = %(merchant)s AND id = ANY(%(cards)s)
"""
_PEOPLE = "SELECT DISTINCT customer_id FROM card WHERE merchant_id = %s AND id = ANY(%s)"
_ALONE = """
    SELECT u.id FROM customer u WHERE u.merchant_id = %(merchant)s AND u.id = ANY(%(customers)s) AND u.erased IS NULL
        AND NOT EXISTS (
            SELECT FROM card c WHERE c.merchant_id = %(merchant)s AND c.customer_id = u.id AND c.state <> 'erased'
        )
    ORDER BY u.id
"""
_UNDONE = "UPDATE card_import SET undone = %s WHERE merchant_id = %s AND id = %s"
_ASKED = "SELECT created FROM job WHERE merchant_id = %s AND id = %s"


class UndoneEvent(msgspec.Struct, frozen=True):
    """`cards` were deleted, `kept` were used since. What was done to each lies between `asked_at` and this event."""

    import_id: str
    cards: int
    kept: int
    asked_at: datetime


def undo_import(run: Run) -> None:
    with run.step() as tx:
        wanted = import_of_job(tx, run.job_id)
        run.note(tx, total=wanted.rows)
    ids = LineIds(wanted.id, wanted.created)
    while (first := int(run.cursor or 1) + 1) <= wanted.rows + 1:
        _undo_piece(run, wanted, ids, first, min(first + AT_ONCE - 1, wanted.rows + 1))
    if wanted.undone is None:
        _finish(run, wanted)


def _finish(run: Run, wanted: ImportRow) -> None:
    with run.step() as tx:
        at, undone = now(), run.report_so_far(Undone)
        tx.write(_UNDONE, (at, tx.merchant_id, wanted.id))
        ask_for(tx, FORGET_ERASED, asker=wanted.actor)
        facts = UndoneEvent(
            import_id=public_id("imp", wanted.id),
            cards=undone.cards,
            kept=undone.kept,
            asked_at=tx.value(datetime, _ASKED, (tx.merchant_id, run.job_id)) or at,
        )
        record(tx, "import.undone", facts, at=at, actor=by_import(wanted))


def _undo_piece(run: Run, wanted: ImportRow, ids: LineIds, first: int, last: int) -> None:
    with run.step() as tx:
        cards = _hold_cards(tx, ids.rows_between(first, last, Purpose.CARD))
        stamps = tx.rows(StampRow, _STAMPS, (tx.merchant_id, ids.rows_between(first, last, Purpose.STAMP)))
        of_card = {stamp.card_id: stamp for stamp in stamps}
        there = [card for card in cards if card.state == "active"]
        unused = [card for card in there if card.revision == (2 if card.id in of_card else 1)]
        if unused:
            _end(tx, unused, of_card, at=now(), by=by_import(wanted))
        ended = {card.id for card in unused}
        undone, kept = run.report_so_far(Undone), [row_of(card.id) for card in there if card.id not in ended]
        report = Undone(undone.cards + len(unused), undone.kept + len(kept), [*undone.first, *kept][:TOLD])
        run.note(tx, done=last - 1, cursor=str(last), report=report)


def _hold_cards(tx: Statements, ids: list[UUID]) -> list[CardRow]:
    """And before them the people, as whoever erases or merges does."""
    lock_merchant(tx)  # nobody is merged or erased meanwhile
    lock_people(tx, tx.values(UUID, _PEOPLE, (tx.merchant_id, ids)))
    return tx.rows(CardRow, _HOLD, (tx.merchant_id, ids))


def _end(tx: Statements, cards: list[CardRow], stamps: dict[UUID, StampRow], *, at: datetime, by: Actor) -> None:
    facts: dict[str, Any] = {"merchant": tx.merchant_id, "cards": [card.id for card in cards], "at": at}
    tx.write(_END, facts)
    # Those who have no other card.
    alone = tx.values(UUID, _ALONE, facts | {"customers": [card.customer_id for card in cards]})
    people = forget_people(tx, alone, at=at, actor=by)
    forget_mail([*people, *facts["cards"]])
    ids = frozenset([*(public_id("cus", one) for one in people), *(public_id("crd", card.id) for card in cards)])
    forget_in_events(tx, facts["cards"], lambda said: take_out_person(said, ids))
    plan_once(tx)
    tx.write(_OLD_LINKS, facts)
    taken_back = {card.id: _taken_back(stamps[card.id], at=at, by=by) for card in cards if card.id in stamps}
    tx.copy("stamp", list(taken_back.values()))
    tx.copy("event", list(_told(tx, cards, taken_back, at=at, by=by)))


def _taken_back(stamp: StampRow, *, at: datetime, by: Actor) -> StampRow:
    return msgspec.structs.replace(
        stamp,
        id=new_id(),
        count=-stamp.count,
        at=at,
        occurred=at,
        source=by.source,
        staff_member_id=by.staff_member_id,
        api_key_id=by.api_key_id,
        reverses_id=stamp.id,
    )


def _told(
    tx: Statements, cards: list[CardRow], taken_back: dict[UUID, StampRow], *, at: datetime, by: Actor
) -> Iterator[EventRow]:
    for card in cards:
        ended = msgspec.structs.replace(card, state="erased", external_id=None, stamps=0, revision=card.revision + 1)
        facts = describe_card(tx, ended, [], at=at)
        if card.id in taken_back:
            undone = UndoneFacts(describe_stamp(taken_back[card.id]), facts, [])
            yield event_of("stamp.reversed", undone, at=at, actor=by, card_id=card.id)
        yield event_of("card.voided", CardEvent(facts), at=at, actor=by, card_id=card.id)
