"""What happened, in words: the events of a card or of the whole shop, newest first."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.customers.merged_people import OpenMerge, merges_to_undo
from stampwell.events.rows import EventRow
from stampwell.ids import private_id, public_id
from stampwell.journal.event_sentences import Told, tell
from stampwell.journal.hands import name_hand, names_in
from stampwell.journal.wanted import IS_FOLDED, IS_TOLD, LEFT_OUT, LEFT_OUT_OF_ALL, without_said_elsewhere
from stampwell.journal.whose_cards import CardLabel, ask_for_cards
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, merchant_transaction
from stampwell.transactions.row_classes import columns_of

PAGE = 40
LATEST = 8


class LineMerge(msgspec.Struct, frozen=True):
    id: str
    customer_id: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the history. `stamp_id` is there where the stamp can still be undone, `redemption_id` where the
    use of a voucher can still be taken back, `merge` where the two customers can still be separated.
    """

    id: str
    number: int | None  # its place in the order of the shop's events, from the moment after it on
    at: datetime
    what: str
    tone: str
    by: list[str]
    reason: str
    card_id: str | None
    is_undone: bool
    stamp_id: str | None
    redemption_id: str | None
    merge: LineMerge | None


class History(msgspec.Struct, frozen=True):
    lines: list[Line]
    older: str | None


class _Page(msgspec.Struct, frozen=True):
    """Events, what became of them, and the names of who did them. `undone` holds ids of stamps and redemptions,
    `merges` those that can still be undone.
    """

    rows: list[EventRow]
    undone: set[UUID]
    ended: dict[UUID, str]  # the cards that are no longer active, and how they ended
    names: dict[UUID, str]
    merges: dict[UUID, OpenMerge]


_COLUMNS = f"SELECT {columns_of(EventRow)} FROM event WHERE merchant_id = %(merchant)s"
# Card by card, so that each index is read no further than the page goes, however much happened on them.
_OF_CARDS = f"""
    SELECT {columns_of(EventRow, "e")} FROM unnest(%(cards)s::uuid[]) AS own(card_id) CROSS JOIN LATERAL (
        SELECT {columns_of(EventRow)} FROM event e
        WHERE merchant_id = %(merchant)s AND card_id = own.card_id {{before}} AND {IS_TOLD}
        ORDER BY at DESC, id DESC LIMIT %(limit)s
    ) e
    ORDER BY e.at DESC, e.id DESC LIMIT %(limit)s
"""
_BEFORE = """ AND (at, id) < (SELECT b.at, b.id FROM event b
    WHERE b.merchant_id = %(merchant)s AND b.card_id = ANY(%(cards)s) AND b.id = %(before)s)"""
_NEWEST = f"""
    SELECT {columns_of(EventRow)} FROM event e
    WHERE merchant_id = %(merchant)s AND {IS_TOLD} AND {IS_FOLDED} IS NOT TRUE
    ORDER BY at DESC, id DESC LIMIT %(limit)s
"""


def history_of_cards(merchant: Merchant, card_ids: list[UUID], *, before: str = "") -> History:
    """Forty lines; `older` is what to pass as `before` for the next forty."""
    event_id = private_id("evt", before) if before else None
    if before and event_id is None:
        raise NotFound
    given = {
        "merchant": merchant.id,
        "cards": card_ids,
        "before": event_id,
        "left_out": list(LEFT_OUT),
        "limit": PAGE + 1,
    }
    sql = _OF_CARDS.format(before=_BEFORE if event_id else "")
    with merchant_transaction(merchant.id) as tx:
        rows = tx.rows(EventRow, sql, given)
        page = _complete(tx, without_said_elsewhere(rows[:PAGE]))
    older = public_id("evt", rows[PAGE - 1].id) if len(rows) > PAGE else None
    return History([_line(merchant, row, page) for row in page.rows], older)


def latest_of_merchant(merchant: Merchant) -> list[tuple[Line, CardLabel | None]]:
    """The last lines, and whose card each is about."""
    given = {"merchant": merchant.id, "left_out": list(LEFT_OUT_OF_ALL), "limit": LATEST}
    with merchant_transaction(merchant.id) as tx:
        rows = without_said_elsewhere(tx.rows(EventRow, _NEWEST, given))
        read_cards = ask_for_cards(tx, [row.card_id for row in rows if row.card_id])
        page = _complete(tx, rows)
        cards = read_cards()
    lines = [_line(merchant, row, page) for row in page.rows]
    return [(line, cards.get(line.card_id or "")) for line in lines]


