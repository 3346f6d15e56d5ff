"""The prizes of a draw as its proof knows them."""

from stampwell.draws.prizes import TablePrize
from stampwell.draws.proof import PrizeTable
from stampwell.programs.terms import RewardTerms, Terms, known_as


def prizes_of(terms: Terms, draw: RewardTerms) -> list[TablePrize]:
    return [
        TablePrize(
            known_as=known_as(prize.reward.name, terms.locale),
            odds=prize.odds,
            most_a_day=prize.most_a_day,
            stock=prize.stock,
        )
        for prize in draw.prizes
    ]


def table_of(terms: Terms, draw: RewardTerms) -> PrizeTable:
    return PrizeTable(minimum_age=draw.minimum_age, prizes=prizes_of(terms, draw))
