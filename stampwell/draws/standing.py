"""How many of each prize stand before a draw, in one walk over the file of a month."""

from collections import Counter, defaultdict
from datetime import date

from stampwell.draws.prizes import Given, TablePrize
from stampwell.draws.proof import DrawProof, ProvenDraw


class Standing:
    """Walked from draw to draw by their numbers: what was given, without what was taken back by then."""

    def __init__(self, proof: DrawProof) -> None:
        self._proof = proof
        self._ever = Counter(proof.given_before)
        self._of_day = Counter[tuple[str, date]]()
        self._leaving = defaultdict[int, list[ProvenDraw]](list)  # by the number of the last draw that they count for
        for draw in proof.earlier:
            if draw.taken_back_after is None or draw.taken_back_after > proof.before:
                self._count(draw)

    def given_before(self, draw: ProvenDraw, prize: TablePrize) -> Given:
        return Given(self._of_day[prize.known_as, draw.day], self._ever[prize.known_as])

    def go_past(self, draw: ProvenDraw) -> None:
        """It counts for the next one, unless it was taken back at once."""
        self._count(draw)
        for gone in self._leaving.pop(draw.number, []):
            self._add(gone, -1)

    def _count(self, draw: ProvenDraw) -> None:
        self._add(draw, 1)
        if draw.taken_back_after is not None:
            self._leaving[draw.taken_back_after].append(draw)

    def _add(self, draw: ProvenDraw, count: int) -> None:
        name = self._proof.tables[draw.table].prizes[draw.given].known_as
        self._ever[name] += count
        self._of_day[name, draw.day] += count
