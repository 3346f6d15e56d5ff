"""Saying which code is shown next in the place of one that all customers of a reward are shown, and until when the till
takes both.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.events.recording import EventType, record
from stampwell.ids import public_id
from stampwell.languages.texts import text_in
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.local_time import local_day, start_of_day
from stampwell.merchants.locations import find_location
from stampwell.merchants.models import Merchant
from stampwell.programs.code_successors import SuccessorRow, Successors, Turn, keep_code_turns, successors_in
from stampwell.programs.limits import LONGEST_COUNTDOWN
from stampwell.programs.models import Reward
from stampwell.programs.successor_refusals import (
    CodeTaken,
    DayTooFar,
    NoSharedCode,
    OldCodeStillShown,
    SuccessorBegun,
    SuccessorPlanned,
)
from stampwell.programs.terms import RewardTerms, Terms, terms_of
from stampwell.redeem_codes.formats import held_text, why_code_does_not_fit
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import Statements, merchant_transaction

FARTHEST = 366  # days until the first one
LEAST_OVERLAP, USUAL_OVERLAP, MOST_OVERLAP = 1, 7, 92  # days; what is shown before midnight is used after it
# Whoever shows a code reads what was written before; a step that takes a plan back has ended long before the turn.
IN_TIME = timedelta(minutes=1)
_TAKEN = """
    SELECT 1 FROM reward WHERE merchant_id = %(merchant)s AND upper(redeem_code) = %(text)s
    UNION ALL SELECT 1 FROM reward, jsonb_each_text(code_by_location) own
    WHERE merchant_id = %(merchant)s AND upper(own.value) = %(text)s
    UNION ALL SELECT 1 FROM code_successor WHERE merchant_id = %(merchant)s AND upper(next_code) = %(text)s
    UNION ALL SELECT 1 FROM code_pool WHERE merchant_id = %(merchant)s AND upper(fallback_code) = %(text)s
    UNION ALL SELECT 1 FROM pool_code WHERE merchant_id = %(merchant)s AND code = ANY(%(forms)s)
"""
_DELETE = "DELETE FROM code_successor WHERE merchant_id = %s AND id = %s"
_REMOVE = "UPDATE code_successor SET removed = %s WHERE merchant_id = %s AND id = %s"


class CodeSuccessorFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`starts_at` is when the next code is shown first, `old_until` when the till need not take the old one any more.
    `old_removed_at` is when somebody said that it does not; null until then. Both codes are null for whoever may not
    see them, and in stored events.
    """

    id: str
    code: str | None = None
    next_code: str | None = None
    starts_at: datetime
    old_until: datetime
    old_removed_at: datetime | None


class SuccessorEvent(msgspec.Struct, frozen=True):
    """Without the codes, as every event is."""

    code_successor: CodeSuccessorFacts


class NextCode(msgspec.Struct, frozen=True, kw_only=True):
    """`first_day` is a day of the shop; today means at once. From then on the till takes the old code for
    `overlap_days` more.
    """

    code: str
    first_day: date
    overlap_days: int = USUAL_OVERLAP


def describe_successor(row: SuccessorRow) -> CodeSuccessorFacts:
    return CodeSuccessorFacts(
        id=public_id("csu", row.id),
        starts_at=row.starts,
        old_until=row.old_until,
        old_removed_at=row.removed,
    )


def plan_successor(
    merchant: Merchant, reward_id: UUID, location_id: UUID | None, wanted: NextCode, *, actor: Actor
) -> SuccessorRow:
    """From that day on customers are shown the next code wherever the present one of this reward stands, at the
    location or everywhere; what somebody was shown before stays.

    Refuses: NotFound; NoSharedCode; SuccessorPlanned; DayTooFar; CodeTaken; CodeDoesNotFit.
    """
    with merchant_transaction(merchant.id) as tx:
        shop = lock_merchant(tx)  # of two at once the second sees the first, and so does whoever publishes
        at = now()
        terms, reward = find_reward_of_any_age(shop, reward_id)
        successors = successors_in(tx)
        code = shared_code_at(shop, successors, reward, location_id, at)
        if successors.of(code):
            raise SuccessorPlanned
        if refusal := why_no_day(shop, wanted, at) or why_not_next(tx, shop, successors, code, wanted.code):
            raise refusal
        row = as_planned(shop, code, wanted, at)
        tx.insert("code_successor", row)
        keep_code_turns(tx, shop)
        _tell(tx, "codes.successor_planned", row, at, actor)
        name = text_in(reward.name, terms.locale, terms.locale)
        days = {
            "shown_from": _told(shop, row.starts),
            "old_last_day": _told(shop, row.old_until - timedelta.resolution),
        }
        changed(tx, "codes.successor_planned", by=actor, name=name, after=days)
        return row


def take_back_successor(merchant: Merchant, successor_id: UUID, *, actor: Actor) -> SuccessorRow:
    """The present code stays. Refuses: NotFound; SuccessorBegun from a minute before the next code is shown."""
    with merchant_transaction(merchant.id) as tx:
        shop, at = lock_merchant(tx), now()
        row = find_successor(tx, successor_id)
        if at > row.starts - IN_TIME:
            raise SuccessorBegun
        tx.write(_DELETE, (tx.merchant_id, row.id))
        keep_code_turns(tx, shop)
        _tell(tx, "codes.successor_taken_back", row, at, actor)
        name, days = name_of(shop, successors_in(tx), row.code), {"shown_from": _told(shop, row.starts)}
        changed(tx, "codes.successor_taken_back", by=actor, name=name, before=days, after={})
        return row


