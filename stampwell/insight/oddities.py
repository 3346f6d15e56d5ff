"""What looks odd in a month: what one person did much more often than the others, judged by figures alone.

It asks no database and blocks nothing. People are compared with those who worked in the same month, by the middle one
of them, so that a colleague who is odd too does not move what is usual. People differ: a figure is odd only where it is
several times what is usual, and where somebody who has been a little like that before would hardly come to it by
chance. The day with the most counts no more than the next one: a festival, or a morning without the till, is one day.
Small figures say nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import comb
from statistics import median
from typing import Literal, get_args
from uuid import UUID

import msgspec

type Habit = Literal[
    "overrides", "outside_hours", "by_hand", "several", "without_receipt", "quick_rewards", "found_rewards"
]
type Reason = Literal["own_card", "same_card", "one_hand"] | Habit
HABITS: tuple[Habit, ...] = get_args(Habit.__value__)
OF_REWARDS: tuple[Habit, ...] = ("quick_rewards", "found_rewards")  # shares of what was handed out

MONTHS_BEFORE = 3  # that tell how somebody has been before
LEAST_DONE = 40  # stamps given, before a share of them says anything; of rewards handed out a quarter of it
LEAST_FOUND = 5
TIMES_USUAL = 2.5
CHANCE = 0.0005  # how rarely somebody may come to it by chance
ALIKE = 6.0  # the shape of the gamma distribution by which honest people differ: by two fifths on average
MOST_BEFORE = (
    1.8  # so many times what is usual may somebody have been before; more is no habit, it is what is looked for
)
DIFFERENT = 3  # so many times what is usual in the shop, or as small a part of it, is a place of its own
LEAST_USUAL = 0.01  # below such a share nobody looks, however rarely the others do it
RARE: Mapping[Habit, float] = {"overrides": 0.003, "outside_hours": 0.003}  # and of these below such a one
LEAST_EXPECTED = 0.5  # what others did not do at all may have been chance
OWN_CARD_USUAL = 0.25  # on how many of their days people stamp their own card
OWN_CARD_CHANCE = 0.0045
OWN_CARD = 0.65  # on so many of their days a person stamped it, at least
SAME_CARD_AGAIN = 0.12  # on how many of its days a regular is stamped a second time by the same person
ONE_HAND = 0.7  # on so many of their days one person stamped a card that nobody else stamped
USUAL_ONE_HAND = 0.25  # on how many of somebody's days a regular comes to them
MOST_ONE_HAND = 3  # more such cards in a month are customers who come to work at the same hour
GROWN = 1.5


class Hits(msgspec.Struct, frozen=True):
    """How often in the month, on the day with the most, and on the day with the second most."""

    all: int
    most: int
    next: int

    @property
    def level(self) -> int:
        """Where the day with the most counts no more than the next one."""
        return self.all - self.most + self.next


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What one person did at one place in a month. `times` counts stamps given, each tap as one.

    `stamps` and `undone` are told and not judged.
    """

    person: UUID
    place: UUID | None
    days: int
    times: int
    rewards: int
    hits: Mapping[Habit, Hits]
    stamps: int = 0
    undone: int = 0

    def out_of(self, habit: Habit) -> int:
        return self.rewards if habit in OF_REWARDS else self.times


class OnCard(msgspec.Struct, frozen=True, kw_only=True):
    """How often one person stamped one card in the month, on how many days, and how often others stamped it.
    `is_own`: the card is theirs. `is_old`: they stamped it as regularly in one of the months before.
    """

    person: UUID
    card: UUID
    times: int
    days: int
    is_own: bool
    by_others: int = 0
    is_old: bool = False


class Oddity(msgspec.Struct, frozen=True, kw_only=True):
    """`found` of `of`, where `usual` would have been expected: stamps of all that were given, or rewards of all that
    were handed out; of the own card, and of one that nobody else stamped, the days of all that were worked; of the
    same card its stamps, on `of` days.
    """

    person: UUID
    reason: Reason
    found: int
    of: int
    usual: float
    card: UUID | None = None

    def has_grown(self, found: int, of: int) -> bool:
        """Since somebody looked at it, when it was `found` of `of`."""
        return self.found * of > GROWN * found * self.of


def find_oddities(
    done: Sequence[Done], on_cards: Iterable[OnCard], *, before: Iterable[Done], known: Collection[UUID] = ()
) -> list[Oddity]:
    """What looks odd in a month, the farthest from what is usual first. `before` is of the months before it; of the
    people in `known` it is known which card is their own.
    """
    by_person, earlier = _by_person(done), _by_person(before)
    found = [
        oddity
        for person, places in by_person.items()
        for habit in HABITS
        if (oddity := _judge_habit(places, habit, done, earlier.get(person, [])))
    ]
    days = {person: sum(place.days for place in places) for person, places in by_person.items()}
    one_hand: list[tuple[Oddity, OnCard]] = []
    for pair in on_cards:
        worked = days.get(pair.person, pair.days)
        if oddity := _judge_own_card(pair, worked) if pair.is_own else _judge_same_card(pair):
            found.append(oddity)
        elif not pair.is_own and len(days) > 1 and (oddity := _judge_one_hand(pair, worked)):
            one_hand.append((oddity, pair))
    if len(one_hand) <= MOST_ONE_HAND:
        found.extend(
            oddity
            for oddity, pair in one_hand
            if pair.person not in known or (pair.person in earlier and not pair.is_old)
        )
    return sorted(found, key=lambda one: (one.usual / one.found, str(one.person), one.reason, str(one.card)))


