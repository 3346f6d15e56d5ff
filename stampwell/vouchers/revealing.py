"""Showing a voucher's redeem code at the till: a recorded act with a countdown, after which it counts as used."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec.structs import replace

from stampwell.clock import now
from stampwell.events.actors import CUSTOMER, Actor
from stampwell.events.recording import record
from stampwell.merchants.locations import find_location
from stampwell.merchants.models import Merchant
from stampwell.programs.code_successors import Successors, ask_successors
from stampwell.programs.terms import RewardTerms, terms_of
from stampwell.redeem_codes.formats import barcode_text
from stampwell.redeem_codes.rows import read_pool
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.describing import describe_voucher
from stampwell.vouchers.issuing import VoucherEvent
from stampwell.vouchers.redeeming import why_not_redeem
from stampwell.vouchers.refusals import NoCodeLeft, WrongPath
from stampwell.vouchers.rows import VoucherRow, ask_to_lock_voucher
from stampwell.vouchers.till_codes import CodeToShow, code_shown, code_to_show


class Revealed(msgspec.Struct, frozen=True):
    """`code` is for people to type, `barcode` for the till to read."""

    code: str
    barcode: str
    format: str
    until: datetime


def reveal_code(merchant: Merchant, voucher_id: UUID, *, location_id: UUID | None = None) -> Revealed:
    """Shows the code for the length of the countdown; asked again within it, the same code and the same end.

    `location_id` is where the customer says to be, for tills that know different codes. A code that all are shown may
    have a successor: the clock of this moment, after the voucher is held, says which of them is shown.

    Where each voucher has a code of its own, it is handed out here at the latest, with the reveal or not at all; a
    voucher for which none is left waits for the next one.

    Refuses as `redeem_voucher` does, WrongPath where the reward has no redeem code, or one that the till asks us about,
    WhereNeeded, NoCodeLeft, and NotFound for a location of somebody else.
    """
    actor = replace(CUSTOMER, location_id=find_location(merchant.id, location_id).id) if location_id else CUSTOMER
    with merchant_transaction(merchant.id) as tx:
        locked, successors = ask_to_lock_voucher(tx, voucher_id), ask_successors(tx)
        voucher = locked.row()
        if voucher is None:
            raise NotFound
        at = now()
        reward = terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id)
        if reward.path != "redeem_code" or reward.redeem_code_kind == "api":
            raise WrongPath
        if voucher.revealed and voucher.reserved_until and at < voucher.reserved_until:
            return _revealed(tx, reward, code_shown(tx, voucher, reward), voucher.reserved_until)
        if refusal := why_not_redeem(tx, merchant, voucher, reward, actor, at):
            raise refusal
        reward = Successors(successors.rows()).reward_at(reward, at)
        shown = code_to_show(tx, merchant, voucher, reward, at, location_id=location_id)
        if shown is not None:
            until = at + timedelta(minutes=reward.countdown_minutes)
            _write_reveal(tx, voucher, shown, at, until, actor)
            return _revealed(tx, reward, shown.code, until)
    raise NoCodeLeft  # that the voucher waits is written by now


def _revealed(tx: Statements, reward: RewardTerms, code: str, until: datetime) -> Revealed:
    """The codes of a list are drawn as that says now, whatever it said when the reward was written."""
    code_format, template = reward.redeem_code_format, reward.barcode_template
    if reward.pool_id:
        pool = read_pool(tx, reward.pool_id)
        code_format, template = pool.format, pool.barcode_template
    return Revealed(code=code, barcode=barcode_text(template, code), format=code_format, until=until)


def _write_reveal(
    tx: Statements, voucher: VoucherRow, shown: CodeToShow, at: datetime, until: datetime, actor: Actor
) -> None:
    of_many = None if shown.is_own else shown.code
    tx.write(
        "UPDATE voucher SET state = 'reserved', revealed = %s, reserved_until = %s, due = %s, waits_since = NULL,"
        " reservation_id = NULL, shown_code = %s"
        " WHERE merchant_id = %s AND id = %s AND state = %s",
        (at, until, until, of_many, tx.merchant_id, voucher.id, voucher.state),
    )
    revealed = replace(
        voucher, state="reserved", revealed=at, reserved_until=until, reservation_id=None, shown_code=of_many
    )
    data = VoucherEvent(describe_voucher(tx, revealed, at=at))
    record(tx, "voucher.revealed", data, at=at, actor=actor, card_id=voucher.card_id, voucher_id=voucher.id)
