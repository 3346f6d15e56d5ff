"""In which letters a file is written. Found by ourselves: detectors take Latvian 1257 for 1250, without a warning."""

import codecs
from pathlib import Path

ENCODINGS = {
    "utf-8-sig": "Unicode (UTF-8)",
    "utf-16": "Unicode (UTF-16)",
    "utf-16-le": "Unicode (UTF-16, LE)",
    "utf-16-be": "Unicode (UTF-16, BE)",
    "cp1257": "Windows-1257",
    "cp1251": "Windows-1251",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp932": "Shift_JIS (Windows-932)",
}
LIKELY = {"lv": "cp1257", "et": "cp1257", "kk": "cp1251", "uz": "cp1251", "ja": "cp932"}
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BEGINNING, _PIECE = 4000, 1 << 20  # bytes
_MANY = 0.3  # of the letters of most texts in UTF-16 have a zero for one of their two bytes


def find_encoding(file: Path, *, locale: str) -> str:
    """`locale` is the shop's: it says which letters are likely. "" for what is no text at all."""
    with file.open("rb") as stream:
        beginning = stream.read(_BEGINNING)
        for mark, encoding in _MARKS:
            if beginning.startswith(mark):
                return encoding
        reader, is_unicode = codecs.getincrementaldecoder("utf-8")(), True
        piece = beginning
        while piece:
            if b"\0" in piece:
                return _find_wide(beginning)
            is_unicode = is_unicode and _goes_on(reader, piece)
            piece = stream.read(_PIECE)
    return "utf-8-sig" if is_unicode and _goes_on(reader, b"", is_last=True) else LIKELY.get(locale, "cp1252")


def _goes_on(reader: codecs.IncrementalDecoder, piece: bytes, *, is_last: bool = False) -> bool:
    try:
        reader.decode(piece, is_last)
    except UnicodeDecodeError:
        return False
    return True


def _find_wide(beginning: bytes) -> str:
    pairs = max(len(beginning) // 2, 1)
    even, odd = beginning[::2].count(0) / pairs, beginning[1::2].count(0) / pairs
    if max(even, odd) < _MANY or min(even, odd) > 0:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"
