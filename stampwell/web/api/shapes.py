"""What a program may send: types, limits, and nothing beside them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from stampwell.cards.earning import MOST_STAMPS_AT_ONCE
from stampwell.clock import now
from stampwell.customers.contact import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_PHONE,
    Unfit,
    read_birthday,
    read_email,
    read_name,
    read_phone,
)
from stampwell.customers.joining import ContactDetails
from stampwell.ids import wanted_id
from stampwell.languages.patterns import whole
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.programs.limits import MOST_MONEY
from stampwell.refusal import NotFound
from stampwell.vouchers.baskets import Basket
from stampwell.vouchers.discounts import Line
from stampwell.vouchers.returning import Part
from stampwell.web.api.refusals import InvalidRequest


def final(limit: int, told: str | None = None) -> Meta:
    """The document says the limit; what was sent is measured in the form in which it stays, so not by its shape."""
    return Meta(extra_json_schema={"maxLength": limit} | ({"description": told} if told else {}))


# A control character in an identifier is a mistake of the sender; PostgreSQL could not even keep NUL.
_VISIBLE = r"[^\x00-\x1f\x7f]*"
Id = Annotated[str, Meta(description="An id as we gave it.")]
ReceiptId = Annotated[str, whole(_VISIBLE, least=1, most=100, told="The till's receipt; it earns once.")]
ScanKey = Annotated[
    str, whole(_VISIBLE, least=1, most=255, told="Your random name for the scan; the same one counts once.")
]
ExternalId = Annotated[
    str,
    whole(_VISIBLE, least=1, most=200, told="Your own name for it; the same one gives the same card of a program."),
]
Currency = Annotated[str, whole("[A-Z]{3}", most=3)]
Amount = Annotated[int, Meta(ge=1, le=MOST_MONEY, description="Money in minor units: 1250 is 12.50 EUR.")]
Count = Annotated[int, Meta(ge=1, le=MOST_STAMPS_AT_ONCE, description="How many stamps; not together with an amount.")]
Moment = Annotated[
    datetime,
    Meta(tz=True, description="When it happened, if not now: at most 30 days ago. RFC 3339 with a zone."),
]
LONGEST_REASON = 300
Reason = Annotated[str, Meta(min_length=1), final(LONGEST_REASON, "Why, in your words; shown to the owner.")]

LATEST = timedelta(minutes=2)  # clocks of tills are a little wrong
OLDEST = timedelta(days=30)


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a request's body may hold."""


class CustomerAsked(Asked, frozen=True, kw_only=True):
    name: Annotated[str, final(LONGEST_NAME)] = ""
    email: Annotated[str, final(LONGEST_EMAIL)] = ""
    phone: Annotated[str, final(LONGEST_PHONE, "Digits, blanks and + ( ) . / -")] = ""
    birthday: date | None = None


class CardAsked(Asked, frozen=True, kw_only=True):
    program_id: Id
    locale: Annotated[str, Meta(max_length=35, description="The customer's language; else the shop's.")] | None = None
    customer: CustomerAsked | None = None
    external_id: ExternalId | None = None


class PurchaseAsked(Asked, frozen=True, kw_only=True):
    """A number of stamps, or an amount spent; neither means one visit."""

    count: Count | None = None
    amount: Amount | None = None
    currency: Currency | None = None
    receipt_id: ReceiptId | None = None
    location_id: Id | None = None
    override: Annotated[bool, Meta(description="Staff say that this is another purchase within the cooldown.")] = False


class StampAsked(PurchaseAsked, frozen=True, kw_only=True):
    occurred_at: Moment | None = None


ONE_VISIT = StampAsked()


class ScanAsked(PurchaseAsked, frozen=True, kw_only=True):
    code: Annotated[str, Meta(description="What was scanned or typed: a code, a link, eight digits.")]


MOST_LINES = 200


class ReversalAsked(Asked, frozen=True, kw_only=True):
    reason: Reason


class RedemptionReversalAsked(ReversalAsked, frozen=True, kw_only=True):
    """All of it, or a part of what the reward took off: an amount, or what it took off some lines of the basket."""

    amount: Annotated[int, Meta(ge=1, le=MOST_MONEY * MOST_LINES, description="In minor units.")] | None = None
    lines: (
        Annotated[
            list[Annotated[int, Meta(ge=0, lt=MOST_LINES)]],
            Meta(min_length=1, max_length=MOST_LINES, description="Their places in the basket; 0 is the first."),
        ]
        | None
    ) = None


