"""Which phones want to hear of which passes.

Locks are taken in this order: device, pass, registration.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.requests.limits import TooManyAttempts
from stampwell.transactions import Statements, merchant_transaction
from stampwell.wallet.apple.handed_out import HeldPass
from stampwell.wallet.saved_events import record_removed, record_saved

MOST_DEVICES = 100  # that hold one pass


class ChangedPasses(msgspec.Struct, frozen=True):
    """`last_tag` is what the phone sends back next time."""

    serials: list[str]
    last_tag: int


class RegistrationRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    pass_id: UUID
    device_id: UUID
    registered: datetime
    wanted_tag: int = 0
    pushed_tag: int = 0
    tries: int = 0
    last_answer: str = ""


class _ShownRow(msgspec.Struct, frozen=True):
    card_id: UUID
    voucher_id: UUID | None


class _ChangedRow(msgspec.Struct, frozen=True):
    serial: str
    tag: int


# A row that is there already is locked, and the token that the phone has now takes the place of the old one.
_DEVICE = """
    INSERT INTO device AS d (merchant_id, id, library_id, push_token) VALUES (%s, %s, %s, %s)
    ON CONFLICT (merchant_id, library_id) DO UPDATE SET push_token = EXCLUDED.push_token RETURNING d.id
"""
# The phone may hold an older version than other phones, and its list of changed passes would not name the pass again.
# So a pass that has changed since it was first handed out gets a new tag. This update waits while somebody gives it
# one.
_TOUCH = """
    UPDATE pass SET touched = touched + 1, shown = CASE WHEN tag > first_tag THEN ''::bytea ELSE shown END
    WHERE merchant_id = %s AND id = %s
"""
_REGISTER_AGAIN = """
    UPDATE registration SET registered = %(at)s, tries = 0, due = CASE WHEN tries > 0 THEN %(at)s ELSE due END
    WHERE merchant_id = %(merchant)s AND pass_id = %(held)s AND device_id = %(device)s
"""
# A phone may send a tag that this installation has never given, because a backup was put back since then. Such a phone
# is told of all its passes.
_CHANGED = """
    SELECT p.serial, p.tag FROM device d
    JOIN registration r ON (r.merchant_id, r.device_id) = (d.merchant_id, d.id)
    JOIN pass p ON (p.merchant_id, p.id) = (r.merchant_id, r.pass_id)
    LEFT JOIN wallet_feed f ON f.merchant_id = d.merchant_id
    WHERE d.merchant_id = %(merchant)s AND d.library_id = %(library)s AND p.pass_type = %(type)s
        AND p.tag > CASE WHEN %(since)s > coalesce(f.last_tag, 0) THEN 0 ELSE %(since)s END
    ORDER BY p.tag
"""
_DEVICES = "SELECT count(*) FROM registration WHERE merchant_id = %s AND pass_id = %s"
_HOLD = "SELECT card_id, voucher_id FROM pass WHERE merchant_id = %s AND id = %s FOR NO KEY UPDATE"
_UNREGISTER = "DELETE FROM registration WHERE merchant_id = %s AND pass_id = %s AND device_id = %s RETURNING id"
_FORGET_DEVICE = """
    DELETE FROM device d WHERE d.merchant_id = %s AND d.id = %s
    AND NOT EXISTS (SELECT 1 FROM registration r WHERE r.merchant_id = d.merchant_id AND r.device_id = d.id)
"""


def register_device(merchant_id: UUID, held: HeldPass, library_id: str, push_token: str) -> bool:
    """Whether this is news: the device had not registered this pass before. Refuses: TooManyAttempts."""
    at = now()
    with merchant_transaction(merchant_id) as tx:
        device_id = tx.value(UUID, _DEVICE, (merchant_id, new_id(), library_id, push_token))
        assert device_id is not None, "inserted or updated"
        tx.write(_HOLD, (merchant_id, held.id))
        registration = RegistrationRow(id=new_id(), pass_id=held.id, device_id=device_id, registered=at)
        if tx.insert_new("registration", registration):
            _greet_new_phone(tx, held)
            return True
        tx.write(_REGISTER_AGAIN, {"at": at, "merchant": merchant_id, "held": held.id, "device": device_id})
        return False


def _greet_new_phone(tx: Statements, held: HeldPass) -> None:
    phones = _count_phones(tx, held.id)
    if phones > MOST_DEVICES:  # the holder's token registers any name, and nobody has so many
        raise TooManyAttempts(seconds=86_400)
    tx.write(_TOUCH, (tx.merchant_id, held.id))
    if phones == 1 and not held.voucher_id:
        record_saved(tx, held.card_id, "apple", at=now())


def _count_phones(tx: Statements, pass_id: UUID) -> int:
    return tx.value(int, _DEVICES, (tx.merchant_id, pass_id)) or 0


def changed_passes(merchant_id: UUID, library_id: str, pass_type: str, *, since: int) -> ChangedPasses | None:
    """The device's passes with a later tag than `since`; None where there is none, or no such device."""
    facts = {"merchant": merchant_id, "library": library_id, "type": pass_type, "since": since}
    with merchant_transaction(merchant_id) as tx:
        rows = tx.rows(_ChangedRow, _CHANGED, facts)
    return ChangedPasses([row.serial for row in rows], rows[-1].tag) if rows else None


def unregister_device(merchant_id: UUID, held: HeldPass, library_id: str) -> None:
    """The device no longer hears of this pass; with its last registration it is forgotten."""
    sql = "SELECT id FROM device WHERE merchant_id = %s AND library_id = %s FOR UPDATE"
    with merchant_transaction(merchant_id) as tx:
        if device_id := tx.value(UUID, sql, (merchant_id, library_id)):
            drop_registration(tx, held.id, device_id)


def drop_registration(tx: Statements, pass_id: UUID, device_id: UUID) -> None:
    """The caller holds the device's row. With its last phone the card has left the wallet."""
    shown = tx.row(_ShownRow, _HOLD, (tx.merchant_id, pass_id))
    dropped = tx.exists(_UNREGISTER, (tx.merchant_id, pass_id, device_id))
    tx.write(_FORGET_DEVICE, (tx.merchant_id, device_id))
    if dropped and shown and not shown.voucher_id and not _count_phones(tx, pass_id):
        record_removed(tx, shown.card_id, "apple", at=now())