_BY_NUMBER = f"{_COLUMNS} AND sequence = %(number)s"


def event_of_line(tx: Statements, number: int) -> EventRow | None:
    """The event that the line with this number tells; None where this shop has no such line."""
    if number >= 2**63:
        return None
    return tx.row(EventRow, _BY_NUMBER, {"merchant": tx.merchant_id, "number": number})


def lines_of(tx: Statements, merchant: Merchant, rows: list[EventRow]) -> list[Line]:
    page = _complete(tx, rows)
    return [_line(merchant, row, page) for row in page.rows]


_UNDONE = """
    SELECT reverses_id AS id FROM stamp WHERE merchant_id = %(merchant)s AND reverses_id = ANY(%(ids)s)
    UNION ALL SELECT redemption_id FROM reversal WHERE merchant_id = %(merchant)s AND redemption_id = ANY(%(ids)s)
"""


class _UndoneRow(msgspec.Struct, frozen=True):
    id: UUID | None  # a column that may hold none, though none is asked for


class _EndedRow(msgspec.Struct, frozen=True):
    id: UUID
    state: str


_ENDED = "SELECT id, state FROM card WHERE merchant_id = %s AND id = ANY(%s) AND state <> 'active'"


def _complete(tx: Statements, rows: list[EventRow]) -> _Page:
    done = {id: row.card_id for row in rows if (id := _done(row))}
    undone = tx.later(_UndoneRow, _UNDONE, {"merchant": tx.merchant_id, "ids": list(done)})
    cards = [card_id for card_id in done.values() if card_id]
    ended = tx.later(_EndedRow, _ENDED, (tx.merchant_id, cards))
    names = names_in(tx, rows)
    merged = [id for row in rows if (id := _merge(row))]
    merges = merges_to_undo(tx, merged, at=now()) if merged else {}
    return _Page(
        rows=rows,
        undone={row.id for row in undone.rows() if row.id},
        ended={row.id: row.state for row in ended.rows()},
        names=names,
        merges=merges,
    )


def _done(row: EventRow) -> UUID | None:
    """The stamp or the redemption of the event, which may have been undone since."""
    match row.type:
        case "stamp.added":
            return private_id("stp", row.facts["stamp"]["id"])
        case "voucher.redeemed":
            return private_id("rdm", row.facts["redemption"]["id"])
    return None


def _merge(row: EventRow) -> UUID | None:
    return private_id("mrg", row.facts["merge"]["id"]) if row.type == "customer.merged" else None


def _line_merge(row: EventRow, page: _Page) -> LineMerge | None:
    merge_id = _merge(row)
    merge = page.merges.get(merge_id) if merge_id else None
    return LineMerge(public_id("mrg", merge.id), public_id("cus", merge.customer_id)) if merge else None


def _takes_back(row: EventRow, page: _Page) -> bool:
    """Whether the card still lets it be undone: a merged one gives back vouchers, an erased one nothing."""
    ended = page.ended.get(row.card_id) if row.card_id else None
    return ended is None or (ended != "erased" and row.type == "voucher.redeemed")


def _line(merchant: Merchant, row: EventRow, page: _Page) -> Line:
    told: Told = tell(row.type, row.facts, merchant)
    done = _done(row)
    is_undone = done in page.undone
    can_be_undone = done if done and not is_undone and _takes_back(row, page) else None
    return Line(
        id=public_id("evt", row.id),
        number=row.sequence,
        at=row.at,
        what=told.what,
        tone="undone" if is_undone else told.tone,
        by=name_hand(row, page.names),
        reason=told.reason,
        card_id=public_id("crd", row.card_id) if row.card_id else None,
        is_undone=is_undone,
        stamp_id=public_id("stp", can_be_undone) if can_be_undone and row.type == "stamp.added" else None,
        redemption_id=public_id("rdm", can_be_undone) if can_be_undone and row.type == "voucher.redeemed" else None,
        merge=_line_merge(row, page),
    )
