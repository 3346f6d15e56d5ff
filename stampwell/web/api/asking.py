"""Who asks for what, and where: ids out of paths and bodies, and the place where something happens."""

from functools import lru_cache
from uuid import UUID

import msgspec
from msgspec.structs import replace

from stampwell.events.actors import Actor
from stampwell.ids import wanted_id
from stampwell.languages.offered import match_tag, offered_locales
from stampwell.languages.texts import LanguageNotOffered, clean_text
from stampwell.merchants.access import ApiCaller
from stampwell.merchants.locations import find_location
from stampwell.web.api.refusals import LocationNotAllowed


class ProgramPath(msgspec.Struct, frozen=True):
    program_id: str


class CardPath(msgspec.Struct, frozen=True):
    card_id: str


class CustomerPath(msgspec.Struct, frozen=True):
    customer_id: str


class LocationPath(msgspec.Struct, frozen=True):
    location_id: str


class MergePath(msgspec.Struct, frozen=True):
    merge_id: str


class StampPath(msgspec.Struct, frozen=True):
    stamp_id: str


class VoucherPath(msgspec.Struct, frozen=True):
    voucher_id: str


class RedemptionPath(msgspec.Struct, frozen=True):
    redemption_id: str


class WebhookPath(msgspec.Struct, frozen=True):
    webhook_id: str


class DeliveryPath(msgspec.Struct, frozen=True):
    delivery_id: str


class ExportPath(msgspec.Struct, frozen=True):
    export_id: str


class ImportPath(msgspec.Struct, frozen=True):
    import_id: str


class ReceiptBatchPath(msgspec.Struct, frozen=True):
    batch_id: str


class CodeSuccessorPath(msgspec.Struct, frozen=True):
    successor_id: str


class CodePoolPath(msgspec.Struct, frozen=True):
    pool_id: str


class CodeImportPath(msgspec.Struct, frozen=True):
    pool_id: str
    code_batch_id: str


class ReconciliationPath(msgspec.Struct, frozen=True):
    reconciliation_id: str


class JobPath(msgspec.Struct, frozen=True):
    job_id: str


def actor_at(caller: ApiCaller, location_id: str | None) -> Actor:
    """By whose hand, and at which location. Refuses: NotFound, LocationNotAllowed."""
    if location_id is None:
        return caller.actor
    location = _known_location(caller.merchant.id, wanted_id("loc", location_id))
    if caller.actor.location_id not in (None, location):
        raise LocationNotAllowed
    return replace(caller.actor, location_id=location)


def wanted_locale(wanted: str) -> str:
    """Refuses: LanguageNotOffered."""
    locale = match_tag(wanted)
    if locale is None:
        raise LanguageNotOffered(given=clean_text(wanted)[:20], offered=", ".join(offered_locales()))
    return locale


@lru_cache(maxsize=10_000)
def _known_location(merchant_id: UUID, location_id: UUID) -> UUID:
    """Remembered, for a location is never deleted; an unknown one raises, and so is not remembered."""
    return find_location(merchant_id, location_id).id
