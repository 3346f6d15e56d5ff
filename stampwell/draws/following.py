"""Whether the file of one month goes on where that of a month before ended."""

from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from stampwell.draws.proof import DrawProof, ProvenDraw, SeedChain
from stampwell.draws.verifying import faults_of_chains, milestone_of


def faults_between(first: DrawProof, second: DrawProof) -> list[str]:
    """Of two files of one program, each of which has no fault by itself; `first` is the earlier month, or the same."""
    faults = [*faults_of_chains(chains_of_files(first, second)), *_faults_of_what_both_tell(first, second)]
    if first.month != second.month and not faults:
        faults = [*_faults_of_numbers(first, second)] or [*_faults_of_what_was_given(first, second)]
    return faults


def chains_of_files(*files: DrawProof) -> list[SeedChain]:
    """Each once, the oldest first."""
    chains = {(chain.begins, chain.days, chain.commitment): chain for file in files for chain in file.chains}
    return [chains[key] for key in sorted(chains)]


def _faults_of_what_both_tell(first: DrawProof, second: DrawProof) -> Iterator[str]:
    for name in first.tables.keys() & second.tables.keys():
        if first.tables[name] != second.tables[name]:
            yield f"The table {name} of {first.month} is another one in {second.month}."
    known = {draw.number: draw for draw in [*first.earlier, *first.draws]}
    for draw in [*second.earlier, *second.draws]:
        if (before := known.get(draw.number)) and not _is_the_same(before, draw):
            yield f"Draw {draw.number} is another one in the other file."


def _is_the_same(one: ProvenDraw, other: ProvenDraw) -> bool:
    """The file that was made earlier may not tell that it was taken back."""
    if None not in (one.taken_back_after, other.taken_back_after) and one.taken_back_after != other.taken_back_after:
        return False
    return replace(one, taken_back_after=None) == replace(other, taken_back_after=None)


def _faults_of_numbers(first: DrawProof, second: DrawProof) -> Iterator[str]:
    last = _last_number(first)
    if second.before > last:
        yield f"The draws from {last + 1} to {second.before} are in none of these files: check with those too."
    elif second.before < last:
        yield f"Before {second.month} there were {last} draws; its file says {second.before}."
    milestones = {milestone_of(draw) for draw in [*first.earlier, *first.draws]}
    for draw in second.draws:
        if draw.repeats is None and milestone_of(draw) in milestones:
            yield f"Draw {draw.number}: its milestone was drawn before, in {first.month} or earlier."


def _faults_of_what_was_given(first: DrawProof, second: DrawProof) -> Iterator[str]:
    """What stood after the last draw of the first file, as each of the two tells it."""
    last = _last_number(first)
    gone = [draw for draw in first.earlier if _stands(draw, first.before) and not _stands(draw, last)]
    told = Counter(first.given_before)
    told.update(_names(first, [draw for draw in first.earlier if _stands(draw, first.before)]))
    told.subtract(_names(first, gone))
    told.update(_names(first, [draw for draw in first.draws if _stands(draw, last)]))
    says = Counter(second.given_before)
    says.update(_names(second, [draw for draw in second.earlier if _stands(draw, last)]))
    for name in sorted(told.keys() | says.keys()):
        if told[name] != says[name]:
            yield f"Before {second.month} “{name}” was given {told[name]} times; its file counts {says[name]}."


def _names(proof: DrawProof, draws: list[ProvenDraw]) -> list[str]:
    return [proof.tables[draw.table].prizes[draw.given].known_as for draw in draws]


def _stands(draw: ProvenDraw, number: int) -> bool:
    return draw.taken_back_after is None or draw.taken_back_after >= number


def _last_number(proof: DrawProof) -> int:
    return proof.before + len(proof.draws)
