"""How well the judge does on years that it has not seen: `python -m tests.protection.scoring 1 20` prints it;
with `1 20 0.5` half of the own cards are named, and with `1 20 0.5 alone` nobody looks at what is told; with
`1 20 large` it prints years of shops with four times as many people.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec

from stampwell.insight.oddities import MONTHS_BEFORE, Done, Oddity, Reason, find_oddities
from tests.protection.shop_year import ALSO, LARGE, USUAL, Kind, Staff, Year, expected_of, is_known, months, some_people


class Score(msgspec.Struct):
    """Months of a person: with a fraud, those found by its own reason; and those where something honest was told.

    Somebody looks at what is told: what is honest is found fine, and not told again until it has grown.
    """

    seen: Counter[Kind]
    found: Counter[Kind]
    false: Counter[str]
    all: int = 0
    wrong: int = 0

    @property
    def recall(self) -> float:
        return self.found.total() / self.seen.total()

    @property
    def false_per_hundred(self) -> float:
        return 100 * self.wrong / self.all


def judge_years(seeds: Iterable[int], *, named: float = 0, looks: bool = True, staff: Staff = USUAL) -> Score:
    """Together: in a single year of twelve people the third false alarm is already too many.

    `named` is of what share of the people the own card is named; `looks`, whether somebody looks at what is told.
    """
    score = Score(Counter(), Counter(), Counter())
    for seed in seeds:
        who = some_people(seed, named, staff)
        _judge_year(Year(seed, named=who, staff=staff), score, named=who, looks=looks)
    return score


def _judge_year(year: Year, score: Score, *, named: frozenset[int], looks: bool) -> None:
    known = {UUID(int=one.number) for one in year.people if is_known(one.number, named)}
    frauds = {UUID(int=fraud.person): fraud for fraud in year.frauds}
    fine: dict[tuple[UUID, Reason, UUID | None], Oddity] = {}
    past: list[list[Done]] = []
    for month in months(year):
        before = [done for one in past[-MONTHS_BEFORE:] for done in one]
        told_of_all = find_oddities(month.done, month.on_cards, before=before, known=known)
        odd = [one for one in told_of_all if not _is_fine(one, fine)]
        past.append(month.done)
        for person in {one.person for one in month.done}:
            score.all += 1
            told = [one for one in odd if one.person == person]
            fraud = frauds.get(person)
            if fraud and month.number >= fraud.since:
                expected = expected_of(fraud, named)
                score.seen[fraud.kind] += 1
                score.found[fraud.kind] += expected in {one.reason for one in told}
                told = [one for one in told if one.reason not in {expected} | ALSO[fraud.kind]]
            score.wrong += bool(told)
            score.false.update({one.reason for one in told})
            if looks:
                fine |= {(one.person, one.reason, one.card): one for one in told}


def _is_fine(odd: Oddity, fine: Mapping[tuple[UUID, Reason, UUID | None], Oddity]) -> bool:
    seen = fine.get((odd.person, odd.reason, odd.card))
    return seen is not None and not odd.has_grown(seen.found, seen.of)


def print_scores(first: int, last: int, *, named: float, looks: bool, staff: Staff) -> None:
    scores = [judge_years([seed], named=named, looks=looks, staff=staff) for seed in range(first, last + 1)]
    for seed, score in enumerate(scores, start=first):
        missed = {kind: f"{seen - score.found[kind]} of {seen}" for kind, seen in sorted(score.seen.items())}
        told = {kind: said for kind, said in missed.items() if not said.startswith("0 ")}
        print(f"{seed}: recall {score.recall:.2f}, false {score.false_per_hundred:.2f} in 100 of {score.all}")
        print(f"    missed {told}, false {dict(score.false)}")
    found, seen = (sum(getattr(score, name).total() for score in scores) for name in ("found", "seen"))
    wrong, months_of_all = sum(score.wrong for score in scores), sum(score.all for score in scores)
    print(f"all: recall {found / seen:.3f}, false {100 * wrong / months_of_all:.2f} in 100")


if __name__ == "__main__":
    said = [word for word in sys.argv[1:] if word != "large"]
    staff = LARGE if "large" in sys.argv else USUAL
    first, last, named, *alone = [*said, "0"][: max(len(said), 3)]
    print_scores(int(first), int(last), named=float(named), looks=not alone, staff=staff)
