"""What a voucher's own pass says: a coupon."""

from collections.abc import Iterator

import msgspec
from msgspec import UNSET

from stampwell.wallet.apple.content import (
    barcode_of,
    check_secrets,
    contact_of,
    date_field,
    last_day,
    locations_of,
    named_field,
    number_field,
    to_the_second,
    web_service,
)
from stampwell.wallet.apple.localizing import Wording
from stampwell.wallet.apple.pass_file import Field, FieldGroups, PassFile
from stampwell.wallet.apple.signing import PassIdentity
from stampwell.wallet.card_pass import VoucherPass
from stampwell.wallet.colours import rgb
from stampwell.wallet.design import palette_of
from stampwell.wallet.logos import is_wide_logo
from stampwell.wallet.wording import cut_line

_encode = msgspec.json.Encoder().encode


def write_voucher(identity: PassIdentity, shown: VoucherPass, wording: Wording) -> bytes:
    """pass.json of the voucher as it stands now; used, expired or withdrawn it is void and shows no code."""
    check_secrets(shown)
    face, palette, ends = shown.face, palette_of(shown.face.design), shown.voucher.expires
    service = web_service(identity, shown)
    return _encode(
        PassFile(
            format_version=1,
            pass_type_identifier=identity.pass_type,
            team_identifier=identity.team,
            serial_number=shown.serial,
            organization_name=cut_line(face.organisation),
            description=wording.keys["description"],
            logo_text=UNSET if is_wide_logo(face.design.logo) else cut_line(face.organisation),
            foreground_color=rgb(palette.foreground),
            background_color=rgb(palette.background),
            label_color=rgb(palette.label),
            coupon=_fields(shown, wording),
            barcodes=UNSET if shown.is_over else [barcode_of(shown)],
            web_service_url=service,
            authentication_token=shown.authentication_token if service else UNSET,
            locations=UNSET if shown.is_over else locations_of(face, wording),
            relevant_dates=UNSET if shown.is_over else last_day(face, ends),
            expiration_date=to_the_second(ends) if ends else UNSET,
            voided=True if shown.is_over else UNSET,
            sharing_prohibited=True,
        )
    )


def _fields(shown: VoucherPass, wording: Wording) -> FieldGroups:
    keys = wording.keys
    ends = shown.voucher.expires
    return FieldGroups(
        header_fields=[named_field("state", wording, keys["state"])],
        primary_fields=[named_field("reward", wording, keys["reward"])],
        secondary_fields=[date_field("use_by", keys["label.use_by"], ends)] if ends else [],
        auxiliary_fields=[named_field("program", wording, keys["program"])],
        back_fields=list(_back(shown, wording)),
    )


def _back(shown: VoucherPass, wording: Wording) -> Iterator[Field]:
    if "what" in wording.keys:
        yield named_field("what", wording, wording.keys["what"])
    yield number_field(wording, shown.short_number)
    if shown.voucher.web_url:
        yield named_field("web", wording, shown.voucher.web_url)
    if contact := contact_of(shown.face):
        yield named_field("contact", wording, contact)
