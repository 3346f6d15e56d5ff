"""How a card at Google waits its turn: noted as changed, leased by whoever sends it, put off when that fails.

Only rows of cards are ever due. What a card can be, by its columns:

    situation   due            leased_until   tries       refusals
    ---------   ------------   ------------   ---------   ---------
    idle        empty          empty          0           0
    due         is past        empty          any         any
    leased      is past        lies ahead     1 or more   any
    tapped      is past        lies ahead     0           0
    failed      lies ahead     empty          1 or more   any
    refused     lies ahead     empty          0           1 or more

"leased" means that the worker is sending the card, "tapped" that a tap on the button is. "failed" means that Google was
busy or denied us, "refused" that Google did not want something of the card. Time alone makes "due" of both, and also
of a card whose lease is over: a lease that is past counts as empty.

`tries` counts the leases since the card was last done, `refusals` how often in a row Google refused it. `changes`
counts what was noted. Whoever has leased the card compares it at the end: if something was noted meanwhile, the card is
due at once. That is the "(due)" in this table of the functions; at "-" the row stays as it is.

    function             idle   due      leased          tapped   failed   refused
    ------------------   ----   ------   -------------   ------   ------   -------
    note_changed_cards   due    due      leased          tapped   failed   due
    note_saved_card      due    due      leased          tapped   failed   refused
    ask_for_card         due    due      leased          due      failed   due
    claim_card           -      leased   -               -        -        -
    write_done           -      -        idle (due)      -        -        -
    wait_after_failure   -      -        failed          -        -        -
    wait_after_refusal   -      -        refused (due)   -        -        -

So a card for which Google was too busy keeps the moment that Google asked for, whatever happens on it. A card that
Google refused is another one after a change, and is sent at once.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import Error, connection

from stampwell.clock import now
from stampwell.transactions import Statements, columns_of, merchant_transaction, merchants_where
from stampwell.wallet.google.states import LONGEST_ANSWER, doubt_card
from stampwell.wallet.google.table import ObjectRow
from stampwell.wallet.whole_shop import Spread

LEASE = timedelta(seconds=60)  # sending a card takes a second or two
LONGEST_PAUSE = timedelta(hours=6)  # before something of a card that Google refused is tried for the last time

_NOTED = """
    due = CASE WHEN refusals > 0 AND tries = 0 THEN %(now)s ELSE coalesce(due, %(now)s) END,
    refusals = 0, changes = changes + 1
"""
_NOTE = f"""
    UPDATE google_object SET {_NOTED}
    WHERE merchant_id = %(merchant)s AND card_id = ANY(%(cards)s) AND kind = 'card'
"""
_NOTE_NEXT = f"""
    UPDATE google_object g SET {_NOTED}
    FROM (
        SELECT id FROM google_object WHERE merchant_id = %(merchant)s AND id > %(after)s AND kind = 'card'
        AND removed IS NULL ORDER BY id LIMIT %(most)s
    ) n
    WHERE g.merchant_id = %(merchant)s AND g.id = n.id RETURNING g.id
"""
_NOTE_AGAIN = f"""
    UPDATE google_object SET {_NOTED}
    WHERE merchant_id = %(merchant)s AND card_id = %(card)s AND kind = 'card' AND removed IS NULL
"""

# A phone that saves a card shows what Google has: that is no change, and what was refused is not tried earlier.
_NOTE_SAVED = """
    UPDATE google_object SET due = coalesce(due, %(now)s), changes = changes + 1
    WHERE merchant_id = %(merchant)s AND id = %(row)s
"""

# Without a try the lease is that of a tap, which ends here.
_ASK_FOR = """
    UPDATE google_object SET due = CASE WHEN tries = 0 THEN %(now)s ELSE coalesce(due, %(now)s) END,
        leased_until = CASE WHEN tries > 0 THEN leased_until END,
        refusals = 0, changes = changes + 1, removed = NULL
    WHERE merchant_id = %(merchant)s AND id = %(row)s
"""

# What lies further ahead than any pause or lease was written while a clock was ahead, and is past.
_IS_READY = """
    (due <= %(now)s OR due > %(furthest)s)
    AND (leased_until IS NULL OR leased_until <= %(now)s OR leased_until > %(longest_lease)s)