def chance_of(found: int, expected: float, *, alike: float = ALIKE) -> float:
    """How rarely somebody comes to as much or more: by chance, and because people differ (a negative binomial)."""
    stay = alike / (alike + expected)
    exactly, below = stay**alike, 0.0
    for count in range(found):
        below += exactly
        exactly *= (count + alike) / (count + 1) * (1 - stay)
    return max(1 - below, 0.0)


def _by_person(done: Iterable[Done]) -> dict[UUID, list[Done]]:
    found: dict[UUID, list[Done]] = {}
    for one in done:
        found.setdefault(one.person, []).append(one)
    return found


def _judge_habit(
    places: Sequence[Done], habit: Habit, everybody: Sequence[Done], earlier: Sequence[Done]
) -> Oddity | None:
    """`places` are those of one person."""
    of, level = _add_up(places, habit)
    usual = _expect(places, habit, everybody)
    if of < _least_done(habit) or level < LEAST_FOUND or usual is None or level < TIMES_USUAL * usual:
        return None
    earlier_of, earlier_level = _add_up(earlier, habit)
    alike = ALIKE + earlier_level
    expected = of * alike / (ALIKE * of / usual + earlier_of)
    if chance_of(level, min(max(expected, usual), MOST_BEFORE * usual), alike=alike) > CHANCE:
        return None
    found = sum(place.hits[habit].all for place in places)
    return Oddity(person=places[0].person, reason=habit, found=found, of=of, usual=usual)


def _add_up(places: Sequence[Done], habit: Habit) -> tuple[int, int]:
    return sum(place.out_of(habit) for place in places), sum(place.hits[habit].level for place in places)


def _least_done(habit: Habit) -> int:
    return LEAST_DONE // 4 if habit in OF_REWARDS else LEAST_DONE


def _expect(places: Sequence[Done], habit: Habit, everybody: Sequence[Done]) -> float | None:
    """How often it would be at these places together, as others do it. None where there are too few to compare with."""
    least = _least_done(habit)
    others = [one for one in everybody if one.person != places[0].person and one.out_of(habit) >= least]
    if len(others) < 2:
        return None
    expected = sum(_usual_share(place.place, habit, others) * place.out_of(habit) for place in places)
    return max(expected, LEAST_EXPECTED)


def _usual_share(place: UUID | None, habit: Habit, others: Sequence[Done]) -> float:
    """That of all in the shop, for the middle one of few is a matter of luck; where those at the place are really
    different, theirs.
    """
    usual, here = _middle(others, habit), [one for one in others if one.place == place]
    if len(here) > 2 and not usual / DIFFERENT <= (there := _middle(here, habit)) <= usual * DIFFERENT:
        usual = there
    return max(usual, RARE.get(habit, LEAST_USUAL))


def _middle(people: Sequence[Done], habit: Habit) -> float:
    shares = [one.hits[habit].level / one.out_of(habit) for one in people]
    # Of two nobody knows which one is odd.
    return median(shares) if len(shares) > 2 else max(shares)


def _judge_own_card(pair: OnCard, worked: int) -> Oddity | None:
    """`worked` is on how many days the person stamped anybody."""
    least = max(LEAST_FOUND, OWN_CARD * worked)
    if pair.days < least or _chance_of_days(pair.days, worked) > OWN_CARD_CHANCE:
        return None
    usual = OWN_CARD_USUAL * worked
    return Oddity(person=pair.person, reason="own_card", found=pair.days, of=worked, usual=usual, card=pair.card)


def _chance_of_days(found: int, worked: int) -> float:
    share = OWN_CARD_USUAL
    return sum(comb(worked, days) * share**days * (1 - share) ** (worked - days) for days in range(found, worked + 1))


def _judge_same_card(pair: OnCard) -> Oddity | None:
    """A regular may come whenever the same person works, yet hardly twice on most of these days."""
    again, usual = pair.times - pair.days, SAME_CARD_AGAIN * pair.days
    if again < LEAST_FOUND or again < TIMES_USUAL * usual or chance_of(again, usual) > CHANCE:
        return None
    return Oddity(
        person=pair.person,
        reason="same_card",
        found=pair.times,
        of=pair.days,
        usual=pair.days + usual,
        card=pair.card,
    )


def _judge_one_hand(pair: OnCard, worked: int) -> Oddity | None:
    """Of a card of their own that nobody knows to be theirs this is all that can be seen: it is stamped whenever they
    work, and never by a colleague. So is that of a regular who comes to this person alone: where the own card is known
    it most likely is one, and is told only when it begins. In somebody's first month nobody sees what begins.
    """
    if pair.by_others or pair.days < max(LEAST_FOUND, ONE_HAND * worked):
        return None
    usual = USUAL_ONE_HAND * worked
    return Oddity(person=pair.person, reason="one_hand", found=pair.days, of=worked, usual=usual, card=pair.card)
