"""Whether the draws of a month are what they must be, by their file and the commitments in it.

Nothing in a file tells who wrote it: it proves the draws to whoever finds its commitments where the shop showed them
before the first draw. What the months before have in their own files is held against this one by `following`.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise

import msgspec

from stampwell.draws.prizes import TablePrize, Why, place_of, why_not_given
from stampwell.draws.proof import DrawProof, PrizeTable, ProvenDraw, SeedChain
from stampwell.draws.seeds import DAYS, PARTS, SEED_BYTES, draw_value, is_committed, is_within
from stampwell.draws.standing import Standing


class Verdict(msgspec.Struct, frozen=True):
    """`open` are the draws whose seed is not told yet: their prize fits their value, their value is to be proven."""

    draws: int
    open: int
    faults: list[str]


def verify(proof: DrawProof) -> Verdict:
    faults = [*faults_of_chains(proof.chains)]
    if not faults:  # what follows is told by them
        faults = [*_faults_of_seeds(proof), *_faults_of_tables(proof), *_faults_of_numbers(proof)]
    if not faults:
        faults = [*_faults_of_values(proof), *_faults_of_prizes(proof)]
    waiting = sum(draw.seed_day not in proof.seeds for draw in proof.draws)
    return Verdict(len(proof.draws), waiting, faults)


def faults_of_chains(chains: Sequence[SeedChain]) -> Iterator[str]:
    """A day has one seed, so no two commitments may be for the same day."""
    if any(not 0 < chain.days <= DAYS for chain in chains):
        yield f"A commitment is for more than {DAYS} days, or for none."
    for first, second in pairwise(sorted(chains, key=lambda chain: chain.begins)):
        if (second.begins - first.begins).days < first.days:
            yield f"Two commitments are for the same days: those from {first.begins} and from {second.begins} on."


def _faults_of_seeds(proof: DrawProof) -> Iterator[str]:
    for day, seed in proof.seeds.items():
        raw = _bytes_of(seed)
        made = any(
            is_within(chain.begins, day, days=chain.days)
            and is_committed(raw, _bytes_of(chain.commitment), chain.begins, day, days=chain.days)
            for chain in proof.chains
        )
        if not made:
            yield f"The seed of {day} is not the one that was committed to."
    days = {draw.seed_day for draw in [*proof.earlier, *proof.draws]}
    for day in sorted(days - proof.seeds.keys()):
        if day < _day_of(proof.made_at):
            yield f"The seed of {day} is left out, though that day was over when the file was made."


def _faults_of_tables(proof: DrawProof) -> Iterator[str]:
    for name, table in proof.tables.items():
        if not table.prizes or sum(prize.odds for prize in table.prizes) != PARTS:
            yield f"The odds of {name} are not 100 % together."
        elif table.prizes[-1].stock is not None or table.prizes[-1].most_a_day is not None:
            yield f"The last prize of {name} has a limit, so something has to be given where it has run out."


def _faults_of_numbers(proof: DrawProof) -> Iterator[str]:
    for number, draw in enumerate(proof.draws, proof.before + 1):
        if draw.number != number:
            yield f"Draw {number} is missing, or not in its place: draw {draw.number} stands there."
            return
    earlier = [draw.number for draw in proof.earlier]
    if earlier != sorted({*earlier}) or not all(0 < number <= proof.before for number in earlier):
        yield f"The draws of the months before are not in their places among the first {proof.before}."
    counts = proof.given_before.values()
    if min(counts, default=0) < 0 or sum(counts) + len(earlier) > proof.before:
        yield "Of the months before more, or less than nothing, is counted than was drawn."
    yield from _faults_of_days(proof)
    for draw in [*proof.earlier, *proof.draws]:
        if draw.taken_back_after is not None and draw.taken_back_after < draw.number:
            yield f"Draw {draw.number} was taken back before it was made."
        if draw.table not in proof.tables:
            yield f"Draw {draw.number}: its table is not in the file."
        elif not (0 <= draw.value < PARTS and {draw.drawn, draw.given} <= {*range(len(_prizes(proof, draw)))}):
            yield f"Draw {draw.number}: its value or its prize is none of the table."


def _faults_of_days(proof: DrawProof) -> Iterator[str]:
    for draw in proof.earlier:
        if _month_of(draw) >= proof.month:
            yield f"Draw {draw.number} is not of a month before."
    for draw in proof.draws:
        if _month_of(draw) != proof.month:
            yield f"Draw {draw.number} is not of this month."
    made = _day_of(proof.made_at)
    late = next((draw for draw in proof.draws if (_day_of(draw.at) - made).days > 1), None)  # as clocks may differ
    if late:
        yield f"Draw {late.number} is of a later day than the file."
    for first, second in pairwise([*proof.earlier, *proof.draws]):
        if second.day < first.day:
            yield f"Draw {second.number} is of an earlier day than draw {first.number} before it."


def _faults_of_values(proof: DrawProof) -> Iterator[str]:
    """A draw of a month before may repeat one that is not in this file: then its seed alone tells its value."""
    known = {draw.number: draw for draw in [*proof.earlier, *proof.draws]}
    latest: dict[tuple[str, int, int], ProvenDraw] = {}
    for draw in [*proof.earlier, *proof.draws]:
        first = known.get(draw.repeats) if draw.repeats else None
        before = latest.get(milestone_of(draw))
        if draw.repeats is None and (before or not _is_seed_of(draw)):
            yield f"Draw {draw.number} is not by the seed of its day, or its milestone was drawn before."
        elif draw.repeats is not None and not (_is_told_elsewhere(proof, draw, first) or _is_repeated(draw, first)):
            yield f"Draw {draw.number} is not what draw {draw.repeats} was, which it repeats."
        elif before and _stands(before, draw):
            yield f"Draw {draw.number} is for a milestone whose draw {before.number} was not taken back."
        latest[milestone_of(draw)] = draw
        if seed := proof.seeds.get(draw.seed_day):
            value = draw_value(_bytes_of(seed), draw.card_id, draw.round, draw.stamps)
            if value != draw.value:
                yield f"Draw {draw.number}: its value must be {value}; it says {draw.value}."


def _is_told_elsewhere(proof: DrawProof, draw: ProvenDraw, first: ProvenDraw | None) -> bool:
    return first is None and draw.number <= proof.before and 0 < (draw.repeats or 0) < draw.number


def _is_repeated(draw: ProvenDraw, first: ProvenDraw | None) -> bool:
    """Another draw of a milestone comes only after the first was taken back, and changes nothing of the value."""
    if first is None or first.number >= draw.number or _stands(first, draw):
        return False
    return (milestone_of(first), first.seed_day, first.value) == (milestone_of(draw), draw.seed_day, draw.value)


def _stands(earlier: ProvenDraw, draw: ProvenDraw) -> bool:
    return earlier.taken_back_after is None or earlier.taken_back_after >= draw.number


def _faults_of_prizes(proof: DrawProof) -> Iterator[str]:
    """Whether a prize of a month before had run out is told by the file of that month."""
    for draw in proof.earlier:
        prizes = _prizes(proof, draw)
        place = place_of(draw.value, prizes)
        if draw.drawn != place or (draw.given, bool(draw.why)) not in ((place, False), (len(prizes) - 1, True)):
            yield f"Draw {draw.number}: its prize is not what its value means, nor the last one of its table."
    standing = Standing(proof)
    for draw in proof.draws:
        prizes = _prizes(proof, draw)
        place = place_of(draw.value, prizes)
        why = why_not_given(prizes[place], standing.given_before(draw, prizes[place]))
        standing.go_past(draw)
        given = len(prizes) - 1 if why else place
        if draw.drawn != place:
            means, says = prizes[place].known_as, prizes[draw.drawn].known_as
            yield f"Draw {draw.number}: its value means “{means}”, not “{says}”."
        elif (draw.given, draw.why) != (given, why):
            yield f"Draw {draw.number}: what it had to give was “{prizes[given].known_as}”{_because(why)}."


def _because(why: Why) -> str:
    match why:
        case "day":
            return ", for no more of the drawn one were left that day"
        case "stock":
            return ", for none of the drawn one were left"
        case _:
            return ""


def _prizes(proof: DrawProof, draw: ProvenDraw) -> list[TablePrize]:
    table: PrizeTable = proof.tables[draw.table]
    return table.prizes


def _month_of(draw: ProvenDraw) -> str:
    return draw.day.isoformat()[:7]


def milestone_of(draw: ProvenDraw) -> tuple[str, int, int]:
    return draw.card_id, draw.round, draw.stamps


def _is_seed_of(draw: ProvenDraw) -> bool:
    """That of its day; or of the next one, where the clock of who drew was behind the one by which seeds are told."""
    return 0 <= (draw.seed_day - _day_of(draw.at)).days <= 1


def _day_of(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _bytes_of(text: str) -> bytes:
    """What is no seed belongs to no commitment."""
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        return b""
    return raw if len(raw) == SEED_BYTES else b""
