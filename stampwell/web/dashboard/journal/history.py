"""What happened, in words: the events of a card or of the whole shop, newest first."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from stampwell.cards.models import Stamp
from stampwell.ids import private_id, public_id
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.models import Redemption, Reversal
from stampwell.web.dashboard.journal.event_sentences import Told, tell
from stampwell.web.dashboard.journal.whereabouts import Hand, Whereabouts, whereabouts_of

PAGE = 40
LATEST = 8
# Said by another line already: the voucher that the milestone gave.
LEFT_OUT = ("milestone.reached", "voucher.ready")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the history. `stamp_id` is there where the stamp can still be undone, `redemption_id` where the
    use of a voucher can still be taken back."""

    id: str
    at: datetime
    what: str
    tone: str
    by: list[str]
    reason: str
    card_id: str | None
    is_undone: bool
    stamp_id: str | None
    redemption_id: str | None


class History(msgspec.Struct, frozen=True):
    lines: list[Line]
    older: str | None


class _EventRow(msgspec.Struct, frozen=True):
    id: UUID
    at: datetime
    type: str
    location_id: UUID | None
    card_id: UUID | None
    data: str  # JSON, as the driver is told to leave it

    @property
    def facts(self) -> dict[str, Any]:
        return msgspec.json.decode(self.data, type=dict[str, Any])


_COLUMNS = "SELECT id, at, type, location_id, card_id, data FROM event WHERE merchant_id = %(merchant)s"
_OF_CARD = " AND card_id = %(card)s"
_BEFORE = """ AND (at, id) < (SELECT b.at, b.id FROM event b
    WHERE b.merchant_id = %(merchant)s AND b.card_id = %(card)s AND b.id = %(before)s)"""
_NEWEST = " AND type <> ALL(%(left_out)s) ORDER BY at DESC, id DESC LIMIT %(limit)s"


def history_of_card(merchant: Merchant, card_id: UUID, *, before: str = "") -> History:
    """Forty lines; `older` is what to pass as `before` for the next forty."""
    event_id = private_id("evt", before) if before else None
    if before and event_id is None:
        raise NotFound
    given = {"merchant": merchant.id, "card": card_id, "before": event_id}
    sql = _COLUMNS + _OF_CARD + (_BEFORE if event_id else "") + _NEWEST
    rows = _rows(merchant, sql, given, PAGE + 1)
    older = public_id("evt", rows[PAGE - 1].id) if len(rows) > PAGE else None
    return History(_tell_all(merchant, rows[:PAGE]), older)


def latest_of_merchant(merchant: Merchant) -> list[Line]:
    return _tell_all(merchant, _rows(merchant, _COLUMNS + _NEWEST, {"merchant": merchant.id}, LATEST))


def _rows(merchant: Merchant, sql: str, given: dict[str, Any], limit: int) -> list[_EventRow]:
    with merchant_transaction(merchant.id) as tx:
        return tx.rows(_EventRow, sql, given | {"left_out": list(LEFT_OUT), "limit": limit})


class _Rows(msgspec.Struct, frozen=True):
    """The append-only rows behind the events: they know by whose hand it happened."""

    hands: dict[str, Hand]
    undone: set[str]


def _tell_all(merchant: Merchant, rows: list[_EventRow]) -> list[Line]:
    behind, places = _behind(merchant, rows), whereabouts_of(merchant)
    return [_line(merchant, row, behind, places) for row in rows]


def _line(merchant: Merchant, row: _EventRow, behind: _Rows, places: Whereabouts) -> Line:
    told: Told = tell(row.type, row.facts, merchant)
    subject = _subject(row)
    undone = subject in behind.undone
    hand = behind.hands.get(subject, Hand(location_id=row.location_id))
    return Line(
        id=public_id("evt", row.id),
        at=row.at,
        what=told.what,
        tone="undone" if undone else told.tone,
        by=places.name(hand),
        reason=told.reason,
        card_id=public_id("crd", row.card_id) if row.card_id else None,
        is_undone=undone,
        stamp_id=subject if row.type == "stamp.added" and not undone else None,
        redemption_id=subject if row.type == "voucher.redeemed" and not undone else None,
    )


def _subject(row: _EventRow) -> str:
    """The public id of the stamp, redemption or reversal that the event is about."""
    facts = row.facts
    for name in ("stamp", "redemption", "reversal"):
        found = facts.get(name)
        if isinstance(found, dict):
            return str(found.get("id", ""))
    return ""


def _behind(merchant: Merchant, rows: list[_EventRow]) -> _Rows:
    subjects = [_subject(row) for row in rows]
    hands: dict[str, Hand] = {}
    stamps = [found for text in subjects if (found := private_id("stp", text))]
    redemptions = [found for text in subjects if (found := private_id("rdm", text))]
    reversals = [found for text in subjects if (found := private_id("rvs", text))]
    for stamp in Stamp.objects.filter(merchant=merchant, id__in=stamps):
        hands[public_id("stp", stamp.id)] = Hand.of(stamp, stamp.source, stamp.location_id)
    for used in Redemption.objects.filter(merchant=merchant, id__in=redemptions):
        hands[public_id("rdm", used.id)] = Hand.of(used, used.source, used.location_id)
    for back in Reversal.objects.filter(merchant=merchant, id__in=reversals):
        hands[public_id("rvs", back.id)] = Hand.of(back, "", None)
    undone = {
        public_id("stp", stamp_id)
        for stamp_id in Stamp.objects.filter(merchant=merchant, reverses_id__in=stamps).values_list(
            "reverses_id", flat=True
        )
        if stamp_id
    } | {
        public_id("rdm", redemption_id)
        for redemption_id in Reversal.objects.filter(merchant=merchant, redemption_id__in=redemptions).values_list(
            "redemption_id", flat=True
        )
    }
    return _Rows(hands, undone)