def say_removed(merchant: Merchant, successor_id: UUID, *, actor: Actor) -> SuccessorRow:
    """The till has the old code no more, so nobody is reminded of it. A second time it changes nothing.

    Refuses: NotFound; OldCodeStillShown before the next code is.
    """
    with merchant_transaction(merchant.id) as tx:
        shop, at = lock_merchant(tx), now()
        row = find_successor(tx, successor_id)
        if row.removed:
            return row
        if at < row.starts:
            raise OldCodeStillShown(starts=row.starts)
        tx.write(_REMOVE, (at, tx.merchant_id, row.id))
        changed(tx, "codes.successor_removed", by=actor, name=name_of(shop, successors_in(tx), row.code))
        return msgspec.structs.replace(row, removed=at)


def find_successor(tx: Statements, successor_id: UUID) -> SuccessorRow:
    """Refuses: NotFound."""
    found = next((row for row in successors_in(tx).all if row.id == successor_id), None)
    if found is None:
        raise NotFound
    return found


def shared_code_at(
    merchant: Merchant, successors: Successors[Turn], reward: RewardTerms, location_id: UUID | None, at: datetime
) -> str:
    """What all customers of the reward are shown at that moment, there or at each location without an own one.

    Refuses: NotFound, NoSharedCode.
    """
    if location_id:
        own = reward.code_by_location.get(str(find_location(merchant.id, location_id).id))
    else:
        own = reward.redeem_code
    if reward.redeem_code_kind != "static" or not own:
        raise NoSharedCode
    return successors.code_at(own, at)


def name_of(merchant: Merchant, successors: Successors[Turn], code: str) -> str:
    """The reward that the code is of, in the shop's language: the newest, where it is of several."""
    for reward in rewards_with(merchant, successors, code):
        return name_in_shop(terms_of(merchant.id, reward.version_id), reward.id)
    return ""


def name_in_shop(terms: Terms, reward_id: UUID) -> str:
    return text_in(terms.reward(reward_id).name, terms.locale, terms.locale)


def rewards_with(merchant: Merchant, successors: Successors[Turn], code: str) -> list[Reward]:
    """Of any version, the newest first: those in whose place of a code this one is shown, was or will be."""
    before = all_before(successors, code)
    static = Reward.objects.filter(merchant=merchant, redeem_code_kind="static").order_by("-id")
    return [one for one in static if not before.isdisjoint([one.redeem_code, *one.code_by_location.values()])]


def all_before(successors: Successors[Turn], code: str) -> set[str]:
    """The code, and all those in whose place it is shown, was or will be."""
    before = {code}
    for row in reversed([*successors.all]):
        if row.next_code in before:
            before.add(row.code)
    return before


def find_reward_of_any_age(merchant: Merchant, reward_id: UUID) -> tuple[Terms, RewardTerms]:
    """Refuses: NotFound."""
    row = Reward.objects.filter(merchant=merchant, id=reward_id).first()
    if row is None:
        raise NotFound
    terms = terms_of(merchant.id, row.version_id)
    return terms, terms.reward(reward_id)


def why_no_day(merchant: Merchant, wanted: NextCode, at: datetime) -> Refusal | None:
    today = local_day(merchant, at)
    overlaps = LEAST_OVERLAP <= wanted.overlap_days <= MOST_OVERLAP
    return None if overlaps and today <= wanted.first_day <= today + timedelta(days=FARTHEST) else DayTooFar()


def why_not_next(
    tx: Statements, merchant: Merchant, successors: Successors[Turn], code: str, text: str
) -> Refusal | None:
    """Why that text cannot follow the code: by the formats of all rewards that show it, and by what the shop has."""
    if refusal := why_no_fit(merchant, successors, code, text):
        return refusal
    forms = sorted({text, text.upper(), text.lower()})
    is_taken = tx.exists(_TAKEN, {"merchant": tx.merchant_id, "text": text.upper(), "forms": forms})
    return CodeTaken() if is_taken else None


def why_no_fit(merchant: Merchant, successors: Successors[Turn], code: str, text: str) -> Refusal | None:
    for reward in rewards_with(merchant, successors, code):
        shown_in = reward.redeem_code_format
        held = held_text(shown_in, reward.barcode_template, text)
        if refusal := why_code_does_not_fit(held, shown_in):
            return refusal
    return None


def as_planned(merchant: Merchant, code: str, wanted: NextCode, at: datetime) -> SuccessorRow:
    starts = max(start_of_day(merchant, wanted.first_day), at)
    last_shown = starts + timedelta(minutes=LONGEST_COUNTDOWN)  # to whoever was shown it right before the turn
    return SuccessorRow(
        id=new_id(),
        code=code,
        next_code=wanted.code,
        planned=at,
        starts=starts,
        old_until=max(start_of_day(merchant, wanted.first_day + timedelta(days=wanted.overlap_days)), last_shown),
        removed=None,
    )


def _tell(tx: Statements, type: EventType, row: SuccessorRow, at: datetime, actor: Actor) -> None:
    record(tx, type, SuccessorEvent(describe_successor(row)), at=at, actor=actor)


def _told(merchant: Merchant, moment: datetime) -> str:
    return local_day(merchant, moment).isoformat()
