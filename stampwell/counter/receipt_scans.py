"""A receipt code that is scanned at the counter: it is for the customer's own phone, and staff are told what it is."""

import re
from datetime import datetime
from typing import Literal

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.counter.own_codes import UnknownCode
from stampwell.ids import public_id
from stampwell.languages.typed import plain_path
from stampwell.merchants.models import Merchant
from stampwell.receipts.finding import FoundCode, find_code
from stampwell.receipts.rows import ReceiptBatchRow

_LINK = re.compile(r"/r/([a-z0-9-]{1,40})/[^/]{1,200}")


class ReceiptCodeScanned(UnknownCode):
    """Where nobody can be asked what was meant: at a device without staff, and among scans that come later."""

    code = "receipt_code_scanned"
    title = _("This is a receipt code")
    staff_text = _("Customers scan receipt codes with their own phone.")
    customer_text = staff_text
    what_to_do = _("Give it to the customer, who scans it with the camera of their own phone.")
    what_customer_can_do = _("Scan it with the camera of your own phone.")


class ScannedReceiptFacts(msgspec.Struct, frozen=True, kw_only=True, tag="receipt_code", tag_field="kind"):
    """A receipt code that can still be claimed, by the customer's own phone; nothing has changed."""

    needs: Literal["card"] = "card"
    program_id: str
    count: int | None
    amount: int | None
    currency: str | None
    receipt_id: str | None
    expires_at: datetime


class ScannedReceipt(msgspec.Struct, frozen=True, kw_only=True):
    batch: ReceiptBatchRow
    facts: ScannedReceiptFacts


def recognise_receipt(merchant: Merchant, code: str) -> FoundCode:
    """Refuses: UnknownCode for the link of another shop, UnknownReceiptCode."""
    link = _LINK.fullmatch(plain_path(code))
    if link and link[1] != merchant.slug:
        raise UnknownCode
    return find_code(merchant, code)


def tell_receipt(found: FoundCode) -> ScannedReceipt:
    """What it is worth; nothing changes. Refuses what `FoundCode.why_not` says."""
    if refusal := found.why_not(now()):
        raise refusal
    batch = found.batch
    facts = ScannedReceiptFacts(
        program_id=public_id("prg", batch.program_id),
        count=batch.count,
        amount=batch.amount,
        currency=batch.currency,
        receipt_id=batch.receipt_id,
        expires_at=batch.expires,
    )
    return ScannedReceipt(batch=batch, facts=facts)
