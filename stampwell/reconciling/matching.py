"""Pairing what the till says with what was shown. Pure: no database, no clock; the same input gives the same verdicts.

A code that stands for one voucher is paired by itself. A code that many are shown is paired by receipt, then by place
and time, one to one: whatever the till has more than we have shown is somebody who knows the code.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.reconciling.pairing import Pairs, in_time, pair_by_day, pair_in_time
from stampwell.reconciling.scope import Scope
from stampwell.reconciling.shown import OurCode, Shown, Use

Verdict = Literal[
    "confirmed",
    "leaked",  # used at the till, and nobody was shown it
    "twice",  # used once more than it was shown
    "wrong_branch",
    "took_more",  # it took off more than its reward does (`taken_off`)
    "given_back",  # used at the till, while the voucher was given back here
    "refunded",  # the till has taken it back, and here the voucher counts as used
    "not_used",  # shown here, and the till has not seen it
    "unknown",  # a code that is none of ours
]
_FIRST = datetime.min.replace(tzinfo=UTC)
BAD: tuple[Verdict, ...] = ("leaked", "twice", "took_more", "wrong_branch", "given_back", "refunded", "not_used")


# gc=False: a report has a hundred thousand of them, and none can hold itself.
class Finding(msgspec.Struct, frozen=True, gc=False):
    """`use` is None for what the till has not seen, `shown` for what was not shown here. Of a second use it is what the
    first one was of.
    """

    verdict: Verdict
    use: Use | None
    shown: Shown | None


def match(
    uses: Iterable[Use],
    codes: Mapping[str, OurCode],
    shown: Iterable[Shown],
    *,
    scope: Scope,
    tolerance: timedelta,
) -> list[Finding]:
    """`shown` has what was shown of these codes also before and after the report: it explains what the till says."""
    uses_of, shown_of = _by_key(uses), _by_key(shown)
    told = {codes[key].source for key in uses_of if key in codes}
    found: list[Finding] = []
    for key, some in uses_of.items():
        if key not in codes:
            found += [Finding("unknown", use, None) for use in some]
    for key, code in codes.items():
        some, theirs = uses_of.get(key, []), shown_of.get(key, [])
        pair = _match_single if code.kind == "one" else _match_many
        paired = pair(code, some, theirs, tolerance=tolerance)
        found += paired
        if code.source in told:
            seen = {one.shown.redemption_id for one in paired if one.shown}
            found += [
                Finding("not_used", None, one)
                for one in theirs
                if one.redemption_id not in seen and _is_missing(one, code, scope)
            ]
    return found


def _is_missing(one: Shown, code: OurCode, scope: Scope) -> bool:
    return not one.is_reversed and one.confirmed is None and scope.covers(one, code)


def _match_single(code: OurCode, uses: Sequence[Use], shown: Sequence[Shown], *, tolerance: timedelta) -> list[Finding]:
    stands, taken_back, unnamed = _sort_out(uses)
    # A refund names no sale at most tills: then it is one that came before.
    taken_back, stands = taken_back + stands[:unnamed], stands[unnamed:]
    left = sorted(shown, key=in_time)
    found: list[Finding] = []
    used: Shown | None = None
    for use in stands:
        own = _own_of(use, left, code.countdown + tolerance)
        if own:
            left.remove(own)
            used = own
            found.append(Finding(_verdict_of(use, own, code), use, own))
        else:
            before = used or next((one for one in left if one.confirmed), None)
            found.append(Finding("twice" if before else "leaked", use, before))
    for use in taken_back:
        if own := _own_of(use, left, code.countdown + tolerance):
            left.remove(own)
            found.append(Finding("confirmed" if own.is_reversed else "refunded", use, own))
    return found


def _own_of(use: Use, left: Sequence[Shown], early: timedelta) -> Shown | None:
    told = next((one for one in left if _says_the_same(use, one)), None)
    return told or next((one for one in left if one.confirmed is None and not _is_before(use, one, early)), None)


def _match_many(code: OurCode, uses: Sequence[Use], shown: Sequence[Shown], *, tolerance: timedelta) -> list[Finding]:
    refunds = _refunds_of_told(uses, shown)
    later = {use.row for use, _one in refunds}
    stands, taken_back, unnamed = _sort_out(use for use in uses if use.row not in later)
    window = {"before": tolerance, "after": tolerance + code.countdown}
    pairs, stands, left = _pair_told(stands, shown)
    kept, reversed = [one for one in left if not one.is_reversed], [one for one in left if one.is_reversed]
    for some in (kept, reversed):
        fresh, stands = pair_in_time(stands, some, **window)
        pairs += fresh
    # Whatever one receipt holds beyond its first row explains what would else be missing; it accuses nobody.
    taken = {one.redemption_id for _use, one in pairs}
    spare = [use for use in uses if not use.is_refund for _more in range(use.more)]
    pairs += pair_in_time(spare, [one for one in kept if one.redemption_id not in taken], **window)[0]
    found = [Finding(_verdict_of(use, one, code), use, one) for use, one in pairs]
    taken = {one.redemption_id for _use, one in pairs}
    backs = pair_in_time(taken_back, [one for one in kept if one.redemption_id not in taken], **window)[0]
    found += [Finding("refunded", use, one) for use, one in [*backs, *refunds]]
    return found + [Finding("leaked", use, None) for use in stands[unnamed:]]


def _refunds_of_told(uses: Sequence[Use], shown: Sequence[Shown]) -> Pairs:
    """The refunds that name a receipt of which an earlier report has told; the sale is in none of these rows."""
    sales = {use.receipt for use in uses if use.receipt and not use.is_refund}
    told = {one.confirmed.receipt: one for one in shown if one.confirmed and one.confirmed.receipt}
    pairs: Pairs = []
    for use in uses:
        if use.is_refund and use.receipt not in sales and (one := told.pop(use.receipt, None)) and not one.is_reversed:
            pairs.append((use, one))
    return pairs


def _pair_told(uses: Sequence[Use], shown: Sequence[Shown]) -> tuple[Pairs, list[Use], list[Shown]]:
    """Those that an earlier report has told, and those whose receipt was noted here; then what is left of both."""
    told: dict[object, list[Shown]] = defaultdict(list)
    for one in sorted(shown, key=in_time):
        for sign in {one.receipt, *((one.confirmed.receipt, _minute(one.confirmed.at)) if one.confirmed else ())}:
            if sign:
                told[sign].append(one)
    pairs: Pairs = []
    taken: set[UUID] = set()
    left: list[Use] = []
    for use in uses:
        same = [one for sign in (use.receipt, _minute(use.at)) if sign for one in told.get(sign, ())]
        own = next((one for one in same if one.redemption_id not in taken and _says_the_same(use, one)), None)
        if own:
            taken.add(own.redemption_id)
            pairs.append((use, own))
        else:
            left.append(use)
    fresh, left = _pair_roughly(left, [one for one in shown if one.confirmed and one.redemption_id not in taken])
    return pairs + fresh, left, [one for one in shown if one.redemption_id not in taken and one.confirmed is None]


def _pair_roughly(uses: Sequence[Use], told: Sequence[Shown]) -> tuple[Pairs, list[Use]]:
    """What an earlier report has told, where it or this one tells no time."""
    pairs, left = pair_by_day([use for use in uses if use.at is None], told)
    taken = {one.redemption_id for _use, one in pairs}
    untimed = [one for one in told if one.redemption_id not in taken and one.confirmed and one.confirmed.at is None]
    fresh, rest = pair_by_day([use for use in uses if use.at is not None], untimed)
    return pairs + fresh, left + rest


def _verdict_of(use: Use, one: Shown, code: OurCode) -> Verdict:
    if one.is_reversed:
        return "given_back"
    if use.location_id:
        elsewhere = one.location_id is not None and one.location_id != use.location_id
        if elsewhere or (code.places and use.location_id not in code.places):
            return "wrong_branch"
    return "confirmed"


def _sort_out(uses: Iterable[Use]) -> tuple[list[Use], list[Use], int]:
    """The sales that stand, those that a refund names by their receipt, and how many refunds name none; in order."""
    ordered = sorted(uses, key=lambda use: (use.day or date.min, use.at or _FIRST, use.row))
    if not any(use.is_refund for use in ordered):
        return ordered, [], 0
    receipts = Counter(use.receipt for use in ordered if use.is_refund)
    unnamed = receipts.total()
    stands: list[Use] = []
    taken_back: list[Use] = []
    for use in ordered:
        if use.is_refund:
            continue
        if use.receipt and receipts[use.receipt]:
            receipts[use.receipt] -= 1
            unnamed -= 1
            taken_back.append(use)
        else:
            stands.append(use)
    return stands, taken_back, unnamed


def _says_the_same(use: Use, one: Shown) -> bool:
    """Whether this very use was told before, by a report that this one overlaps; or whether both name one receipt."""
    if one.confirmed is None:
        return bool(use.receipt) and use.receipt == one.receipt
    if use.receipt and one.confirmed.receipt:
        return use.receipt == one.confirmed.receipt
    if use.at is not None and one.confirmed.at is not None:
        return _minute(use.at) == _minute(one.confirmed.at)
    return use.day is None or abs(use.day - one.day) <= timedelta(days=1)


def _minute(at: datetime | None) -> datetime | None:
    """As many a report tells it: of the same sales one has the seconds, and the next has not."""
    return at and at.replace(second=0, microsecond=0)


def _is_before(use: Use, one: Shown, early: timedelta) -> bool:
    """Whether the till saw it when nobody had been shown it yet."""
    if use.at is not None:
        return use.at < one.at - early
    return use.day is not None and use.day < one.day - timedelta(days=1)


def _by_key[Some: (Use, Shown)](some: Iterable[Some]) -> dict[str, list[Some]]:
    found: dict[str, list[Some]] = defaultdict(list)
    for one in some:
        found[one.key].append(one)
    return dict(found)
