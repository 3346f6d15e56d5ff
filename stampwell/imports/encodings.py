"""In which letters a file is written. Found by ourselves: detectors take Latvian 1257 for 1250, without a warning."""

import codecs

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
_BEGINNING = 4000  # bytes
_MANY = 0.3  # of the letters of most texts in UTF-16 have a zero for one of their two bytes


def find_encoding(content: bytes, *, locale: str) -> str:
    """`locale` is the shop's: it says which letters are likely. "" for what is no text at all."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    if b"\0" in content:
        return _find_wide(content[:_BEGINNING])
    try:
        content.decode()
    except UnicodeDecodeError:
        return LIKELY.get(locale, "cp1252")
    return "utf-8-sig"


def _find_wide(beginning: bytes) -> str:
    pairs = max(len(beginning) // 2, 1)
    even, odd = beginning[::2].count(0) / pairs, beginning[1::2].count(0) / pairs
    if max(even, odd) < _MANY or min(even, odd) > 0:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"
