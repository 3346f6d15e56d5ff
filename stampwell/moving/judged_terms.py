"""The terms of every version, judged as if somebody published them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec

from stampwell.ids import public_id
from stampwell.languages.texts import read_texts
from stampwell.merchants.models import Location, Merchant, Picture
from stampwell.programs.drafting import DesignDraft, NeverUsable, ProgramDraft, why_not_publish
from stampwell.programs.limits import LONGEST_NAME, LONGEST_OFFER
from stampwell.programs.models import ProgramVersion
from stampwell.programs.terms import RewardTerms, Terms, read_terms
from stampwell.refusal import Refusal

AT_ONCE = 100  # versions
_OF_DESIGN = frozenset(DesignDraft.__struct_fields__)


def unfit_terms(merchant_id: UUID) -> Iterator[str]:
    merchant = Merchant.objects.get(id=merchant_id)
    ids = list(ProgramVersion.objects.filter(merchant_id=merchant_id).order_by("id").values_list("id", flat=True))
    locations = frozenset(Location.objects.filter(merchant_id=merchant_id).values_list("id", flat=True))
    for first in range(0, len(ids), AT_ONCE):
        for version_id, terms in read_terms(merchant_id, ids[first : first + AT_ONCE]).items():
            if why := _why_unfit(merchant, terms, locations):
                yield f"Version {terms.number} of {public_id('prg', terms.program_id)} ({version_id}): {why}."


def _why_unfit(merchant: Merchant, terms: Terms, locations: frozenset[UUID]) -> str:
    try:
        draft = msgspec.convert(_as_drafted(terms), ProgramDraft)
        for texts, limit in _texts_of(terms):
            read_texts(msgspec.convert(texts, dict[str, str]), locale=terms.locale, limit=limit)
    except msgspec.ValidationError as unfit:
        return str(unfit)
    except Refusal as refusal:
        return str(refusal.title)
    if not locations.issuperset(place for step in terms.milestones for place in step.reward.location_ids):
        return "a reward is for a location that the shop does not have"
    if not _has_logo(merchant, draft):
        return "its logo is none of the shop’s pictures"
    refusal_of_draft = why_not_publish(merchant, draft, terms.published)
    # An end that has passed is no fault: whoever could use the reward in time could.
    return "" if refusal_of_draft is None or isinstance(refusal_of_draft, NeverUsable) else str(refusal_of_draft.title)


def _texts_of(terms: Terms) -> Iterator[tuple[object, int]]:
    yield terms.name, LONGEST_NAME
    if terms.offer:
        yield terms.offer, LONGEST_OFFER
    for step in terms.milestones:
        yield step.reward.name, LONGEST_NAME


def _has_logo(merchant: Merchant, draft: ProgramDraft) -> bool:
    if not draft.design.logo:
        return True
    pictures = Picture.objects.filter(merchant=merchant).values_list("id", flat=True)
    return draft.design.logo in {public_id("pic", one) for one in pictures}


def _as_drafted(terms: Terms) -> dict[str, Any]:
    design = msgspec.convert(terms.design, dict[str, Any])
    return {
        "name": terms.name,
        "goal": terms.goal,
        "offer": terms.offer or None,
        "milestones": [{"stamps": step.stamps, "reward": _reward(step.reward)} for step in terms.milestones],
        "earning": {
            "by": terms.earning_by,
            "amount_per_stamp": terms.amount_per_stamp,
            "currency": terms.currency,
            "minimum_spend": terms.minimum_spend,
            "cooldown_seconds": terms.cooldown_seconds,
            "daily_cap": terms.daily_cap,
            "only_when_open": terms.only_when_open,
            "welcome_stamps": terms.welcome_stamps,
        },
        "asks_for": terms.asks_for,
        # A name that a release of before knew means nothing any more, and is passed over wherever cards are drawn.
        "design": {name: value for name, value in design.items() if name in _OF_DESIGN},
    }


def _reward(reward: RewardTerms) -> dict[str, Any]:
    return {
        "name": reward.name,
        "path": reward.path,
        "active_after_seconds": reward.active_after_seconds,
        "active_from": reward.active_from,
        "from_next_visit": reward.from_next_visit,
        "valid_days": reward.valid_days,
        "valid_until": reward.valid_until,
        "weekdays": reward.weekdays,
        "hours": reward.hours,
        "location_ids": [public_id("loc", place) for place in reward.location_ids],
        "discount": reward.discount,
        "redeem_code": _redeem_code(reward) if reward.redeem_code_kind else None,
    }


def _redeem_code(reward: RewardTerms) -> dict[str, Any]:
    """That its pool is there, and shown so, is asked with the other ties."""
    common = {"kind": reward.redeem_code_kind, "countdown_minutes": reward.countdown_minutes}
    if reward.pool_id:
        return common | {"pool_id": public_id("cdp", reward.pool_id)}
    return {
        **common,
        "code": reward.redeem_code,
        "format": reward.redeem_code_format,
        **({"barcode_template": reward.barcode_template} if reward.barcode_template else {}),
    }
