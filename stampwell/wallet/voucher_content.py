"""A voucher as a pass of its own, filled from its rows."""

from uuid import UUID

from msgspec.structs import replace

from stampwell.brought.secrets import remembered
from stampwell.cards.links import card_code
from stampwell.cards.numbers import group_digits
from stampwell.cards.rows import CardRow, read_card
from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.rows import VoucherRow, held_by_nobody, read_voucher, state_at
from stampwell.wallet.content import barcode_kind, face_of, show_voucher, web_service_url
from stampwell.wallet.look.card_pass import VoucherPass
from stampwell.wallet.serials import voucher_pass_token, voucher_serial


@remembered()
def fill_voucher_pass(merchant: Merchant, voucher_id: UUID, *, issue: int | None = None) -> VoucherPass:
    """What the voucher's pass says now; handed out for an earlier `issue` of the voucher it is withdrawn.

    Refuses: NotFound.
    """
    with merchant_transaction(merchant.id) as tx:
        voucher = read_voucher(tx, voucher_id)
        card, _vouchers = read_card(tx, voucher.card_id)
    shown, shown_issue = show_voucher(merchant, voucher), voucher.issue if issue is None else issue
    if not (is_current := shown_issue == voucher.issue):
        shown = replace(shown, web_url="")  # like the card's: the old one opens nothing
    return VoucherPass(
        face=face_of(merchant, voucher.version_id),
        voucher=shown,
        state="void" if merchant.closed else _state(voucher, card, is_current=is_current),
        serial=voucher_serial(voucher.id, shown_issue),
        authentication_token=voucher_pass_token(voucher.id, shown_issue),
        # An old one opens nothing: its card may have gone into another one, which the same issue would open.
        barcode_message=card_code(card.id, card.issue) if is_current else voucher_code(voucher.id, shown_issue),
        short_number=group_digits(card.short_number) if is_current else "",
        barcode=barcode_kind(merchant.id, voucher.version_id),
        web_service_url=web_service_url(merchant),
    )


def _state(voucher: VoucherRow, card: CardRow, *, is_current: bool) -> str:
    return state_at(held_by_nobody(voucher), now()) if is_current and card.state == "active" else "void"
