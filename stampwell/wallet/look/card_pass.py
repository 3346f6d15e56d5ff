"""What stands on a card in a phone: filled from rows by `content`, read by `apple` and `google`."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

import msgspec

from stampwell.languages.texts import Texts
from stampwell.wallet.look.design import CardDesign

# What the shop's scanners read; the watch shows no Code 128.
type BarcodeKind = Literal["qr", "code128", "pdf417", "aztec"]


class Place(msgspec.Struct, frozen=True):
    """A branch: near it the phone may show the card by itself."""

    latitude: float
    longitude: float
    note: Texts = {}  # what the lock screen says there


class RewardStep(msgspec.Struct, frozen=True):
    """A count of stamps and what it brings."""

    stamps: int
    name: Texts


class ReadyVoucher(msgspec.Struct, frozen=True):
    """A reward that can be used now."""

    name: Texts
    what_to_do: Texts
    expires: datetime | None = None
    last_moment: datetime | None = None  # just before that, on the shop's clock: its day is the last one
    web_url: str = ""
    ends_soon: bool = False  # as its customer was told, or will be today


@dataclass(frozen=True)
class CardFace:
    """What all cards of one program version share. Keep and reuse it: everything drawn hangs on it."""

    merchant_id: str
    program_id: str  # with the version: what is drawn once per program hangs on it
    organisation: str
    program: Texts
    locale: str  # the merchant's: what a reader gets whose language has no text
    goal: int
    rewards: tuple[RewardStep, ...]  # in order of stamps; the last one is the goal
    terms: Texts = field(default_factory=dict)
    design: CardDesign = field(default_factory=CardDesign)
    places: tuple[Place, ...] = ()
    addresses: tuple[str, ...] = ()
    privacy_url: str = ""  # the shop's page about itself and its customers' data

    def __post_init__(self) -> None:
        assert self.rewards, "a card without a reward is no stamp card"

    @cached_property
    def milestones(self) -> tuple[int, ...]:
        return tuple(step.stamps for step in self.rewards)

    @cached_property
    def wording_key(self) -> bytes:
        """Changes with any text of the face."""
        said = (self.organisation, self.program, self.locale, self.rewards, self.terms, self.places)
        return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).digest()


class VoucherPass(msgspec.Struct, frozen=True, kw_only=True):
    """One voucher as a pass of its own, as it stands now."""

    face: CardFace
    voucher: ReadyVoucher
    state: str  # pending, ready, reserved, redeemed, expired, void
    serial: str
    authentication_token: str
    barcode_message: str  # the card's: a picture of it identifies the card and redeems nothing
    short_number: str
    barcode: BarcodeKind = "qr"
    web_service_url: str | None = None

    @property
    def is_over(self) -> bool:
        """Used, expired or withdrawn: the phone puts it away."""
        return self.state in ("redeemed", "expired", "void")


class CardPass(msgspec.Struct, frozen=True, kw_only=True):
    """One card as it stands now."""

    face: CardFace
    serial: str  # unique for ever, at least 16 characters that may stand in a path
    authentication_token: str  # at least 16 characters; neither can change once a phone has the pass
    barcode_message: str  # ASCII: what our scanner reads
    short_number: str  # what a person types
    barcode: BarcodeKind = "qr"
    stamps: int
    round: int = 1
    locale: str = "en"  # the customer's
    ready: tuple[ReadyVoucher, ...] = ()  # the one that ends first on top
    announces_ready: bool = False  # a reward came and none has ended since: the phone may say so
    announces_end: bool = False  # one of them began to end soon, and nothing has come or ended since
    note: Texts = {}  # that no stamps are given now, or until when they are
    history: str = ""  # lines in the customer's language, the newest first
    web_url: str = ""
    web_service_url: str | None = None  # where the phone asks for changes; only https is ever sent to it
    expires: datetime | None = None
    voided: bool = False
    direction: str = "ltr"
