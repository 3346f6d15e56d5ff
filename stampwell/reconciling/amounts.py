"""Amounts as tills write them: with signs of money, spaces, a comma or a point, a minus in front or brackets around."""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from stampwell.languages.typed import plain
from stampwell.reconciling.till_times import Unreadable

DecimalSign = Literal[".", ","]
# Whether an amount is what one use of one code took off: "likely" where other rows have to say that amounts of this
# file are meant so, "unsure" where it may be of more than that, or another number.
Sureness = Literal["unsure", "likely", "exact"]
LONGEST = 18  # digits
_WORDS = re.compile(r"[^\W\d_]+\.?")  # of a currency, with the point of its abbreviation
_MONEY = re.compile(r"[^\d.,()\-]+")
_NO_CENTS = re.compile(r"[.,]-+$")  # 45,-
_NUMBER = re.compile(r"\d[\d.,]*|[.,]\d+")


def find_decimal_sign(texts: Iterable[str], *, usual: DecimalSign) -> DecimalSign:
    """Which sign stands before the cents in a whole file; `usual` where nobody can tell."""
    votes = {".": 0, ",": 0}
    for text in texts:
        number = _bare(text)[0]
        last = max(number.rfind("."), number.rfind(","))
        if last < 0:
            continue
        sign = number[last]
        # Three digits behind a single sign may be thousands as well as cents.
        if number.count(sign) == 1 and (len(number) - last - 1 != 3 or len(set(number) & {".", ","}) == 2):
            votes[sign] += 1
    if votes["."] == votes[","]:
        return usual
    return "." if votes["."] > votes[","] else ","


@lru_cache(maxsize=1_000)  # a till gives few discounts, each very often
def read_amount(text: str, *, decimal: DecimalSign, digits: int) -> int:
    """In minor units, of a currency that has `digits` of them. Zero for an empty cell.

    Raises Unreadable, also where the signs between the digits stand in places where nobody puts them.
    """
    number, is_negative = _bare(text)
    if not number:
        return 0
    if not _NUMBER.fullmatch(number):
        raise Unreadable(number)
    whole, _sign, cents = number.partition(decimal)
    grouped = re.split(r"[.,]", whole)
    if decimal in cents or re.search(r"[.,]", cents) or any(len(group) != 3 for group in grouped[1:]):
        raise Unreadable(number)
    if len("".join(grouped)) > LONGEST - digits or len(cents) > LONGEST:
        raise Unreadable(number)
    minor = round(Decimal(f"{''.join(grouped) or '0'}.{cents or '0'}").scaleb(digits))
    return -minor if is_negative else minor


@lru_cache(maxsize=1_000)
def how_sure(text: str, *, digits: int) -> Sureness:
    """Of an amount that can be read, by how it is written alone: without cents it may be in cents."""
    if digits == 0:
        return "exact"
    groups = re.split(r"[.,]", _bare(text)[0])
    if len(groups) == 1:
        return "likely"
    if len(groups[-1]) != 3:
        return "exact"
    # Three digits behind one sign may be thousands as well as cents; behind two they are thousands.
    return "likely" if len(groups) > 2 else "unsure"


def _bare(text: str) -> tuple[str, bool]:
    """The number without its money, and whether it is below nothing."""
    left = _NO_CENTS.sub("", _MONEY.sub("", _WORDS.sub("", plain(text)))).rstrip(".,")
    is_negative = left.startswith(("-", "(")) or left.endswith("-")
    return left.strip("()-").strip(), is_negative
