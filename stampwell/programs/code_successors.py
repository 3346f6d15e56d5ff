"""What is shown by now in the place of a code that all customers of a reward are shown.

Terms never change, so they keep the code that they were published with; that another one is shown in its place is
written beside them, for the code itself. So it holds for promises of any age. The moment of the turn is decided where a
code is shown: by the clock of that moment, from rows that come in the packet of the voucher (`vouchers/revealing.py`).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.programs.drafting import PrizeRewardDraft, ProgramDraft, StaticCodeDraft
from stampwell.programs.models import CodeSuccessor
from stampwell.programs.successor_refusals import CodeReplaced, NextCodeDoesNotFit
from stampwell.programs.terms import MilestoneTerms, RewardTerms, Terms
from stampwell.redeem_codes.formats import FORMATS, held_text, why_code_does_not_fit
from stampwell.transactions import Later, Statements, columns_of


class Turn(msgspec.Struct, frozen=True):
    """Enough to say what is shown when: from that moment on the next code in the place of the code."""

    code: str
    next_code: str
    starts: datetime


class SuccessorRow(Turn, frozen=True, kw_only=True):
    """As `CodeSuccessor`: with what planning it needs, and the pages."""

    id: UUID
    planned: datetime
    old_until: datetime
    removed: datetime | None


_READ = f"SELECT {columns_of(SuccessorRow)} FROM code_successor WHERE merchant_id = %s ORDER BY id"


class Successors[T: Turn]:
    """Those of a shop, planned ones too; as rows for whoever plans or shows them."""

    def __init__(self, turns: Iterable[T]) -> None:
        # Tills and scanners take no notice of capitals, so a code written in other ones is the same.
        self._of: Mapping[str, T] = {turn.code.upper(): turn for turn in turns}

    @property
    def all(self) -> Collection[T]:
        """In the order in which they were planned."""
        return self._of.values()

    def of(self, code: str) -> T | None:
        """What follows it right away, begun or not."""
        return self._of.get(code.upper())

    def after(self, code: str) -> Iterator[T]:
        """All that follow it, one after the other."""
        seen = {code.upper()}
        while (turn := self.of(code)) and turn.next_code.upper() not in seen:
            yield turn
            seen.add((code := turn.next_code).upper())

    def code_at(self, code: str, at: datetime) -> str:
        """What is shown at that moment in the place of the code."""
        for turn in self.after(code):
            if at < turn.starts:
                break
            code = turn.next_code
        return code

    def reward_at(self, reward: RewardTerms, at: datetime) -> RewardTerms:
        """The reward with the codes of that moment, a draw with those of its prizes."""
        if not self._of:
            return reward
        return msgspec.structs.replace(
            reward,
            redeem_code=self.code_at(reward.redeem_code, at),
            code_by_location={place: self.code_at(code, at) for place, code in reward.code_by_location.items()},
            prizes=tuple(msgspec.structs.replace(one, reward=self.reward_at(one.reward, at)) for one in reward.prizes),
        )

    def terms_at(self, terms: Terms, at: datetime) -> Terms:
        """The terms with the codes of that moment, for whoever shows or changes them."""
        if not self._of:
            return terms
        steps = (MilestoneTerms(step.stamps, self.reward_at(step.reward, at)) for step in terms.milestones)
        return msgspec.structs.replace(terms, milestones=tuple(steps))


def ask_successors(tx: Statements) -> Later[SuccessorRow]:
    """In the packet of whatever is read next. A shop has a handful of them for each of its codes."""
    return tx.later(SuccessorRow, _READ, (tx.merchant_id,))


def successors_in(tx: Statements) -> Successors[SuccessorRow]:
    return Successors(ask_successors(tx).rows())


def keep_code_turns(tx: Statements, merchant: Merchant) -> None:
    """Writes anew what the shop's row knows of them. The caller holds that row."""
    merchant.code_turns = [[row.code, row.next_code, row.starts.isoformat()] for row in successors_in(tx).all]
    Merchant.objects.filter(id=merchant.id).update(code_turns=merchant.code_turns)


def successors_of(merchant: Merchant) -> Successors[Turn]:
    """As the row in hand knows them, without a question. What was taken back since it was read had a minute left."""
    turns = merchant.code_turns
    return Successors(Turn(code, following, datetime.fromisoformat(starts)) for code, following, starts in turns)


def terms_of_today(terms: Terms, merchant: Merchant) -> Terms:
    """As `Successors.terms_at`, at this moment."""
    return successors_of(merchant).terms_at(terms, now())


def refuse_replaced_codes(merchant: Merchant, draft: ProgramDraft) -> None:
    """Terms that are published hold no code in whose place another one is shown by now, and show each in a way in which
    what is planned to follow it can be shown too.

    Refuses: CodeReplaced, NextCodeDoesNotFit.
    """
    codes = [(given, code) for given in _static_in(draft) for code in (given.code, *given.code_by_location.values())]
    if not codes:
        return
    # Asked anew: whoever has planned one meanwhile has held the shop's row, which the caller holds now.
    written = CodeSuccessor.objects.filter(merchant=merchant).values_list("code", "next_code", "starts")
    successors, at = Successors(Turn(*row) for row in written), now()
    for given, code in codes:
        for turn in successors.after(code):
            if turn.starts <= at:
                raise CodeReplaced(code=turn.code)
            if refusal := why_next_does_not_fit(turn, given.format, given.barcode_template):
                raise refusal


def why_next_does_not_fit(turn: Turn, code_format: str, barcode_template: str) -> NextCodeDoesNotFit | None:
    """Why the next code cannot be shown as the one before it is."""
    held = held_text(code_format, barcode_template, turn.next_code)
    if why_code_does_not_fit(held, code_format) is None:
        return None
    return NextCodeDoesNotFit(code=turn.code, next_code=turn.next_code, format=FORMATS[code_format].name)


def _static_in(draft: ProgramDraft) -> Iterator[StaticCodeDraft]:
    for milestone in draft.milestones:
        draw = milestone.reward.draw
        rewards: list[PrizeRewardDraft] = [one.reward for one in draw.prizes] if draw else [milestone.reward]
        for reward in rewards:
            code = reward.redeem_code if reward.path == "redeem_code" else None
            if isinstance(code, StaticCodeDraft):
                yield code
