"""Writing the rows of an archive into the tables. They belong to its shop, whatever they say."""

from uuid import UUID

import msgspec
from django.db import connection
from msgspec import UNSET, UnsetType

from stampwell.brought.secrets import seal_secrets
from stampwell.cards.describing import CardFacts
from stampwell.events.packing import pack
from stampwell.moving import parts
from stampwell.moving.foreign import refuse_ids_of_others
from stampwell.moving.form import Manifest, Shop, bytes_told, tell_bytes
from stampwell.moving.trouble import MoveTrouble
from stampwell.tokens import seal
from stampwell.transactions import Statements
from stampwell.vouchers.describing import VoucherFacts

_PNG = b"\x89PNG\r\n\x1a\n"
_COLUMNS = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
_INSERT = """
    INSERT INTO {table} ({columns}) SELECT {values} FROM json_populate_recordset(NULL::{table}, %(rows)s::json)
"""
_INSERT_SECRETS = """
    INSERT INTO brought_secret (id, merchant_id, sealed)
    SELECT one.id, %s, one.sealed FROM unnest(%s::uuid[], %s::bytea[]) AS one (id, sealed)
"""


class _SecretLine(msgspec.Struct, frozen=True):
    kind: str
    id: UUID
    issues: dict[int, dict[str, str]]


class _StampData(msgspec.Struct, frozen=True):
    count: int


class _EventData(msgspec.Struct, frozen=True):
    """What the pages and the API read of an event; no row that they cannot read is written."""

    card: CardFacts | UnsetType = UNSET
    voucher: VoucherFacts | UnsetType = UNSET
    vouchers_issued: list[VoucherFacts] | UnsetType = UNSET
    vouchers_recalled: list[VoucherFacts] | UnsetType = UNSET
    stamp: _StampData | UnsetType = UNSET


def columns_of(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, (table,))
        return {name for (name,) in cursor.fetchall()}


def insert(tx: Statements, manifest: Manifest, part: str, lines: list[bytes]) -> None:
    """The rows of one member."""
    match part:
        case parts.PEOPLE:
            pass
        case parts.SECRETS:
            _insert_secrets(tx, [msgspec.json.decode(line, type=_SecretLine) for line in lines])
        case _:
            _insert_rows(tx, manifest, part, lines)


def _insert_secrets(tx: Statements, lines: list[_SecretLine]) -> None:
    refuse_ids_of_others(tx, [line.id for line in lines])
    sealed = [seal_secrets({issue: _read_secrets(secrets) for issue, secrets in line.issues.items()}) for line in lines]
    tx.write(_INSERT_SECRETS, (tx.merchant_id, [line.id for line in lines], sealed))


def _read_secrets(secrets: dict[str, str]) -> dict[str, bytes]:
    return {purpose: bytes.fromhex(secret) for purpose, secret in secrets.items()}


def _insert_rows(tx: Statements, manifest: Manifest, table: str, lines: list[bytes]) -> None:
    values = {column: _value(table, column) for column in manifest.parts[table].columns}
    if table == parts.SHOP:
        values |= {"id": "%(shop)s", "deleting": "now()"}
        lines = [_as_named(line, manifest.shop) for line in lines]
    else:
        values["merchant_id"] = "%(shop)s"
    columns = ", ".join(f'"{column}"' for column in values)
    sql = _INSERT.format(table=table, columns=columns, values=", ".join(values.values()))
    rows = b"[" + b",".join(_kept(table, line) for line in lines) + b"]"
    tx.write(sql, {"shop": tx.merchant_id, "rows": rows.decode()})


def _value(table: str, column: str) -> str:
    if column == "issue" and table in parts.WITH_SECRETS:
        return "~issue"  # as `brought.secrets` marks what was brought
    return parts.BEGINS_AS.get((table, column), f'"{column}"')


def _as_named(line: bytes, shop: Shop) -> bytes:
    """The name in links is the one that was found free."""
    return msgspec.json.encode(msgspec.json.decode(line, type=dict[str, msgspec.Raw]) | {"slug": shop.slug})


def _kept(table: str, line: bytes) -> bytes:
    """As it lies in our tables: sealed under our key, or packed."""
    column = parts.SEALED.get(table) or parts.PACKED.get(table) or parts.PICTURES.get(table)
    if column is None:
        return line
    row = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    if table in parts.PACKED:
        msgspec.json.decode(row[column], type=_EventData)
        kept = pack(bytes(row[column]))
    elif table in parts.SEALED:
        kept = seal(bytes_told(row[column]))
    else:
        kept = _require_picture(bytes_told(row[column]))
    return msgspec.json.encode(row | {column: tell_bytes(kept)})


def _require_picture(content: bytes) -> bytes:
    """Browsers are told that it is one."""
    if not content.startswith(_PNG):
        raise MoveTrouble("The archive holds a picture that is none of ours.")
    return content
