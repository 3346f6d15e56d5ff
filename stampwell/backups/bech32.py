"""Bech32 (BIP 173): how age writes its keys."""

LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def decode_bech32(text: str) -> tuple[str, bytes] | None:
    """The kind in small letters and the bytes; None where a letter is wrong."""
    if text not in (text.lower(), text.upper()):
        return None
    kind, one, rest = text.lower().rpartition("1")
    if not (one and kind and len(rest) > 6 and set(rest) <= set(LETTERS) and kind.isascii()):
        return None
    values = [LETTERS.index(letter) for letter in rest]
    if _checksum([*_spread(kind), *values]) != 1:
        return None
    data = _regrouped(values[:-6])
    return None if data is None else (kind, data)


def _spread(kind: str) -> list[int]:
    return [ord(letter) >> 5 for letter in kind] + [0] + [ord(letter) & 31 for letter in kind]


def _checksum(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(GENERATORS):
            check ^= generator if top >> place & 1 else 0
    return check


def _regrouped(values: list[int]) -> bytes | None:
    """From groups of five bits to bytes; what is left over has to be empty."""
    bits, number = 5 * len(values), 0
    for value in values:
        number = number << 5 | value
    left = bits % 8
    if left > 4 or number & (1 << left) - 1:
        return None
    return (number >> left).to_bytes(bits // 8)
