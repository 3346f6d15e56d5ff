"""What a card's pass says: pass.json, field by field."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec import UNSET, UnsetType

from stampwell.wallet.apple.pass_file import Barcode, Field, FieldGroups, Location, PassFile, Span
from stampwell.wallet.apple.pass_texts import Wording
from stampwell.wallet.apple.signature import PassIdentity
from stampwell.wallet.look.card_pass import BarcodeKind, CardFace, CardPass, RewardStep, VoucherPass
from stampwell.wallet.look.colours import rgb
from stampwell.wallet.look.design import palette_of
from stampwell.wallet.look.logo_files import is_wide_logo
from stampwell.wallet.look.phrases import cut_line, cut_text

MOST_PLACES = 10  # Apple reads no more
SHORTEST_SECRET = 16  # characters of a serial number or a token
FORMATS: Mapping[BarcodeKind, str] = {
    "qr": "PKBarcodeFormatQR",
    "code128": "PKBarcodeFormatCode128",
    "pdf417": "PKBarcodeFormatPDF417",
    "aztec": "PKBarcodeFormatAztec",
}
DAY = timedelta(days=1)
_PATH_SAFE = re.compile(r"[A-Za-z0-9._-]+\Z")
_encode = msgspec.json.Encoder().encode


def write_card(identity: PassIdentity, card: CardPass, wording: Wording) -> bytes:
    """pass.json of the card as it stands now."""
    ends = Ends(is_over=card.voided, first=_first_end(card), whole=card.expires)
    return write_pass(identity, card, wording, ends, store_card=_store_card(card, wording))


class Ends(msgspec.Struct, frozen=True, kw_only=True):
    """`first` is when something on the pass ends, `whole` when the pass itself does."""

    is_over: bool
    first: datetime | None
    whole: datetime | None


def write_pass(
    identity: PassIdentity,
    shown: CardPass | VoucherPass,
    wording: Wording,
    ends: Ends,
    *,
    store_card: FieldGroups | UnsetType = UNSET,
    coupon: FieldGroups | UnsetType = UNSET,
) -> bytes:
    """pass.json with one of the two kinds of fields. What is over shows no code, and comes up nowhere by itself."""
    _check_secrets(shown)
    face, palette = shown.face, palette_of(shown.face.design)
    service = _web_service(identity, shown)
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
            store_card=store_card,
            coupon=coupon,
            barcodes=UNSET if ends.is_over else [_barcode_of(shown)],
            web_service_url=service,
            authentication_token=shown.authentication_token if service else UNSET,
            locations=UNSET if ends.is_over else _locations_of(face, wording),
            relevant_dates=UNSET if ends.is_over else _last_day(face, ends.first),
            expiration_date=_to_the_second(ends.whole) if ends.whole else UNSET,
            voided=True if ends.is_over else UNSET,
            sharing_prohibited=True,
        )
    )


def _check_secrets(card: CardPass | VoucherPass) -> None:
    """These come from us alone; a wrong one would make passes that fail in silence, for ever."""
    assert len(card.serial) >= SHORTEST_SECRET, "the serial number is too short to be secret"
    assert _PATH_SAFE.match(card.serial), "the serial number stands in a path"
    assert len(card.authentication_token) >= SHORTEST_SECRET, "Apple wants a token of 16 characters or more"
    assert card.barcode_message.isascii(), "scanners disagree about letters outside ASCII"


def _store_card(card: CardPass, wording: Wording) -> FieldGroups:
    front = _ready_fields(card, wording) if card.ready else _next_fields(card, wording)
    return FieldGroups(
        # The header is all that shows while the card lies in the stack of cards, and the watch has no strip.
        header_fields=[named_field("stamps", wording, f"{card.stamps}/{card.face.goal}")],
        primary_fields=[],
        secondary_fields=front[:1],
        auxiliary_fields=front[1:],
        back_fields=list(_back(card, wording)),
    )


def _ready_fields(card: CardPass, wording: Wording) -> list[Field]:
    ready = named_field("ready", wording, wording.keys["ready"], change_message=_news(card, wording))
    if (last := min((voucher.last_moment for voucher in card.ready if voucher.last_moment), default=None)) is None:
        return [ready, _to_go(card, wording)]
    return [ready, date_field("use_by", wording.keys["label.use_by"], last)]


def _news(card: CardPass, wording: Wording) -> str | UnsetType:
    if card.announces_end:
        return wording.keys["ends_soon"]
    return wording.keys["news"] if card.announces_ready else UNSET


def _first_end(card: CardPass) -> datetime | None:
    return min((voucher.expires for voucher in card.ready if voucher.expires), default=None)


def _next_fields(card: CardPass, wording: Wording) -> list[Field]:
    step = _next_step(card)
    return [named_field("next", wording, wording.keys[f"reward.{step.stamps}"]), _to_go(card, wording)]


def _to_go(card: CardPass, wording: Wording) -> Field:
    return named_field("to_go", wording, str(max(0, _next_step(card).stamps - card.stamps)))


def _next_step(card: CardPass) -> RewardStep:
    steps = card.face.rewards
    return next((step for step in steps if step.stamps > card.stamps), steps[-1])


def _back(card: CardPass, wording: Wording) -> Iterator[Field]:
    yield from _ready_details(card, wording)
    if card.note:
        yield named_field("note", wording, wording.keys["note"])
    yield named_field("program", wording, wording.keys["program"])
    yield named_field("rewards", wording, wording.keys["rewards"])
    yield named_field("round", wording, str(card.round))
    if card.short_number:
        yield number_field(wording, card.short_number)
    if card.history:
        yield named_field("history", wording, cut_text(card.history))
    if card.web_url:
        yield named_field("web", wording, card.web_url)
    if "terms" in wording.keys:
        yield named_field("terms", wording, wording.keys["terms"])
    if contact := contact_of(card.face):
        yield named_field("contact", wording, contact)
    yield from privacy_of(card.face, wording)


def _ready_details(card: CardPass, wording: Wording) -> Iterator[Field]:
    """What to do with each voucher. The field `ready` is never missing: the phone compares by its key."""
    if not card.ready:
        yield named_field("ready", wording, wording.keys["label.none_ready"])
    for place, voucher in enumerate(card.ready):
        name = wording.keys[f"ready.{place}.name"]
        if what := wording.keys.get(f"ready.{place}.what"):
            yield Field(key=f"what_{place}", label=name, value=what)
        if voucher.last_moment:
            yield date_field(f"until_{place}", wording.keys["label.use_by"], voucher.last_moment)


def named_field(key: str, wording: Wording, value: str, *, change_message: str | UnsetType = UNSET) -> Field:
    return Field(key=key, label=wording.keys[f"label.{key}"], value=value, change_message=change_message)


def number_field(wording: Wording, number: str) -> Field:
    """The card's number: eight digits are a telephone number to a phone, which would call it at a tap."""
    return Field(key="number", label=wording.keys["label.number"], value=number, data_detector_types=[])


