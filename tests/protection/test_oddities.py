"""What looks odd: found where somebody cheats, and silent where people are merely different. docs/rules/oddities.md"""

from uuid import UUID

import msgspec
import pytest

from stampwell.insight.oddities import (
    HABITS,
    OF_REWARDS,
    Done,
    Habit,
    Hits,
    Oddity,
    OnCard,
    chance_of,
    find_oddities,
)
from tests.protection.scoring import judge_years
from tests.protection.shop_year import EXPECTED, LARGE

PLACE, OTHER_PLACE = UUID(int=500), UUID(int=501)
NONE = Hits(0, 0, 0)


def person(number: int, *, place: UUID = PLACE, times: int = 400, **hits: Hits) -> Done:
    found: dict[Habit, Hits] = {habit: hits.get(habit, NONE) for habit in HABITS}
    return Done(person=UUID(int=number), place=place, days=20, times=times, rewards=40, hits=found)


def with_hits(number: int, habit: Habit, hits: Hits) -> Done:
    return msgspec.structs.replace(person(number), hits={**person(number).hits, habit: hits})


def on_card(*, times: int, days: int, is_own: bool = False) -> OnCard:
    return OnCard(person=UUID(int=1), card=UUID(int=9), times=times, days=days, is_own=is_own)


@pytest.mark.parametrize("seeds", [range(1, 4), range(201, 204)], ids=str)
def test_nine_of_ten_months_with_a_fraud_are_found_at_two_false_alarms_in_a_hundred(seeds: range) -> None:
    score = judge_years(seeds)

    assert set(score.found) == set(EXPECTED)
    assert score.recall >= 0.9
    assert score.false_per_hundred <= 2


@pytest.mark.parametrize("seed", [1, 2])
def test_so_it_is_in_a_single_year_of_shops_with_forty_eight_people(seed: int) -> None:
    score = judge_years([seed], staff=LARGE)

    assert set(score.found) == set(EXPECTED)
    assert score.recall >= 0.9
    assert score.false_per_hundred <= 2


@pytest.mark.parametrize("seeds", [range(1, 4), range(201, 204)], ids=str)
def test_where_every_own_card_is_named_that_holds_also_if_nobody_looks_at_what_is_told(seeds: range) -> None:
    score = judge_years(seeds, named=1, looks=False)

    assert score.found["own card"] >= 0.9 * score.seen["own card"]
    assert score.recall >= 0.9
    assert score.false_per_hundred <= 2


@pytest.mark.parametrize("habit", HABITS)
def test_what_one_does_far_more_often_than_the_others_is_told_with_its_figures(habit: Habit) -> None:
    few = Hits(2, 1, 1)
    team = [with_hits(1, habit, Hits(36, 4, 4)), *(with_hits(number, habit, few) for number in (2, 3, 4))]

    (odd,) = find_oddities(team, [], before=[])

    assert (odd.person, odd.reason, odd.found, odd.card) == (UUID(int=1), habit, 36, None)
    assert odd.of == (40 if habit in OF_REWARDS else 400)
    assert 1 <= odd.usual <= 8


def test_what_all_do_is_usual() -> None:
    team = [person(number, without_receipt=Hits(390, 20, 20)) for number in range(4)]

    assert find_oddities(team, [], before=[]) == []


def test_a_colleague_who_is_odd_too_hides_nobody() -> None:
    odd = Hits(80, 5, 5)
    team = [person(1, overrides=odd), person(2, overrides=odd), person(3), person(4), person(5)]

    assert {one.person for one in find_oddities(team, [], before=[])} == {UUID(int=1), UUID(int=2)}


def test_one_day_says_nothing() -> None:
    team = [person(1, outside_hours=Hits(60, 58, 1)), person(2), person(3), person(4)]

    assert find_oddities(team, [], before=[]) == []


def test_small_figures_say_nothing() -> None:
    few = [person(1, times=30, overrides=Hits(30, 2, 2)), person(2), person(3), person(4)]
    seldom = [person(1, overrides=Hits(4, 1, 1)), person(2), person(3), person(4)]

    assert find_oddities(few, [], before=[]) == find_oddities(seldom, [], before=[]) == []


def test_people_are_compared_with_those_at_the_same_place() -> None:
    """At one place receipts are scanned, at the other nobody does."""
    without = Hits(380, 20, 20)
    there = [person(number, place=OTHER_PLACE, without_receipt=without) for number in (5, 6, 7, 8)]
    here = [person(1, without_receipt=without), person(2), person(3), person(4)]

    assert [one.person for one in find_oddities([*here, *there], [], before=[])] == [UUID(int=1)]


def test_who_works_at_two_places_is_compared_at_each() -> None:
    without = Hits(380, 20, 20)
    there = [person(number, place=OTHER_PLACE, without_receipt=without) for number in (5, 6, 7, 8)]
    both = [person(1), person(1, place=OTHER_PLACE, without_receipt=without)]

    assert find_oddities([*both, person(2), person(3), person(4), *there], [], before=[]) == []


def test_of_two_colleagues_the_one_who_does_it_more_often_is_usual() -> None:
    team = [person(1, by_hand=Hits(80, 5, 5)), person(2, by_hand=Hits(70, 5, 5)), person(3)]

    assert find_oddities(team, [], before=[]) == []


