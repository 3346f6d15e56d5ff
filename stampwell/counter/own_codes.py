"""What a scanned or typed code is that opens no card and no voucher: unknown, mistyped, or another code of the shop."""

import re

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.languages.typed import plain_code, plain_path
from stampwell.merchants.models import Merchant
from stampwell.redeem_codes.formats import barcode_text, code_in_barcode
from stampwell.refusal import Kind, Refusal
from stampwell.transactions import Statements, merchant_reads


class UnknownCode(Refusal):
    code = "unknown_code"
    kind = Kind.NOT_FOUND
    title = _("Unknown code")
    staff_text = _("This code is not one of this shop’s cards or vouchers.")
    customer_text = _("This code is not from this shop.")
    what_to_do = _(
        "Check that the customer opened this shop’s card, then scan again or type the number below the code."
    )
    what_customer_can_do = _("Open your card for this shop and show its code.")


class NumberMistyped(UnknownCode):
    """A typed number that no card of any shop can have: too short, too long, or a slip of the finger."""

    title = _("There is a mistake in the number")
    staff_text = _("A digit in this number is wrong or missing.")
    customer_text = _("A digit in this number is wrong or missing.")
    what_to_do = _("Compare it with the eight digits below the customer’s code and type it again.")


class JoinCodeScanned(UnknownCode):
    """The shop's own poster."""

    title = _("This is the code for new customers")
    staff_text = _("This is the code on the poster: customers use it to get their card.")
    customer_text = _("This code is for getting a card. Your card has a code of its own.")
    what_to_do = _("Let the customer scan it with their own phone. Then scan the code of the card that opens there.")


class TillCodeScanned(UnknownCode):
    """A reward's code that the till reads."""

    title = _("This code is for the till")
    staff_text = _("This is the code of a reward. The till reads it; this scanner does not need it.")
    customer_text = _("This code is for the till.")
    what_to_do = _("Enter it at the till, or scan it with the till’s own scanner.")


class EnrolmentCodeScanned(UnknownCode):
    """A link that makes a device a scanner, a kiosk or an autopilot."""

    title = _("This code connects a device")
    staff_text = _("This code connects another device of the shop. It is not a customer’s card.")
    customer_text = _("This code connects a device of the shop.")
    what_to_do = _("Open it on the device that is to be connected.")


_OTHER_LINK = re.compile(r"/(j|(?:scanner|kiosk|autopilot)/enrol)/([a-z0-9-]{1,40})/\S{1,200}")
# Of every version, and what follows those codes: before its day staff try it, and after it the old one is shown on.
_TILL_CODES = """
    SELECT redeem_code, barcode_template FROM reward WHERE merchant_id = %(merchant)s AND redeem_code <> ''
    UNION SELECT code.value, barcode_template FROM reward, jsonb_each_text(code_by_location) code
    WHERE merchant_id = %(merchant)s
    UNION SELECT s.next_code, r.barcode_template FROM code_successor s JOIN (
        SELECT DISTINCT merchant_id, barcode_template FROM reward
        WHERE merchant_id = %(merchant)s AND redeem_code_kind = 'static'
    ) r ON r.merchant_id = s.merchant_id
    WHERE s.merchant_id = %(merchant)s
    UNION SELECT fallback_code, barcode_template FROM code_pool
    WHERE merchant_id = %(merchant)s AND fallback_code <> ''
"""
_OF_POOLS = "SELECT code FROM pool_code WHERE merchant_id = %s AND code = ANY(%s)"
_TEMPLATES = "SELECT DISTINCT barcode_template FROM code_pool WHERE merchant_id = %s AND barcode_template <> ''"


class _PoolCode(msgspec.Struct, frozen=True):
    code: str


class _Template(msgspec.Struct, frozen=True):
    barcode_template: str


class _TillCode(msgspec.Struct, frozen=True):
    redeem_code: str
    barcode_template: str


def name_own_code(tx: Statements, shop: str, code: str) -> Refusal | None:
    """What a code of this shop is that is neither card nor voucher; staff hold one out by mistake."""
    if link := _OTHER_LINK.fullmatch(plain_path(code)):
        kind, slug = link.groups()
        if slug != shop:
            return None
        return JoinCodeScanned() if kind == "j" else EnrolmentCodeScanned()
    return TillCodeScanned() if _is_till_code(tx, code) else None


def is_till_number(merchant: Merchant, code: str) -> bool:
    """Whether a number that no card can have is a reward's code, which the till reads: the code of a product, say."""
    with merchant_reads(merchant.id) as tx:
        return _is_till_code(tx, code)


def _is_till_code(tx: Statements, code: str) -> bool:
    """However it is written, and also as the barcode that holds more than the code."""
    if "\0" in code:
        return False  # no code has it, and PostgreSQL takes no text with it
    text = plain_code(code).upper()
    of_pools = tx.later(_PoolCode, _OF_POOLS, (tx.merchant_id, sorted({code, text, text.lower()})))
    of_rewards = tx.later(_TillCode, _TILL_CODES, {"merchant": tx.merchant_id})
    templates = tx.later(_Template, _TEMPLATES, (tx.merchant_id,))
    if of_pools.rows() or _is_in_barcode(tx, code, [one.barcode_template for one in templates.rows()]):
        return True
    return any(
        text
        in (
            plain_code(kept.redeem_code).upper(),
            plain_code(barcode_text(kept.barcode_template, kept.redeem_code)).upper(),
        )
        for kept in of_rewards.rows()
    )


def _is_in_barcode(tx: Statements, code: str, templates: list[str]) -> bool:
    """Whether it is a barcode that holds more than a code of a list."""
    held = {inner for template in templates if (inner := code_in_barcode(template, code))}
    written = sorted({form for inner in held for form in (inner, inner.upper(), inner.lower())})
    return bool(written) and bool(tx.rows(_PoolCode, _OF_POOLS, (tx.merchant_id, written)))
