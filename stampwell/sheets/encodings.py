"""In which letters a file is written. Found by ourselves: detectors take Latvian 1257 for 1250, without a warning."""

import codecs
import re
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
# Of shops that speak another language with us than their till does.
_LIKELY_IN = {
    "Europe/Riga": "cp1257",
    "Europe/Tallinn": "cp1257",
    "Europe/Vilnius": "cp1257",
    "Europe/Bratislava": "cp1250",
    "Europe/Budapest": "cp1250",
    "Europe/Ljubljana": "cp1250",
    "Europe/Prague": "cp1250",
    "Europe/Warsaw": "cp1250",
    "Europe/Zagreb": "cp1250",
    "Asia/Tokyo": "cp932",
}
# A letter with an accent has plain ones beside it; a Cyrillic word is written without any.
_AMONG_PLAIN = re.compile(rb"(?<=[A-Za-z])[\xa1-\xff]|[\xa1-\xff](?=[A-Za-z])")
_WITHOUT_PLAIN = re.compile(rb"(?<![A-Za-z\xa1-\xff])[\xa1-\xff]{2,}+(?![A-Za-z])")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BEGINNING, _PIECE = 4000, 1 << 20  # bytes
_MANY = 0.3  # of the letters of most texts in UTF-16 have a zero for one of their two bytes


def find_encoding(file: Path, *, locale: str, time_zone: str) -> str:
    """`locale` and `time_zone` are the shop's: they say which letters are likely. "" for what is no text at all."""
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
    if is_unicode and _goes_on(reader, b"", is_last=True):
        return "utf-8-sig"
    return _find_narrow(file, LIKELY.get(locale) or _LIKELY_IN.get(time_zone, "cp1252"))


def _find_narrow(file: Path, likely: str) -> str:
    """Of the encodings with a byte for each letter. In Japanese ones a letter has two, so nothing can be counted."""
    if likely == "cp932":
        return likely
    with file.open("rb") as stream:
        piece = stream.read(_PIECE)
    latin, cyrillic = len(_AMONG_PLAIN.findall(piece)), len(_WITHOUT_PLAIN.findall(piece))
    if cyrillic > latin:
        return "cp1251"
    return "cp1252" if likely == "cp1251" and latin else likely


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
