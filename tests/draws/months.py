"""A month of draws, made as the rules say it, for what checks the file of one."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial

from msgspec.structs import replace

from stampwell.draws.prizes import Given, TablePrize, place_of, why_not_given
from stampwell.draws.proof import DrawProof, PrizeTable, ProvenDraw, SeedChain
from stampwell.draws.seeds import DAYS, commitment_of, draw_value, seed_of

SECRET = bytes(range(32))
seed_of_day = cache(partial(seed_of, SECRET))  # each is a thousand hashes
BEGINS = date(2026, 10, 30)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PRIZES = [
    TablePrize(known_as="a cake", odds=1_000, stock=5),
    TablePrize(known_as="a coffee", odds=4_000, most_a_day=3),
    TablePrize(known_as="a biscuit", odds=5_000),
]
CHAIN = SeedChain(commitment=commitment_of(SECRET).hex(), begins=BEGINS, days=DAYS)


def a_month(*, days: int = 20, a_day: int = 8, noon: datetime = NOON) -> DrawProof:
    """Eight draws on each of twenty days, all of them over."""
    draws: list[ProvenDraw] = []
    for count in range(days * a_day):
        at = noon + timedelta(days=count // a_day, minutes=count)
        draws.append(_draw(draws, at, f"crd_{count:032x}"))
    seeds = {draw.seed_day: seed_of_day(BEGINS, draw.seed_day).hex() for draw in draws}
    return DrawProof(
        program_id="prg_1",
        month="2026-11",
        made_at=NOON + timedelta(days=40),
        chains=[CHAIN],
        seeds=seeds,
        tables={"rwd_1": PrizeTable(prizes=PRIZES)},
        before=0,
        given_before={},
        earlier=[],
        draws=draws,
    )


def _draw(before: list[ProvenDraw], at: datetime, card_id: str) -> ProvenDraw:
    value = draw_value(seed_of_day(BEGINS, at.date()), card_id, 1, 10)
    drawn = place_of(value, PRIZES)
    same = [one for one in before if one.given == drawn]
    why = why_not_given(PRIZES[drawn], Given(sum(one.day == at.date() for one in same), len(same)))
    return ProvenDraw(
        number=len(before) + 1,
        at=at,
        day=at.date(),
        table="rwd_1",
        card_id=card_id,
        round=1,
        stamps=10,
        seed_day=at.date(),
        value=value,
        drawn=drawn,
        given=2 if why else drawn,
        why=why,
    )


def with_draw(proof: DrawProof, place: int, **changes: object) -> DrawProof:
    draws = [*proof.draws]
    draws[place] = replace(draws[place], **changes)
    return replace(proof, draws=draws)


def two_months() -> tuple[DrawProof, DrawProof]:
    """The last ten days of November and the first ten of December. One of November was taken back in December."""
    whole = a_month(noon=datetime(2026, 11, 21, 12, tzinfo=UTC))
    taken = next(place for place, draw in enumerate(whole.draws) if draw.drawn == draw.given == 1)
    whole = with_draw(whole, taken, taken_back_after=120)
    months = [whole.draws[:80], whole.draws[80:]]
    given = Counter(PRIZES[draw.given].known_as for draw in months[0] if draw.taken_back_after is None)
    second = replace(
        whole, month="2026-12", draws=months[1], before=80, given_before=given, earlier=[whole.draws[taken]]
    )
    return replace(whole, draws=months[0]), second