class ExtensionAsked(Asked, frozen=True, kw_only=True):
    expires_at: Annotated[datetime, Meta(tz=True, description="From when on it cannot be used. RFC 3339 with a zone.")]
    reason: Reason


class VoucherAsked(Asked, frozen=True, kw_only=True):
    card_id: Id
    reward_id: Id


Name = Annotated[str, whole(_VISIBLE, least=1, most=100, told="As your till calls it; a reward may name it.")]


class BasketLine(Asked, frozen=True, kw_only=True):
    amount: Annotated[
        int, Meta(ge=0, le=MOST_MONEY, description="What all pieces of it cost together, in minor units.")
    ]
    quantity: Annotated[int, Meta(ge=1, le=10_000)] = 1
    sku: Name | None = None
    category: Name | None = None


class BasketAsked(Asked, frozen=True, kw_only=True):
    lines: Annotated[list[BasketLine], Meta(min_length=1, max_length=MOST_LINES)]
    currency: Currency | None = None
    vouchers: Annotated[
        list[Id], Meta(max_length=MOST_LINES, description="All vouchers that are for this purchase, by their ids.")
    ] = []


class RedemptionAsked(Asked, frozen=True, kw_only=True):
    location_id: Id | None = None
    receipt_id: ReceiptId | None = None
    reservation: Annotated[str, Meta(description="By which your till holds the voucher.")] | None = None
    basket: BasketAsked | None = None


PLAINLY = RedemptionAsked()


class RecoveryAsked(Asked, frozen=True, kw_only=True):
    location_id: Id | None = None


ANYWHERE = RecoveryAsked()


def basket_of(asked: BasketAsked | None) -> Basket | None:
    """Refuses: NotFound."""
    if asked is None:
        return None
    lines = [
        Line(amount=line.amount, quantity=line.quantity, sku=line.sku, category=line.category) for line in asked.lines
    ]
    vouchers = [wanted_id("vch", voucher) for voucher in asked.vouchers]
    return Basket(lines=lines, currency=asked.currency, vouchers=vouchers)


def part_of(asked: RedemptionReversalAsked) -> Part | None:
    """Refuses: InvalidRequest."""
    if asked.amount is None and asked.lines is None:
        return None
    if asked.amount is not None and asked.lines is not None:
        raise InvalidRequest("/lines", "not_together")
    return Part(amount=asked.amount, lines=asked.lines or ())


def reservation_of(text: str) -> UUID:
    """Refuses: InvalidRequest for what is no id of a reservation."""
    try:
        return wanted_id("rsv", text)
    except NotFound:
        raise InvalidRequest("/reservation", "invalid") from None


def check_purchase(asked: PurchaseAsked) -> None:
    """Refuses: InvalidRequest."""
    if asked.count is not None and asked.amount is not None:
        raise InvalidRequest("/amount", "not_together")


def check_moment(moment: datetime | None) -> None:
    """Refuses: InvalidRequest for a time that no clock of a till can have been right about."""
    if moment is None:
        return
    if moment > now() + LATEST:
        raise InvalidRequest("/occurred_at", "in_the_future")
    if moment < now() - OLDEST:
        raise InvalidRequest("/occurred_at", "too_old")


def clean_reason(reason: str) -> str:
    """Refuses: InvalidRequest where nothing is left that a person could read."""
    cleaned = clean_text(reason[:LONGEST_GIVEN])
    if not cleaned:
        raise InvalidRequest("/reason", "too_short")
    if len(cleaned) > LONGEST_REASON:
        raise InvalidRequest("/reason", "too_long", limit=LONGEST_REASON)
    return cleaned


def details_of(asked: CustomerAsked | None, *, today: date) -> ContactDetails:
    """Refuses: InvalidRequest."""
    if asked is None:
        return ContactDetails()
    return ContactDetails(
        name=fit("/customer/name", lambda: read_name(asked.name)),
        email=fit("/customer/email", lambda: read_email(asked.email)),
        phone=fit("/customer/phone", lambda: read_phone(asked.phone)),
        birthday=fit("/customer/birthday", lambda: read_birthday(asked.birthday, today=today)),
    )


def fit[Kept](pointer: str, read: Callable[[], Kept]) -> Kept:
    try:
        return read()
    except Unfit as wrong:
        facts = {"limit": wrong.limit} if wrong.limit else {}
        raise InvalidRequest(pointer, wrong.code, **facts) from None
