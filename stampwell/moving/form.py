"""How the archive of a shop is built. docs/operating/moving.md describes it for other programs."""

import gzip
import hashlib
import re
import zlib
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.backups.archive import Form
from stampwell.backups.manifest import Member
from stampwell.moving.trouble import MoveTrouble

NUMBER = 1
FIRST, MANIFEST = "stampwell-shop.txt", "manifest.json"
HEADING = "Stampwell shop, form "
MOST_PLAIN = 32 * 1024 * 1024  # of one member, unpacked
_MEMBER = re.compile(r"rows/([a-z_]{1,60})/(\d{7})\.jsonl\.gz")
FORM = Form(
    noun="archive of a shop",
    first=FIRST,
    heading=HEADING,
    number=NUMBER,
    small=re.compile(rf"{re.escape(FIRST)}|{re.escape(MANIFEST)}"),
    parts=_MEMBER,
)


class Shop(msgspec.Struct, frozen=True):
    id: UUID
    slug: str
    name: str


class Part(msgspec.Struct, frozen=True):
    """`columns` are those of the table, with their types in PostgreSQL's words."""

    rows: int
    columns: dict[str, str]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All of it is of one moment. `migrations` say which form of the tables the other installation had."""

    form: int
    made: datetime
    stampwell: str
    migrations: list[str]
    base_url: str
    shop: Shop
    parts: dict[str, Part]
    members: list[Member]


def member_name(part: str, number: int) -> str:
    return f"rows/{part}/{number:07}.jsonl.gz"


def part_of(member: str) -> str:
    found = _MEMBER.fullmatch(member)
    assert found, member
    return found[1]


def pack_lines(lines: list[bytes]) -> bytes:
    return gzip.compress(b"\n".join(lines) + b"\n", compresslevel=3, mtime=0)


def unpack_lines(packed: bytes) -> list[bytes]:
    """Raises MoveTrouble: also for a member that would fill the memory."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(packed, MOST_PLAIN)
    except zlib.error:
        raise MoveTrouble("The archive is damaged: a part of it cannot be unpacked.") from None
    if not unpacker.eof or unpacker.unused_data:
        raise MoveTrouble("The archive holds a part that is larger than any of ours: it was not made by Stampwell.")
    return plain.splitlines()


def bytes_told(raw: msgspec.Raw) -> bytes:
    """Of a column of bytes, as PostgreSQL writes them: hexadecimal behind a mark."""
    return bytes.fromhex(msgspec.json.decode(raw, type=str).removeprefix("\\x"))


def tell_bytes(content: bytes) -> str:
    """As PostgreSQL reads bytes."""
    return "\\x" + content.hex()


def read_manifest(data: bytes) -> Manifest:
    try:
        return msgspec.json.decode(data, type=Manifest, strict=True)
    except msgspec.DecodeError:
        raise MoveTrouble("The archive's manifest cannot be read: it is damaged, or was not made by us.") from None


def archive_name(manifest: bytes) -> str:
    """Of this archive and no other."""
    return hashlib.sha256(manifest).hexdigest()
