"""The shape of pass.json, key by key as Apple names them: an unknown key would be ignored in silence."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType


class Field(msgspec.Struct, frozen=True, rename="camel"):
    """One field. Every field has a label: a reader drops the rest of the group after one without."""

    key: str  # unique in the whole pass: the phone finds changes by it
    label: str
    value: str | datetime  # numbers go as text: some readers show a JSON number as nothing
    change_message: str | UnsetType = UNSET
    attributed_value: str | UnsetType = UNSET
    text_alignment: str | UnsetType = UNSET
    date_style: str | UnsetType = UNSET
    time_style: str | UnsetType = UNSET
    ignores_time_zone: bool | UnsetType = UNSET
    data_detector_types: list[str] | UnsetType = UNSET  # left out, the phone makes links of what it takes for numbers


class FieldGroups(msgspec.Struct, frozen=True, rename="camel"):
    """The fields of a pass. A stamp card has no primary field: it would lie over the stamps."""

    header_fields: list[Field]
    primary_fields: list[Field]
    secondary_fields: list[Field]
    auxiliary_fields: list[Field]
    back_fields: list[Field]


class Barcode(msgspec.Struct, frozen=True, rename="camel"):
    format: str
    message: str
    message_encoding: str
    alt_text: str


class Location(msgspec.Struct, frozen=True, rename="camel"):
    latitude: float
    longitude: float
    relevant_text: str | UnsetType = UNSET


class Span(msgspec.Struct, frozen=True, rename="camel"):
    """When the phone may show the pass by itself."""

    start_date: datetime
    end_date: datetime


class PassFile(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    format_version: int
    pass_type_identifier: str
    team_identifier: str
    serial_number: str
    organization_name: str
    description: str
    foreground_color: str
    background_color: str
    label_color: str
    store_card: FieldGroups | UnsetType = UNSET
    coupon: FieldGroups | UnsetType = UNSET
    logo_text: str | UnsetType = UNSET
    barcodes: list[Barcode] | UnsetType = UNSET
    web_service_url: str | UnsetType = msgspec.field(name="webServiceURL", default=UNSET)
    authentication_token: str | UnsetType = UNSET
    locations: list[Location] | UnsetType = UNSET
    relevant_dates: list[Span] | UnsetType = UNSET
    expiration_date: datetime | UnsetType = UNSET
    voided: bool | UnsetType = UNSET
    sharing_prohibited: bool | UnsetType = UNSET
