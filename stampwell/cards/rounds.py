"""Where stamps bring a card: milestones, the goal, the next round."""

from uuid import UUID

import msgspec

from stampwell.cards.rows import CardRow
from stampwell.programs.terms import MilestoneTerms, Terms, terms_of
from stampwell.transactions import Statements


class Reached(msgspec.Struct, frozen=True):
    round: int
    terms: Terms
    milestone: MilestoneTerms


class Completed(msgspec.Struct, frozen=True):
    round: int
    terms: Terms


class Progress(msgspec.Struct):
    round: int
    stamps: int
    terms: Terms
    reached: list[Reached]
    completed: list[Completed]


def advance(tx: Statements, card: CardRow, terms: Terms, stamps: int) -> Progress:
    """Moves `stamps` marks on from where the card is; what overflows the goal starts the next round.

    A round is earned under the terms it began with; the next one begins with the program's present terms.
    """
    progress = Progress(card.round, card.stamps, terms, [], [])
    while stamps:
        step = min(stamps, progress.terms.goal - progress.stamps)
        _fill(progress, step)
        stamps -= step
        if progress.stamps == progress.terms.goal:
            progress.completed.append(Completed(progress.round, progress.terms))
            progress.terms = _present_terms(tx, card, progress)
            progress.round, progress.stamps = progress.round + 1, 0
    return progress


def _fill(progress: Progress, step: int) -> None:
    before, progress.stamps = progress.stamps, progress.stamps + step
    progress.reached += [
        Reached(progress.round, progress.terms, milestone)
        for milestone in progress.terms.milestones
        if before < milestone.stamps <= progress.stamps
    ]


def _present_terms(tx: Statements, card: CardRow, progress: Progress) -> Terms:
    if len(progress.completed) > 1:
        return progress.terms  # asked for already, for the round before
    sql = "SELECT current_version_id FROM program WHERE merchant_id = %s AND id = %s"
    version_id = tx.value(UUID, sql, (tx.merchant_id, card.program_id))
    assert version_id is not None, "a card is of a program"
    return terms_of(tx.merchant_id, version_id)
