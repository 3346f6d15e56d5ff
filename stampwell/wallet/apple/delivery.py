"""The signed file of a pass as it stands now, and never an older one.

Whoever asks for a pass finds out whether it has changed: content and tag always belong together, so an answer
"not modified" is never wrong, even before the worker has noticed the change.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound, RequestInProgress
from stampwell.transactions import Statements, ask_row, merchant_transaction
from stampwell.vouchers.rows import read_voucher
from stampwell.wallet.apple.archive import UnsignedPass, sign_pass
from stampwell.wallet.apple.changes import Look, give_tags
from stampwell.wallet.apple.current import identity_of, look_at
from stampwell.wallet.apple.handed_out import COLUMNS, FIND, HeldPass
from stampwell.wallet.apple.signature import signing_identity, voucher_identity
from stampwell.wallet.apple.signed_cache import keep_signed
from stampwell.wallet.serials import card_serial, voucher_serial

TRIES = 5


class CurrentPass(msgspec.Struct, frozen=True):
    """The pass as it stands now, not yet signed."""

    held: HeldPass
    tag: int
    changed: datetime
    unsigned: UnsignedPass


class PassRow(msgspec.Struct, frozen=True, kw_only=True):
    """A pass that nobody has looked at yet."""

    id: UUID
    card_id: UUID
    voucher_id: UUID | None = None
    issue: int
    pass_type: str
    serial: str
    shown: bytes = b""
    tag: int = 0
    first_tag: int = 0
    fetched_tag: int = 0
    touched: int = 0
    looked: int = 0
    created: datetime


_AGAIN = f"SELECT {COLUMNS} FROM pass p WHERE p.merchant_id = %s AND p.id = %s"
_FETCHED = "UPDATE pass SET fetched_tag = %s, fetched = %s WHERE merchant_id = %s AND id = %s AND fetched_tag < %s"


def hand_out_card(merchant: Merchant, card_id: UUID) -> bytes:
    """The card's signed .pkpass; from now on it is kept up to date.

    Refuses: NotFound. Raises CertificateProblem where no certificate is configured, or a wrong one.
    """
    pass_type = signing_identity().pass_type
    with merchant_transaction(merchant.id) as tx:
        issue = _issue_of(tx, card_id)
        serial = card_serial(card_id, issue)
        _note(tx, PassRow(id=new_id(), created=now(), card_id=card_id, issue=issue, pass_type=pass_type, serial=serial))
    return _hand_out(merchant, pass_type, serial)


def hand_out_voucher(merchant: Merchant, voucher_id: UUID) -> bytes:
    """One voucher's own signed .pkpass; from now on it is kept up to date, and void when the voucher is used.

    Refuses: NotFound. Raises CertificateProblem.
    """
    pass_type = voucher_identity().pass_type
    with merchant_transaction(merchant.id) as tx:
        voucher = read_voucher(tx, voucher_id)
        serial = voucher_serial(voucher_id, voucher.issue)
        _note(
            tx,
            PassRow(
                id=new_id(),
                created=now(),
                card_id=voucher.card_id,
                voucher_id=voucher_id,
                issue=voucher.issue,
                pass_type=pass_type,
                serial=serial,
            ),
        )
    return _hand_out(merchant, pass_type, serial)


def _issue_of(tx: Statements, card_id: UUID) -> int:
    issue = tx.value(int, "SELECT issue FROM card WHERE merchant_id = %s AND id = %s", (tx.merchant_id, card_id))
    if issue is None:
        raise NotFound
    return issue


def _note(tx: Statements, row: PassRow) -> None:
    """Before its content is read: what happens on the card after that finds the row."""
    tx.insert_or_leave("pass", row)


def _hand_out(merchant: Merchant, pass_type: str, serial: str) -> bytes:
    held = ask_row(HeldPass, FIND, (merchant.id, pass_type, serial))
    assert held is not None, "noted above"
    return sign(current_pass(merchant, held))


def current_pass(merchant: Merchant, held: HeldPass) -> CurrentPass:
    """Refuses: NotFound. Raises CertificateProblem."""
    for _attempt in range(TRIES):
        unsigned = look_at(merchant, held)
        if unsigned.digest == held.shown and held.changed:
            return CurrentPass(held, held.tag, held.changed, unsigned)
        with merchant_transaction(merchant.id) as tx:
            tagged = give_tags(tx, [Look(held, unsigned.digest)])
        if tagged:
            return CurrentPass(held, tagged[0].tag, tagged[0].changed, unsigned)
        held = _read_again(merchant, held)  # somebody else saw the change first
    raise RequestInProgress


def sign(current: CurrentPass) -> bytes:
    """The file, byte for byte the same each time while nothing changes. Raises CertificateProblem."""
    identity = identity_of(current.held)
    key = (identity.certificate.serial_number, current.held.id, current.unsigned.digest)
    return keep_signed(key, lambda: sign_pass(identity, current.unsigned))


def note_fetched(merchant_id: UUID, current: CurrentPass) -> None:
    """A phone has this version now."""
    with merchant_transaction(merchant_id) as tx:
        tx.write(_FETCHED, (current.tag, now(), merchant_id, current.held.id, current.tag))


def _read_again(merchant: Merchant, held: HeldPass) -> HeldPass:
    with merchant_transaction(merchant.id) as tx:
        again = tx.row(HeldPass, _AGAIN, (merchant.id, held.id))
    if again is None:
        raise NotFound
    return again
