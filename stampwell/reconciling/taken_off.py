"""What the till took off for a code, held against what its reward takes off at most. Pure.

Who is accused wrongly is hurt more than who is not told of everything, so nothing is said of an amount that may mean
something else. Less than the reward gives is no fault at all: what was bought cost no more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import msgspec

from stampwell.reconciling.matching import Finding
from stampwell.reconciling.shown import Shown, Use

# A reward may say what it takes off without the tax that the till's report has in it, and tills round to their coins.
TAX_TENTHS, COINS = 3, 10  # tenths of the amount; minor units


def judge_amounts(findings: list[Finding], shown: Iterable[Shown]) -> list[Finding]:
    """The same findings; those that took off more than was promised to anybody who was shown the code say so."""
    most = _most_by_code(shown)
    if not most:
        return findings
    is_so_elsewhere = any(one.use and one.shown and one.use.amount == one.shown.gives for one in findings)
    unseen = Counter((one.shown.key, one.shown.day) for one in findings if one.verdict == "not_used" and one.shown)
    told: set[tuple[int, str]] = set()  # one receipt may explain several that were shown
    judged: list[Finding] = []
    for one in findings:
        use = one.use
        is_too_much = (
            use is not None
            and one.verdict in ("confirmed", "wrong_branch")
            and (use.amount_is == "exact" or (use.amount_is == "likely" and is_so_elsewhere))
            and use.key in most
            and _is_too_much(use, most[use.key], unseen)
            and (use.row, use.key) not in told
        )
        if use and is_too_much:
            told.add((use.row, use.key))
            judged.append(msgspec.structs.replace(one, verdict="took_more"))
        else:
            judged.append(one)
    return judged


def _most_by_code(shown: Iterable[Shown]) -> dict[str, int]:
    """Of rewards that share a code the one that gives most; of no code of which somebody was shown a reward whose worth
    nobody knows.
    """
    most: dict[str, int] = {}
    unknown: set[str] = set()
    for one in shown:
        if one.gives is None:
            unknown.add(one.key)
        else:
            most[one.key] = max(most.get(one.key, 0), one.gives)
    return {key: amount for key, amount in most.items() if key not in unknown}


def _is_too_much(use: Use, most: int, unseen: Mapping[tuple[str, date], int]) -> bool:
    """A row may stand for several that were shown: it has the rows of its receipt in it, and perhaps what is missing on
    these days.
    """
    if use.day is None or use.amount <= _with_tax(most):
        return False
    missing = sum(unseen.get((use.key, use.day + timedelta(days=shift)), 0) for shift in (-1, 0, 1))
    return use.amount > _with_tax(most) * (1 + use.more + missing)


def _with_tax(most: int) -> int:
    return most + most * TAX_TENTHS // 10 + COINS