def date_field(key: str, label: str, moment: datetime) -> Field:
    """The day that this moment has in its own zone, wherever the phone is."""
    value, day, time = _to_the_second(moment), "PKDateStyleMedium", "PKDateStyleNone"
    return Field(key=key, label=label, value=value, date_style=day, time_style=time, ignores_time_zone=True)


def _barcode_of(card: CardPass | VoucherPass) -> Barcode:
    return Barcode(FORMATS[card.barcode], card.barcode_message, "iso-8859-1", card.short_number)


def _web_service(identity: PassIdentity, card: CardPass | VoucherPass) -> str | UnsetType:
    """Only https: a phone refuses anything else. No slash at the end: some readers would double it.

    Plain http stands only in passes of the development chain, which no phone of Apple's opens, for the devices
    that are played by a program.
    """
    allowed = ("https://", "http://") if identity.is_for_development else ("https://",)
    url = card.web_service_url or ""
    return url.rstrip("/") if url.startswith(allowed) else UNSET


def _locations_of(face: CardFace, wording: Wording) -> list[Location] | UnsetType:
    places = [
        Location(spot.latitude, spot.longitude, wording.keys.get(f"place.{place}", UNSET))
        for place, spot in enumerate(face.places[:MOST_PLACES])
    ]
    return places or UNSET


def _last_day(face: CardFace, end: datetime | None) -> list[Span] | UnsetType:
    """The day before something ends. Apple wants places to be named wherever times are."""
    return [Span(_to_the_second(end - DAY), _to_the_second(end))] if end and face.places else UNSET


def contact_of(face: CardFace) -> str:
    return "\n".join(cut_line(address) for address in face.addresses[:MOST_PLACES])


def privacy_of(face: CardFace, wording: Wording) -> Iterator[Field]:
    """The shop's page about itself and its customers' data: the phone opens it at a tap."""
    if face.privacy_url:
        yield named_field("privacy", wording, face.privacy_url)


def _to_the_second(moment: datetime) -> datetime:
    assert moment.tzinfo is not None, "a date in a pass needs its zone"
    return moment.replace(microsecond=0)
