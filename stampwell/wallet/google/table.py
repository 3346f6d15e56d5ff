"""The rows of what stands at Google: noted, claimed and written down, each in a short transaction of its own.

Between them Google is asked, so a worker may be killed at any moment: what it had not written down is sent again.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.transactions import Statements, merchant_transaction, merchants_where
from stampwell.wallet.whole_shop import Spread

LEASE = timedelta(seconds=60)  # how long a claimed card is left alone; sending one takes a second or two
LONGEST_ANSWER = 300  # characters
NOTICE_WINDOW = timedelta(hours=24)
MOST_NOTICES = 3  # Google notifies so often for a pass in a window, and refuses then


class Shown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands at Google, as far as we must know it to change it.

    Of everything: `names`, the fields that Google took last. Of a card: the count, the ready vouchers that the phone
    was told of and, while Google has not taken them, those that it is being told of; the ids of the offers beside it;
    how often the latest change was refused. Of an offer: whether it has ended.
    """

    names: list[str] = []
    balance: str = ""
    ready: list[str] = []
    announcing: list[str] = []
    linked: list[str] = []
    refusals: int = 0
    ended: bool = False


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `google_object`."""

    id: UUID
    subject_id: UUID
    card_id: UUID | None
    object_id: str
    wanted: bytes | None
    sent: bytes | None
    due: datetime | None
    changes: int
    tries: int
    shown: str
    removed: datetime | None

    @property
    def what_is_shown(self) -> Shown:
        return msgspec.json.decode(self.shown, type=Shown)


_COLUMNS = "id, subject_id, card_id, object_id, wanted, sent, due, changes, tries, shown::text AS shown, removed"
_READ = f"SELECT {_COLUMNS} FROM google_object WHERE merchant_id = %s AND "

# One that is being sent, or that Google was too busy for, keeps its moment; what it refused is another change now.
_TOUCH = """
    due = CASE WHEN shown ? 'refusals' AND tries = 0 THEN %(now)s ELSE coalesce(due, %(now)s) END,
    shown = shown - 'refusals', changes = changes + 1
"""

_NOTE = f"""
    UPDATE google_object SET {_TOUCH}
    WHERE merchant_id = %(merchant)s AND card_id = ANY(%(cards)s) AND kind = 'card'
"""

# With no tries behind it, it is being sent by nobody but a tap.
_ASK_FOR = """
    UPDATE google_object SET due = CASE WHEN tries = 0 THEN %(now)s ELSE coalesce(due, %(now)s) END,
        shown = shown - 'refusals', changes = changes + 1, removed = NULL
    WHERE merchant_id = %(merchant)s AND id = %(row)s
"""

_SEND_AGAIN = f"""
    UPDATE google_object SET {_TOUCH}
    WHERE merchant_id = %(merchant)s AND card_id = %(card)s AND kind = 'card' AND removed IS NULL
"""

# Its vouchers and its classes too. Not NULL, which would say that Google does not have it.
_FORGET_SENT = """
    UPDATE google_object SET sent = ''::bytea, wanted = NULL
    WHERE merchant_id = %(merchant)s AND sent IS NOT NULL AND removed IS NULL AND (
        card_id = %(card)s
        OR kind = 'program_class' AND subject_id = (
            SELECT version_id FROM card WHERE merchant_id = %(merchant)s AND id = %(card)s
        )
        OR kind = 'voucher_class' AND subject_id IN (
            SELECT reward_id FROM voucher WHERE merchant_id = %(merchant)s AND card_id = %(card)s
        )
    )
"""

_OFFERS = f"{_READ} card_id = %s AND kind = 'voucher' AND sent IS NOT NULL AND NOT shown ? 'ended' ORDER BY id"

_TAKE_NOTICE = """
    UPDATE google_object SET shown = shown || %(told)s::jsonb,
        notified = array_append(ARRAY(SELECT moment FROM unnest(notified) moment WHERE moment > %(since)s), %(now)s)
    WHERE merchant_id = %(merchant)s AND id = %(row)s
        AND (SELECT count(*) FROM unnest(notified) moment WHERE moment > %(since)s) < %(most)s
    RETURNING id
