"""What is shown by now in the place of a code that all customers of a reward are shown.

Terms never change, so they keep the code that they were published with; that another one is shown in its place is
written beside them, for the code itself. So it holds for promises of any age. The moment of the turn is decided where a
code is shown: by the clock of that moment, from rows that come in the packet of the voucher (`vouchers/revealing.py`).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import MilestoneTerms, RewardTerms, Terms
from stampwell.transactions import Later, Statements, columns_of


class SuccessorRow(msgspec.Struct, frozen=True):
    """As `CodeSuccessor`."""

    id: UUID
    code: str
    next_code: str
    planned: datetime
    starts: datetime
    old_until: datetime
    removed: datetime | None


_NONE = UUID(int=0)
_READ = f"SELECT {columns_of(SuccessorRow)} FROM code_successor WHERE merchant_id = %s ORDER BY id"


class Successors:
    """Those of a shop, planned ones too."""

    def __init__(self, rows: Iterable[SuccessorRow]) -> None:
        self.rows = list(rows)
        self._of = {row.code: row for row in self.rows}

    def of(self, code: str) -> SuccessorRow | None:
        """What follows it right away, begun or not."""
        return self._of.get(code)

    def after(self, code: str) -> Iterator[SuccessorRow]:
        """All that follow it, one after the other."""
        seen = {code}
        while (row := self._of.get(code)) and row.next_code not in seen:
            yield row
            seen.add(code := row.next_code)

    def code_at(self, code: str, at: datetime) -> str:
        """What is shown at that moment in the place of the code."""
        for row in self.after(code):
            if at < row.starts:
                break
            code = row.next_code
        return code

    def reward_at(self, reward: RewardTerms, at: datetime) -> RewardTerms:
        """The reward with the codes of that moment, a draw with those of its prizes."""
        if not self.rows:
            return reward
        return msgspec.structs.replace(
            reward,
            redeem_code=self.code_at(reward.redeem_code, at),
            code_by_location={place: self.code_at(code, at) for place, code in reward.code_by_location.items()},
            prizes=tuple(msgspec.structs.replace(one, reward=self.reward_at(one.reward, at)) for one in reward.prizes),
        )

    def terms_at(self, terms: Terms, at: datetime) -> Terms:
        """The terms with the codes of that moment, for whoever shows or changes them."""
        if not self.rows:
            return terms
        steps = (MilestoneTerms(step.stamps, self.reward_at(step.reward, at)) for step in terms.milestones)
        return msgspec.structs.replace(terms, milestones=tuple(steps))


def ask_successors(tx: Statements) -> Later[SuccessorRow]:
    """In the packet of whatever is read next. A shop has a handful of them for each of its codes."""
    return tx.later(SuccessorRow, _READ, (tx.merchant_id,))


def successors_in(tx: Statements) -> Successors:
    return Successors(ask_successors(tx).rows())


def keep_next_codes(tx: Statements, merchant: Merchant) -> None:
    """Writes anew what the shop's row knows of them. The caller holds that row."""
    merchant.next_codes = [[row.code, row.next_code, row.starts.isoformat()] for row in successors_in(tx).rows]
    Merchant.objects.filter(id=merchant.id).update(next_codes=merchant.next_codes)


def successors_of(merchant: Merchant) -> Successors:
    """As the row in hand knows them, without a question: enough to say what is shown when. What was taken back since it
    was read had a minute left.
    """
    turns = [(code, following, datetime.fromisoformat(starts)) for code, following, starts in merchant.next_codes]
    return Successors(SuccessorRow(_NONE, code, following, at, at, at, None) for code, following, at in turns)


def terms_of_today(terms: Terms, merchant: Merchant) -> Terms:
    """As `Successors.terms_at`, at this moment."""
    return successors_of(merchant).terms_at(terms, now())
