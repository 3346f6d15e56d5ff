"""An event's data as it lies on disk: its JSON, compressed against a text that every event resembles.

Why, and what was measured: docs/developing/why/small-events.md
"""

import zlib
from pathlib import Path
from typing import Any

import msgspec

_WINDOW, _MEMORY, _LEVEL = -13, 6, 3  # without a header and a check sum; more effort would save little for its time

# Common texts by the first byte of what was packed with them. One that was ever used is never changed: nothing that
# was packed with it could be read any more. A better one gets the next number, and the old one stays.
_TEXTS = {1: Path(__file__).with_name("common_text_1.txt").read_bytes()}
_NEWEST = max(_TEXTS)
_MARK = bytes([_NEWEST])
_begun = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, _TEXTS[_NEWEST])


def pack(text: bytes) -> bytes:
    """What to keep of a JSON text."""
    packer = _begun.copy()  # which has read the common text already: a tenth of the time of beginning anew
    return _MARK + packer.compress(text) + packer.flush()


def unpack(packed: bytes) -> bytes:
    """The JSON text again, byte for byte."""
    unpacker = zlib.decompressobj(_WINDOW, zdict=_TEXTS[packed[0]])
    return unpacker.decompress(packed[1:])


def read_packed(packed: bytes) -> dict[str, Any]:
    return msgspec.json.decode(unpack(packed), type=dict[str, Any])