"""
_IS_ANY_READY = f"SELECT 1 FROM google_object WHERE merchant_id = %(merchant)s AND {_IS_READY} LIMIT 1"
_MERCHANTS = f"SELECT DISTINCT merchant_id FROM google_object WHERE {_IS_READY}"
_COUNT = f"SELECT count(*) FROM (SELECT 1 FROM google_object WHERE {_IS_READY} LIMIT %(most)s) AS ready"
_CLAIM = f"""
    UPDATE google_object SET leased_until = %(until)s, tries = tries + 1
    WHERE merchant_id = %(merchant)s AND id = (
        SELECT id FROM google_object WHERE merchant_id = %(merchant)s AND {_IS_READY}
        ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING {columns_of(ObjectRow)}
"""
_IS_CHANGED = "changes <> %(changes)s"


def note_changed_cards(tx: Statements, cards: list[UUID]) -> None:
    """Something happened on these cards. Those that stand at Google are due.

    A card that its phone has removed is due as well: what ends on it still has to end at Google.
    """
    tx.write(_NOTE, {"now": now(), "merchant": tx.merchant_id, "cards": cards})


def note_saved_card(tx: Statements, row_id: UUID) -> None:
    """A phone has saved the card, maybe after it had removed it: what was not sent meanwhile is sent now."""
    tx.write(_NOTE_SAVED, {"now": now(), "merchant": tx.merchant_id, "row": row_id})


def send_card_again(merchant_id: UUID, card_id: UUID) -> None:
    """Sends the card whole, with its rewards, though nothing has changed. One that its phone removed stays away."""
    with merchant_transaction(merchant_id) as tx:
        tx.write(_NOTE_AGAIN, {"merchant": merchant_id, "card": card_id, "now": now()})
        doubt_card(tx, card_id)


def ask_for_card(merchant_id: UUID, row: ObjectRow) -> None:
    """Somebody wants the card on a phone: it is sent, even if a phone had removed it."""
    with merchant_transaction(merchant_id) as tx:
        tx.write(_ASK_FOR, {"merchant": merchant_id, "row": row.id, "now": now()})


def merchants_with_due_cards() -> list[UUID]:
    return merchants_where(_MERCHANTS, _moments(now()))


def count_due_cards(*, at_most: int) -> int:
    """Of all merchants. Where nobody can say, as if there were enough: whoever looks finds those that answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, {"most": at_most, **_moments(now())})
            (count,) = cursor.fetchone()
    except Error:
        return at_most
    return int(count)


def claim_card(merchant_id: UUID) -> ObjectRow | None:
    """Leases the card that has been due longest: for a minute nobody else sends it."""
    at = now()
    with merchant_transaction(merchant_id) as tx:
        return tx.row(ObjectRow, _CLAIM, {"merchant": merchant_id, "until": at + LEASE, **_moments(at)})


def extend_lease(merchant_id: UUID, row: ObjectRow) -> None:
    """Another minute."""
    _write(merchant_id, row, "leased_until = %(until)s", {"until": now() + LEASE})


def write_done(merchant_id: UUID, row: ObjectRow) -> None:
    """Nothing more is to be sent, unless something was noted meanwhile."""
    change = f"""
        due = CASE WHEN {_IS_CHANGED} THEN %(now)s::timestamptz END, leased_until = NULL, tries = 0, refusals = 0
    """
    _write(merchant_id, row, change, {"changes": row.changes, "now": now()})


def wait_after_failure(merchant_id: UUID, row: ObjectRow, said: str, *, status: int, again: datetime) -> None:
    """Google was busy or denied us, or the card could not be made."""
    change = """
        due = %(again)s, leased_until = NULL, answered = %(now)s, answer = %(answer)s, answer_status = %(status)s
    """
    facts = {"again": again, "now": now(), "answer": said[:LONGEST_ANSWER], "status": int(status)}
    _write(merchant_id, row, change, facts)


def wait_after_refusal(merchant_id: UUID, row: ObjectRow, *, refusals: int, again: datetime) -> None:
    """Google refused something of it; the very same may be taken later, if Google could not fetch a picture."""
    change = f"""
        due = CASE WHEN {_IS_CHANGED} THEN %(now)s ELSE %(again)s END::timestamptz,
        leased_until = NULL, tries = 0, refusals = %(refusals)s
    """
    _write(merchant_id, row, change, {"changes": row.changes, "now": now(), "again": again, "refusals": refusals})


def _note_next_cards(tx: Statements, after: UUID, most: int) -> list[UUID]:
    facts = {"now": now(), "merchant": tx.merchant_id, "after": after, "most": most}
    return sorted(tx.values(UUID, _NOTE_NEXT, facts))


def _is_any_ready(tx: Statements) -> bool:
    return tx.exists(_IS_ANY_READY, {"merchant": tx.merchant_id, **_moments(now())})


def _moments(at: datetime) -> dict[str, datetime]:
    return {"now": at, "furthest": at + LONGEST_PAUSE + LEASE, "longest_lease": at + 2 * LEASE}


# A shop's name stands in the classes, and these are sent with the first card. The other cards have not changed, and
# nothing is sent for them.
EVERY_CARD = Spread(column="google_after", is_busy=_is_any_ready, mark_next=_note_next_cards)


def _write(merchant_id: UUID, row: ObjectRow, change: str, facts: dict[str, object]) -> None:
    """Of a card that the worker has leased."""
    with merchant_transaction(merchant_id) as tx:
        tx.write(
            f"UPDATE google_object SET {change} WHERE merchant_id = %(merchant)s AND id = %(row)s"
            " AND leased_until IS NOT NULL AND tries > 0",
            {"merchant": merchant_id, "row": row.id, **facts},
        )
