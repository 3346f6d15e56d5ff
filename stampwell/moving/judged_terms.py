"""The terms of every version, judged as if somebody published them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec

from stampwell.ids import public_id
from stampwell.languages.texts import read_texts
from stampwell.merchants.models import Location, Merchant, Picture
from stampwell.programs.drafting import DesignDraft, ProgramDraft, why_not_publish
from stampwell.programs.limits import LONGEST_NAME, LONGEST_OFFER
from stampwell.programs.models import ProgramVersion
from stampwell.programs.redrafting import reward_as_drafted
from stampwell.programs.refusals import NeverUsable
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
        places = {place for reward in terms.rewards for place in _places_of(reward)}
        draft = msgspec.convert(_as_drafted(terms), ProgramDraft)
        for texts, limit in _texts_of(terms):
            read_texts(msgspec.convert(texts, dict[str, str]), locale=terms.locale, limit=limit)
    except msgspec.ValidationError as unfit:
        return str(unfit)
    except Refusal as refusal:
        return str(refusal.title)
    if not locations.issuperset(places):
        return "a reward is for a location that the shop does not have"
    if not _has_logo(merchant, draft):
        return "its logo is none of the shop’s pictures"
    refusal_of_draft = why_not_publish(merchant, draft, terms.published)
    # An end that has passed is no fault: whoever could use the reward in time could.
    return "" if refusal_of_draft is None or isinstance(refusal_of_draft, NeverUsable) else str(refusal_of_draft.title)


def _places_of(reward: RewardTerms) -> list[UUID]:
    return [*reward.location_ids, *msgspec.convert(reward.code_by_location, dict[UUID, Any])]


def _texts_of(terms: Terms) -> Iterator[tuple[object, int]]:
    yield terms.name, LONGEST_NAME
    if terms.offer:
        yield terms.offer, LONGEST_OFFER
    for reward in (step.reward for step in terms.milestones):
        yield reward.name, LONGEST_NAME
        yield from ((prize.reward.name, LONGEST_NAME) for prize in reward.prizes)


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
        "milestones": [{"stamps": step.stamps, "reward": reward_as_drafted(step.reward)} for step in terms.milestones],
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
