"""Our codes, and what stands for them in a till's report: the code itself, or the name of the reward on a button."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.programs.code_successors import Successors, Turn
from stampwell.reconciling.amounts import Sureness
from stampwell.reconciling.shown import OurCode, Use
from stampwell.reconciling.till_lines import key_of


class Known(msgspec.Struct):
    """Our codes by their keys. `vouchers` say which key what was shown of them belongs to, `rewards` which code,
    `places` which one of a reward at a location with a code of its own, and `names` for which rewards a button stands
    that is called like them. `successors` say what was shown when in their place. `pooled` are the ids of those of
    pools. `gives` is the most that a reward takes off, of those that say so.
    """

    codes: dict[str, OurCode] = {}
    rewards: dict[UUID, str] = {}
    places: dict[tuple[UUID, UUID], str] = {}
    vouchers: dict[UUID, str] = {}
    names: dict[str, dict[object, UUID]] = {}
    successors: Successors[Turn] = Successors([])
    pooled: dict[str, UUID] = {}
    gives: dict[UUID, int] = {}

    def recognised(self, use: Use, at: datetime) -> Use:
        """With the key of what the till wrote there, or of what the button of this name stands for at that moment. Of
        rewards of one name with different codes it is the one that takes off as much; where the amount tells nothing
        it is the oldest, and nothing is said of the amount.
        """
        rewards = () if use.key in self.codes else self.names.get(use.key, {}).values()
        if not rewards:
            return use
        codes = {id: self.of_reward(id, use.location_id, at) for id in rewards}
        fitting = {code for id, code in codes.items() if use.amount and self.gives.get(id) == use.amount}
        if len(fitting) == 1:
            return msgspec.structs.replace(use, key=fitting.pop())
        sure: Sureness = use.amount_is if len(set(codes.values())) == 1 else "unsure"
        return msgspec.structs.replace(use, key=next(iter(codes.values())), amount_is=sure)

    def of_reward(self, reward_id: UUID, location_id: UUID | None, at: datetime) -> str:
        own = self.places.get((reward_id, location_id)) if location_id else None
        code = own or self.rewards.get(reward_id)
        return key_of(self.successors.code_at(code, at)) if code else ""

    def name(self, names: Iterable[str], reward_id: UUID, says: object) -> None:
        """Of terms that say the same, as those that were published again do, the oldest are enough."""
        for name in names:
            self.names.setdefault(key_of(name), {}).setdefault(says, reward_id)
