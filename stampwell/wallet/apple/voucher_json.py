"""What a voucher's own pass says: a coupon."""

from collections.abc import Iterator

from stampwell.wallet.apple.pass_file import Field, FieldGroups
from stampwell.wallet.apple.pass_json import (
    Ends,
    contact_of,
    date_field,
    named_field,
    number_field,
    privacy_of,
    write_pass,
)
from stampwell.wallet.apple.pass_texts import Wording
from stampwell.wallet.apple.signature import PassIdentity
from stampwell.wallet.look.card_pass import VoucherPass


def write_voucher(identity: PassIdentity, shown: VoucherPass, wording: Wording) -> bytes:
    """pass.json of the voucher as it stands now; used, expired or withdrawn it is void."""
    ends = Ends(is_over=shown.is_over, first=shown.voucher.expires, whole=shown.voucher.expires)
    return write_pass(identity, shown, wording, ends, coupon=_fields(shown, wording))


def _fields(shown: VoucherPass, wording: Wording) -> FieldGroups:
    keys = wording.keys
    last = shown.voucher.last_moment
    return FieldGroups(
        header_fields=[named_field("state", wording, keys["state"])],
        primary_fields=[named_field("reward", wording, keys["reward"])],
        secondary_fields=[date_field("use_by", keys["label.use_by"], last)] if last else [],
        auxiliary_fields=[named_field("program", wording, keys["program"])],
        back_fields=list(_back(shown, wording)),
    )


def _back(shown: VoucherPass, wording: Wording) -> Iterator[Field]:
    if "what" in wording.keys:
        yield named_field("what", wording, wording.keys["what"])
    if shown.short_number:
        yield number_field(wording, shown.short_number)
    if shown.voucher.web_url:
        yield named_field("web", wording, shown.voucher.web_url)
    if contact := contact_of(shown.face):
        yield named_field("contact", wording, contact)
    yield from privacy_of(shown.face, wording)
