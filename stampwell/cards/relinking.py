"""New links, codes and a number for a card: whatever opened it or its vouchers before opens nothing any more."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.brought.secrets import plain_issue
from stampwell.cards.links import card_code, card_token
from stampwell.cards.numbers import new_short_number
from stampwell.cards.rows import CardRow
from stampwell.clock import new_id
from stampwell.tokens import secret_hash
from stampwell.transactions import Statements
from stampwell.vouchers.links import voucher_code, voucher_token
from stampwell.vouchers.relinking import LinkedVoucher, newest_issue, relink_vouchers


class _ReplacedRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    card_id: UUID
    voucher_id: UUID | None = None
    issue: int
    short_number: str = ""
    code_hash: bytes
    token_hash: bytes
    replaced: datetime


# A number that another card is given at the same moment is refused by the key of the table, and the step is begun anew
# by whoever sent it: one in ten million.
_RELINK = """
    UPDATE card SET issue = %(issue)s, short_number = %(number)s, code_hash = %(code)s, token_hash = %(token)s,
        revision = %(revision)s, changed = %(at)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s AND NOT EXISTS (
        SELECT FROM card WHERE merchant_id = %(merchant)s AND short_number = %(number)s
    )
    RETURNING 1
"""


def relink_card(tx: Statements, lost: CardRow, *, at: datetime) -> CardRow:
    """The card, which the caller has locked, and all its vouchers get new links; the card as it is from now on."""
    card = _write_new_links(tx, lost, at=at)
    replaced = relink_vouchers(tx, card.id, issue=card.issue)
    _keep_old_links(tx, lost, replaced, at=at)
    return card


def _write_new_links(tx: Statements, lost: CardRow, *, at: datetime) -> CardRow:
    """The card as it is from now on."""
    issue = max(plain_issue(lost.issue), newest_issue(tx, lost.id)) + 1
    while True:
        card = msgspec.structs.replace(lost, issue=issue, short_number=new_short_number(), revision=lost.revision + 1)
        facts = {
            "merchant": tx.merchant_id,
            "id": card.id,
            "issue": card.issue,
            "number": card.short_number,
            "code": secret_hash(card_code(card.id, card.issue)),
            "token": secret_hash(card_token(card.id, card.issue)),
            "revision": card.revision,
            "at": at,
        }
        if tx.exists(_RELINK, facts):
            return card


def _keep_old_links(tx: Statements, lost: CardRow, vouchers: list[LinkedVoucher], *, at: datetime) -> None:
    """So that whoever comes with one hears that the card was moved."""
    own = _ReplacedRow(
        id=new_id(),
        card_id=lost.id,
        issue=lost.issue,
        short_number=lost.short_number,
        code_hash=secret_hash(card_code(lost.id, lost.issue)),
        token_hash=secret_hash(card_token(lost.id, lost.issue)),
        replaced=at,
    )
    tx.insert("replaced_link", own)
    for voucher in vouchers:
        of_voucher = _ReplacedRow(
            id=new_id(),
            card_id=lost.id,
            voucher_id=voucher.id,
            issue=voucher.issue,
            code_hash=secret_hash(voucher_code(voucher.id, voucher.issue)),
            token_hash=secret_hash(voucher_token(voucher.id, voucher.issue)),
            replaced=at,
        )
        tx.insert("replaced_link", of_voucher)
