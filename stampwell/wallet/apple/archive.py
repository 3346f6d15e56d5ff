"""The file of a pass: a zip of stored entries, of which all but three are prepared once and used again.

Deflating the pictures anew would cost more than the signature. There are no data descriptors: Java's
readers refuse them on stored entries. Times are fixed, so the same content makes the same bytes.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from stampwell.wallet.apple.signature import PassIdentity

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL_START = struct.Struct("<4sHHHHHHIIIHHHHHI")
_OFFSET = struct.Struct("<I")
_END = struct.Struct("<4sHHHHIIH")
_VERSION, _STORED, _DEFLATED = 20, 0, 8
_TIME, _DATE = 0, 0x21  # 1 January 1980, the first day that a zip file knows
_FILE_MODE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class PackedFiles:
    """Some entries of a pass, ready to be copied into its zip: their bytes, directory and manifest lines."""

    content: bytes
    directory: tuple[tuple[bytes, int, bytes], ...]  # before the offset, the offset in content, after it
    manifest: bytes  # "name":"sha1", separated by commas


def pack_files(files: Mapping[str, bytes]) -> PackedFiles:
    """Packs the files as they are; pictures are compressed already."""
    return _pack([(name, data, data, _STORED) for name, data in files.items()])


def pack_texts(files: Mapping[str, bytes]) -> PackedFiles:
    """Packs the files deflated, which is worth it for what is packed once and sent often."""
    return _pack([(name, data, _deflate(data), _DEFLATED) for name, data in files.items()])


@dataclass(frozen=True)
class UnsignedPass:
    """All of a pass but its signature."""

    parts: tuple[PackedFiles, ...]
    manifest: bytes

    @cached_property
    def digest(self) -> bytes:
        """Changes with anything that the pass says or shows, and with nothing else."""
        return hashlib.sha256(self.manifest).digest()


def assemble_pass(pass_json: bytes, prepared: Iterable[PackedFiles]) -> UnsignedPass:
    """The prepared files with the pass.json of this card."""
    parts = (*prepared, pack_files({"pass.json": pass_json}))
    return UnsignedPass(parts, b"{" + b",".join(part.manifest for part in parts if part.manifest) + b"}")


def sign_pass(identity: PassIdentity, unsigned: UnsignedPass) -> bytes:
    """The file: with the manifest and its signature, made at this moment."""
    manifest = unsigned.manifest
    return _join([*unsigned.parts, pack_files({"manifest.json": manifest, "signature": identity.sign(manifest)})])


def _pack(entries: Iterable[tuple[str, bytes, bytes, int]]) -> PackedFiles:
    content: list[bytes] = []
    directory: list[tuple[bytes, int, bytes]] = []
    lines: list[str] = []
    offset = 0
    for name, data, stored, method in entries:
        # Names are our own: ASCII, no quotes, so the manifest line needs no escaping.
        path = name.encode("ascii")
        sizes = (zlib.crc32(data), len(stored), len(data), len(path), 0)
        head = _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, method, _TIME, _DATE, *sizes)
        content += (head, path, stored)
        directory.append((_directory_start(method, sizes), offset, path))
        lines.append(f'"{name}":"{hashlib.sha1(data, usedforsecurity=False).hexdigest()}"')
        offset += len(head) + len(path) + len(stored)
    return PackedFiles(b"".join(content), tuple(directory), ",".join(lines).encode())


def _directory_start(method: int, sizes: tuple[int, int, int, int, int]) -> bytes:
    made_by = _VERSION | 3 << 8  # Unix, so that the file mode means something
    start = (b"PK\x01\x02", made_by, _VERSION, 0, method, _TIME, _DATE, *sizes)
    return _CENTRAL_START.pack(*start, 0, 0, 0, _FILE_MODE)


def _join(parts: list[PackedFiles]) -> bytes:
    pieces = [part.content for part in parts]
    start, entries, length = 0, 0, 0
    directory: list[bytes] = []
    for part in parts:
        for before, offset, path in part.directory:
            directory += (before, _OFFSET.pack(start + offset), path)
            length += len(before) + 4 + len(path)
            entries += 1
        start += len(part.content)
    end = _END.pack(b"PK\x05\x06", 0, 0, entries, entries, length, start, 0)
    return b"".join([*pieces, *directory, end])


def _deflate(data: bytes) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeeze.compress(data) + squeeze.flush()