"""

_NOTE_NEXT = f"""
    UPDATE google_object g SET {_TOUCH}
    FROM (
        SELECT id FROM google_object WHERE merchant_id = %(merchant)s AND id > %(after)s AND kind = 'card'
        AND removed IS NULL ORDER BY id LIMIT %(most)s
    ) n
    WHERE g.merchant_id = %(merchant)s AND g.id = n.id RETURNING g.id
"""
_IS_ANY_DUE = "SELECT 1 FROM google_object WHERE merchant_id = %s AND due <= %s LIMIT 1"

_CLAIM = f"""
    UPDATE google_object SET due = %(until)s, tries = tries + 1
    WHERE merchant_id = %(merchant)s AND id = (
        SELECT id FROM google_object WHERE merchant_id = %(merchant)s AND due <= %(now)s
        ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING {_COLUMNS}
"""

_REMEMBER = """
    INSERT INTO google_object (merchant_id, id, kind, subject_id, card_id, object_id, due, changes, tries, answer,
                               shown, notified)
    VALUES (%s, %s, %s, %s, %s, %s, %s, 0, 0, '', '{}', '{}') ON CONFLICT (merchant_id, object_id) DO NOTHING
"""


def note_changed_cards(tx: Statements, cards: list[UUID]) -> None:
    """Those of the cards that stand at Google are due now; one that is being sent, or waits for another try, later.

    One that a phone has removed is due as well: what ends on it is told all the same.
    """
    tx.write(_NOTE, {"now": now(), "merchant": tx.merchant_id, "cards": cards})


def _note_next(tx: Statements, after: UUID, most: int) -> list[UUID]:
    facts = {"now": now(), "merchant": tx.merchant_id, "after": after, "most": most}
    return sorted(tx.values(UUID, _NOTE_NEXT, facts))


def _is_any_due(tx: Statements) -> bool:
    return tx.exists(_IS_ANY_DUE, (tx.merchant_id, now()))


# A shop's name stands in the classes, which go with the first card; the others are found to be as they were, and
# nothing is sent for them.
EVERY_CARD = Spread(column="google_after", is_busy=_is_any_due, touch_next=_note_next)


def send_card_again(merchant_id: UUID, card_id: UUID) -> None:
    """Due now, and sent whole with its rewards though nothing has changed; one that a phone has removed stays away."""
    facts = {"merchant": merchant_id, "card": card_id, "now": now()}
    with merchant_transaction(merchant_id) as tx:
        tx.write(_SEND_AGAIN, facts)
        tx.write(_FORGET_SENT, facts)


def merchants_with_due_cards() -> list[UUID]:
    return merchants_where("SELECT DISTINCT merchant_id FROM google_object WHERE due <= %s", (now(),))


def claim_card(merchant_id: UUID) -> Standing | None:
    """The card that has been due longest; whoever claims it is left alone with it for a minute."""
    at = now()
    with merchant_transaction(merchant_id) as tx:
        return tx.row(Standing, _CLAIM, {"merchant": merchant_id, "now": at, "until": at + LEASE})


def remember(
    merchant_id: UUID,
    kind: str,
    subject_id: UUID,
    object_id: str,
    *,
    card_id: UUID | None = None,
    due: datetime | None = None,
) -> Standing:
    """The row of this object, made if it is new."""
    with merchant_transaction(merchant_id) as tx:
        tx.write(_REMEMBER, (merchant_id, new_id(), kind, subject_id, card_id, object_id, due))
        row = tx.row(Standing, _READ + "object_id = %s", (merchant_id, object_id))
        assert row is not None, "it was made above"
        return row


def offers_there(merchant_id: UUID, card_id: UUID) -> list[Standing]:
    """The offers of all passes that this card ever was, as long as they have not ended."""
    with merchant_transaction(merchant_id) as tx:
        return tx.rows(Standing, _OFFERS, (merchant_id, card_id))


def write_taken(merchant_id: UUID, row: Standing, digest: bytes, shown: Shown) -> None:
    """Google has taken what this digest stands for."""
    change = "wanted = %s, sent = %s, shown = %s::jsonb, answered = %s, answer = ''"
    _write(merchant_id, row, change, (digest, digest, msgspec.json.encode(shown).decode(), now()))


def write_refused(merchant_id: UUID, row: Standing, digest: bytes, said: str) -> None:
    """Google does not want this."""
    _write(merchant_id, row, "wanted = %s, answered = %s, answer = %s", (digest, now(), said[:LONGEST_ANSWER]))


def write_gone(merchant_id: UUID, row: Standing) -> None:
    """Google does not know what it had taken. Written before it is put there again: what hung on it is gone too."""
    _write(merchant_id, row, "sent = NULL, shown = shown - 'names' - 'linked'", ())


def write_unknown(merchant_id: UUID, row: Standing) -> None:
    """It may stand there in any form: next time it is sent whole."""
    _write(merchant_id, row, "sent = CASE WHEN sent IS NOT NULL THEN ''::bytea END", ())


def write_unsure(merchant_id: UUID, row: Standing, names: list[str]) -> None:
    """An update with these fields may have been taken or not: next time it is sent whatever it is then."""
    shown = {"names": sorted({*row.what_is_shown.names, *names})}
    change = "sent = CASE WHEN sent IS NOT NULL THEN '?'::bytea END, shown = shown || %s::jsonb"
    _write(merchant_id, row, change, (msgspec.json.encode(shown).decode(),))


def write_shown(merchant_id: UUID, row: Standing, shown: Shown) -> None:
    _write(merchant_id, row, "shown = %s::jsonb", (msgspec.json.encode(shown).decode(),))


def take_notice(merchant_id: UUID, row: Standing, ready: list[str]) -> bool:
    """Whether the phone may ring for these vouchers; counted before it rings, so that none is ever left out."""
    at, told = now(), msgspec.json.encode({"announcing": ready}).decode()
    facts = {"merchant": merchant_id, "row": row.id, "now": at, "since": at - NOTICE_WINDOW, "told": told}
    with merchant_transaction(merchant_id) as tx:
        return tx.exists(_TAKE_NOTICE, facts | {"most": MOST_NOTICES})


def keep_claim(merchant_id: UUID, row: Standing) -> None:
    """Whoever claimed it is left alone with it for another minute."""
    _write(merchant_id, row, "due = %s", (now() + LEASE,))


def write_done(merchant_id: UUID, row: Standing) -> None:
    """Nothing more to do, unless something changed on the card meanwhile: then it is due at once."""
    _write(
        merchant_id,
        row,
        "tries = 0, shown = shown - 'refusals', due = CASE WHEN changes = %s THEN NULL ELSE %s::timestamptz END",
        (row.changes, now()),
    )


def write_failed(merchant_id: UUID, row: Standing, said: str, *, again: datetime) -> None:
    """Later again."""
    _write(merchant_id, row, "answered = %s, answer = %s, due = %s", (now(), said[:LONGEST_ANSWER], again))


def write_unfit(merchant_id: UUID, row: Standing, refusals: int, *, again: datetime) -> None:
    """Later again, unless something changed on the card meanwhile: then it is due at once."""
    change = """
        tries = 0, shown = shown || %s::jsonb, due = CASE WHEN changes = %s THEN %s ELSE %s END::timestamptz
    """
    told = msgspec.json.encode({"refusals": refusals}).decode()
    _write(merchant_id, row, change, (told, row.changes, again, now()))


def make_due(merchant_id: UUID, row: Standing) -> None:
    """Somebody asks for the card, so it is sent again also if a phone has removed it.

    One that is being sent, or that Google was too busy for, keeps its moment.
    """
    with merchant_transaction(merchant_id) as tx:
        tx.write(_ASK_FOR, {"merchant": merchant_id, "row": row.id, "now": now()})


def _write(merchant_id: UUID, row: Standing, change: str, values: tuple[object, ...]) -> None:
    with merchant_transaction(merchant_id) as tx:
        tx.write(
            f"UPDATE google_object SET {change} WHERE merchant_id = %s AND id = %s", (*values, merchant_id, row.id)
        )
