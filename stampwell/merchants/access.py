"""Who is asking, and what they may do."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

import msgspec

from stampwell.events.actors import Actor
from stampwell.ids import public_id
from stampwell.merchants.models import Merchant, MerchantSlug
from stampwell.tokens import new_secret, secret_hash
from stampwell.transactions import Statements, ask_row, passage


class Scope(StrEnum):
    PROGRAMS_READ = "programs:read"
    PROGRAMS_WRITE = "programs:write"
    CARDS_READ = "cards:read"
    CARDS_WRITE = "cards:write"
    CARDS_LINKS = "cards:links"
    STAMPS_WRITE = "stamps:write"
    STAMPS_OVERRIDE = "stamps:override"
    VOUCHERS_READ = "vouchers:read"
    VOUCHERS_WRITE = "vouchers:write"
    VOUCHERS_REDEEM = "vouchers:redeem"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    LOCATIONS_WRITE = "locations:write"
    EVENTS_READ = "events:read"
    EXPORTS_WRITE = "exports:write"
    EXPORTS_READ = "exports:read"
    IMPORTS_WRITE = "imports:write"
    IMPORTS_READ = "imports:read"
    CODES_WRITE = "codes:write"
    CODES_READ = "codes:read"
    RECONCILIATIONS_WRITE = "reconciliations:write"
    RECONCILIATIONS_READ = "reconciliations:read"
    WEBHOOKS_WRITE = "webhooks:write"
    WEBHOOKS_READ = "webhooks:read"


class ApiCaller(msgspec.Struct, frozen=True):
    merchant: Merchant
    actor: Actor
    scopes: frozenset[str]
    no_guesses_until: datetime | None = None

    @property
    def key_id(self) -> str:
        assert self.actor.api_key_id is not None
        return public_id("key", self.actor.api_key_id)


class _KeyRow(msgspec.Struct):
    key_id: UUID
    scopes: list[str]
    location_id: UUID | None
    no_guesses_until: datetime | None
    id: UUID
    slug: str
    name: str
    locale: str
    currency: str
    time_zone: str
    most_stamps_at_once: int
    most_stamps_with_override: int
    most_stamps_on_card_a_day: int | None
    most_stamps_by_person_a_day: int | None
    most_overrides_by_person_a_day: int | None
    most_stamps_by_device_a_day: int | None
    restoring_needs_manager: bool
    offline_rewards_up_to: int | None
    offline_rewards_in: str
    writes_to_customers: bool
    created: datetime
    closed: datetime | None
    deleting: datetime | None
    stopped_programs: str  # JSON, as the driver is told to leave it
    closed_locations: list[UUID]
    location_zones: str  # as above
    code_turns: str
    takes_old_paper: bool
    own_codes_closed_until: datetime | None


# All columns: one that is left out would take its default, and the merchant would differ from its row.
_COLUMNS = [field.attname for field in Merchant._meta.concrete_fields]
_FIND_KEY = f"""
    SELECT k.id AS key_id, k.scopes, k.location_id, k.no_guesses_until,
        {", ".join(f"m.{column}" for column in _COLUMNS)}
    FROM api_key k JOIN merchant m ON m.id = k.merchant_id
    WHERE k.merchant_id = %s AND k.secret_hash = %s AND k.revoked IS NULL AND m.deleting IS NULL
"""


class ApiKey(msgspec.Struct, frozen=True):
    """`sk_<merchant>_<secret>`, taken apart; nobody has checked yet whether it is valid."""

    slug: str
    merchant_id: UUID
    secret: str


def read_api_key(text: str) -> ApiKey | None:
    """None where the text cannot be a key of any merchant."""
    prefix, _, rest = text.partition("_")
    slug, _, secret = rest.rpartition("_")
    merchant_id = merchant_id_of(slug) if prefix == "sk" and "\0" not in slug else None
    return ApiKey(slug, merchant_id, secret) if merchant_id else None


def find_api_caller(text: str) -> ApiCaller | None:
    """The holder of a key, asked of the database each time: a revoked key stops at once."""
    key = read_api_key(text)
    if key is None:
        return None
    with passage(key.merchant_id):
        row = ask_row(_KeyRow, _FIND_KEY, (key.merchant_id, secret_hash(key.secret)))
    return _caller_of(row) if row else None


def ask_for_caller(tx: Statements, key: ApiKey) -> Callable[[], ApiCaller | None]:
    """The holder, asked for in the packet of whatever is read next; the same question as `find_api_caller`'s."""
    asked = tx.later(_KeyRow, _FIND_KEY, (key.merchant_id, secret_hash(key.secret)))

    def caller() -> ApiCaller | None:
        row = asked.row()
        return _caller_of(row) if row else None

    return caller


def _caller_of(row: _KeyRow) -> ApiCaller:
    merchant = Merchant.from_db("default", _COLUMNS, [getattr(row, column) for column in _COLUMNS])
    merchant.stopped_programs = msgspec.json.decode(row.stopped_programs)
    merchant.location_zones = msgspec.json.decode(row.location_zones)
    merchant.code_turns = msgspec.json.decode(row.code_turns)
    actor = Actor(source="api", location_id=row.location_id, api_key_id=row.key_id)
    return ApiCaller(merchant, actor, frozenset(row.scopes), row.no_guesses_until)


def new_api_key(slug: str) -> tuple[str, bytes]:
    """A fresh key to show once, and the hash to keep."""
    secret = new_secret()
    return f"sk_{slug}_{secret}", secret_hash(secret)


def find_merchant(slug: str) -> Merchant | None:
    merchant_id = merchant_id_of(slug)
    if merchant_id is None:
        return None
    with passage(merchant_id):
        return Merchant.objects.filter(id=merchant_id, deleting__isnull=True).first()  # it may be gone by now


def merchant_id_of(slug: str) -> UUID | None:
    try:
        return _merchant_id_of(slug)
    except MerchantSlug.DoesNotExist:
        return None


@lru_cache(maxsize=10_000)
def _merchant_id_of(slug: str) -> UUID:
    """Remembered, because a slug never changes hands. An unknown slug raises, and an exception is not remembered."""
    return MerchantSlug.objects.get(slug=slug).merchant_id