def test_who_has_always_been_a_little_like_that_is_not_told_and_who_begins_is() -> None:
    """Twice and a half what is usual, now and in the months before, is how somebody is."""
    team = [person(1, by_hand=Hits(42, 4, 4)), *(person(number, by_hand=Hits(16, 2, 2)) for number in (2, 3, 4))]

    always = find_oddities(team, [], before=[person(1, times=1200, by_hand=Hits(110, 4, 4))])
    begins = find_oddities(team, [], before=[person(1, times=1200, by_hand=Hits(40, 4, 4))])

    assert (always, [one.reason for one in begins]) == ([], ["by_hand"])


def test_who_cheats_for_months_is_still_told() -> None:
    """What was far from usual before, too, is no habit."""
    odd = Hits(100, 6, 6)
    team = [person(1, by_hand=odd), *(person(number, by_hand=Hits(12, 2, 2)) for number in (2, 3, 4))]

    assert find_oddities(team, [], before=[person(1, times=1200, by_hand=Hits(300, 6, 6))])


def test_what_was_looked_at_has_grown_when_it_is_half_as_much_again() -> None:
    odd = Oddity(person=UUID(int=1), reason="overrides", found=30, of=400, usual=4.0)

    assert not odd.has_grown(30, 400)
    assert not odd.has_grown(10, 200)  # 5 % then, 7.5 % now
    assert odd.has_grown(9, 200)


def test_who_has_nobody_to_be_compared_with_is_not_judged_by_shares() -> None:
    assert find_oddities([person(1, overrides=Hits(200, 9, 9)), person(2)], [], before=[]) == []


def test_a_regular_who_always_comes_to_the_same_person_is_not_told() -> None:
    assert find_oddities([], [on_card(times=24, days=22)], before=[]) == []


def test_a_card_that_one_person_stamps_several_times_a_shift_is_told() -> None:
    (odd,) = find_oddities([], [on_card(times=40, days=18)], before=[])

    assert (odd.reason, odd.found, odd.of, odd.card) == ("same_card", 40, 18, UUID(int=9))


def test_a_card_that_one_person_alone_stamps_on_most_of_their_days_is_told() -> None:
    """It may be a card of their own that nobody knows of. A colleague who stamped it once too says that it is not."""
    alone = on_card(times=16, days=15)
    shared = msgspec.structs.replace(alone, by_others=1)

    (odd,) = find_oddities([person(1), person(2)], [alone], before=[])
    assert (odd.reason, odd.found, odd.of, odd.card) == ("one_hand", 15, 20, UUID(int=9))
    assert find_oddities([person(1), person(2)], [shared, on_card(times=13, days=13)], before=[]) == []


def test_who_works_alone_and_where_many_come_to_one_hand_is_not_told() -> None:
    """Customers who come on their way to work come to whoever works at that hour."""
    cards = [msgspec.structs.replace(on_card(times=18, days=18), card=UUID(int=number)) for number in range(4)]

    assert find_oddities([person(1)], cards[:1], before=[]) == []
    assert find_oddities([person(1), person(2)], cards, before=[]) == []
    assert len(find_oddities([person(1), person(2)], cards[:3], before=[])) == 3


def test_where_the_own_card_is_known_another_is_told_only_when_it_begins() -> None:
    alone = on_card(times=16, days=15)
    old, works = msgspec.structs.replace(alone, is_old=True), [person(1), person(2)]

    def told(pair: OnCard, known: int, *, before: list[Done]) -> int:
        return len(find_oddities(works, [pair], before=before, known={UUID(int=known)}))

    assert told(alone, 1, before=works) == 1
    assert told(old, 1, before=works) == 0
    assert told(alone, 1, before=[person(2)]) == 0  # whoever works for the first month begins everything
    assert told(old, 2, before=works) == 1


def test_who_buys_now_and_then_on_the_own_card_is_not_told_and_who_feeds_it_is() -> None:
    works = person(1)

    assert find_oddities([works], [on_card(times=9, days=9, is_own=True)], before=[]) == []
    (odd,) = find_oddities([works], [on_card(times=18, days=16, is_own=True)], before=[])
    assert (odd.reason, odd.found, odd.of) == ("own_card", 16, 20)


def test_the_farthest_from_what_is_usual_comes_first() -> None:
    team = [person(1, overrides=Hits(60, 5, 5)), person(2, overrides=Hits(200, 5, 5)), person(3), person(4), person(5)]

    assert [one.person for one in find_oddities(team, [], before=[])] == [UUID(int=2), UUID(int=1)]


def test_chance_is_that_of_people_who_differ() -> None:
    """A gamma mixture of Poisson: certain from nothing on, rarer the more, and wider than Poisson alone."""
    assert chance_of(0, 3.0) == 1
    chances = [chance_of(found, 3.0) for found in range(40)]
    assert chances == sorted(chances, reverse=True)
    assert chance_of(10, 3.0, alike=1) == pytest.approx(0.75**10)  # as if each were like nobody else
    assert chance_of(10, 3.0, alike=1e9) == pytest.approx(0.001102, abs=1e-6)  # as Poisson has it, where all are alike
    assert 0 <= chance_of(5_000, 900.0) < 1e-6
