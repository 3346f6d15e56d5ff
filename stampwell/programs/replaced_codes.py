"""Terms that are published hold no code in whose place another one is shown by now."""

from collections.abc import Iterator

from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.programs.drafting import PrizeRewardDraft, ProgramDraft, StaticCodeDraft
from stampwell.programs.models import CodeSuccessor
from stampwell.programs.successor_refusals import CodeReplaced


def refuse_replaced_codes(merchant: Merchant, draft: ProgramDraft) -> None:
    """Refuses: CodeReplaced."""
    codes = sorted(set(_codes_in(draft)))
    if not codes:
        return
    begun = CodeSuccessor.objects.filter(merchant=merchant, code__in=codes, starts__lte=now())
    if found := begun.order_by("code").first():
        raise CodeReplaced(code=found.code)


def _codes_in(draft: ProgramDraft) -> Iterator[str]:
    for milestone in draft.milestones:
        draw = milestone.reward.draw
        rewards: list[PrizeRewardDraft] = [one.reward for one in draw.prizes] if draw else [milestone.reward]
        for reward in rewards:
            code = reward.redeem_code if reward.path == "redeem_code" else None
            if isinstance(code, StaticCodeDraft):
                yield from (code.code, *code.code_by_location.values())
