"""The code of a voucher that a connected till asks us about: ten signs drawn by lot, and one that checks them.

The letters are those of Crockford's base 32, which has no I, L, O and U; where somebody types I, L or O, the digits are
meant that they look like. The last sign is Crockford's own, the remainder by 37: it notices one wrong sign, and two
neighbours that changed places. Five of the 37 are no letters, and not every barcode holds them: a code that would need
one is not drawn, nor one that begins with R, as receipt codes do. What is left are 49 bits, so whoever tries many of
them waits (`counter.guessing`).
"""

import re
import secrets
from collections.abc import Callable
from uuid import UUID

import msgspec

from stampwell.check_signs import LETTERS, check_sign
from stampwell.languages.typed import plain_code
from stampwell.transactions import Later, Statements
from stampwell.vouchers.finding import VoucherRef
from stampwell.vouchers.refusals import VoucherCodeMistyped

LENGTH = 11
SAMPLE = "7K2M9QXAB4T"  # as long as all are, and with letters as they have; no voucher can have it
_DRAWN = 10  # signs
_READ_AS = str.maketrans("ILO", "110", "-‐‑–.")
_SIGNS = re.compile(f"(?!R)[{LETTERS}]{{{LENGTH}}}")
_FIND = "SELECT id FROM voucher WHERE merchant_id = %s AND api_code = %s"
_TAKEN = "SELECT api_code FROM voucher WHERE merchant_id = %s AND api_code = ANY(%s)"
_IN_USE = "SELECT id FROM reward WHERE merchant_id = %s AND redeem_code_kind = 'api' LIMIT 1"


class _Reward(msgspec.Struct, frozen=True):
    id: UUID


def draw_api_code() -> str:
    while True:
        drawn = "".join(secrets.choice(LETTERS) for _sign in range(_DRAWN))
        if is_api_code(code := drawn + check_sign(drawn)):
            return code


def new_api_codes(tx: Statements, count: int) -> list[str]:
    """So many that no voucher of the shop has; the key of the table says so once more."""
    codes: list[str] = []
    while missing := count - len(codes):
        drawn = {draw_api_code() for _code in range(missing)}.difference(codes)
        codes += drawn.difference(tx.values(str, _TAKEN, (tx.merchant_id, list(drawn))))
    return codes


def read_api_code(text: str) -> str | None:
    """The signs of a code as it was typed, pasted or scanned, however it was grouped; None where it is something else.
    Whether they fit together tells `is_api_code`.
    """
    signs = plain_code(text).upper().translate(_READ_AS)
    return signs if _SIGNS.fullmatch(signs) else None


def is_api_code(signs: str) -> bool:
    return bool(_SIGNS.fullmatch(signs)) and check_sign(signs[:-1]) == signs[-1]


def group_api_code(code: str) -> str:
    """As people read it out and type it: in groups of four, four and three."""
    return " ".join(code[place : place + 4] for place in range(0, len(code), 4))


def has_api_codes(tx: Statements) -> bool:
    """Whether some reward of the shop has such codes, under whatever terms."""
    return tx.exists(_IN_USE, (tx.merchant_id,))


def ask_voucher_by_api_code(tx: Statements, signs: str) -> Callable[[], VoucherRef | VoucherCodeMistyped | None]:
    """What the voucher of this code is; of signs that do not fit together that they are mistyped, where the shop has
    such codes at all. Signs that fit and are no voucher's are None: that may be a guess.
    """
    if is_api_code(signs):
        return tx.later(VoucherRef, _FIND, (tx.merchant_id, signs)).row
    asked: Later[_Reward] = tx.later(_Reward, _IN_USE, (tx.merchant_id,))
    return lambda: VoucherCodeMistyped() if asked.row() else None
